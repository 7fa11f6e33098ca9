package dev.lateen.xds.server;

import com.google.protobuf.Message;
import dev.lateen.xds.HealthInformation;
import dev.lateen.xds.ResourceType;
import dev.lateen.xds.server.Subscription.Variant;
import dev.lateen.xds.server.WireMessages.Request;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One gRPC stream: opened → named (first request) → ended.
///
/// Thread: ads loop.
final class AdsStream<R extends Message> implements AdsSession.Output {
    private static final Logger LOG = LoggerFactory.getLogger(AdsStream.class);
    private static final int MAX_NODE_ID = 1024;
    private static final int MAX_TYPE = 256;
    private static final Duration SLOW = Duration.ofSeconds(5);

    private final AdsService service;
    private final Variant variant;
    private final ServerCallStreamObserver<R> responses;
    private final Function<Push, R> encoding;
    private final Peer peer;
    private final Set<String> unknownTypes = new HashSet<>();
    /// What waits for the network to take what went before.
    private final Deque<Push> queue = new ArrayDeque<>();
    /// Handed to the network and counted against the budget.
    private long unsent;
    private boolean waitsForBudget;
    /// Ends a stream that says nothing.
    private @Nullable Future<?> silence;

    private @Nullable AdsSession session;
    private @Nullable ProxyConnection connection;
    private long number;
    private boolean admitted;
    private boolean ended;

    /// Called in the gRPC call's context.
    AdsStream(AdsService service, Variant variant, ServerCallStreamObserver<R> responses, Function<Push, R> encoding) {
        this.service = service;
        this.variant = variant;
        this.responses = responses;
        this.encoding = encoding;
        this.peer = PeerInterceptor.current();
    }

    void onOpen() {
        try {
            number = service.admit();
            admitted = true;
            silence = service.after(service.limits().firstRequestWithin(), () -> {
                if (connection == null) {
                    end(Status.DEADLINE_EXCEEDED.withDescription("no request arrived"));
                }
            });
        } catch (StatusRuntimeException refused) {
            end(refused.getStatus());
        }
    }

    void onRequest(Request request) {
        if (ended || !admitted) {
            return;
        }
        Optional<ResourceType> type = ResourceType.ofUrl(request.typeUrl());
        ProxyConnection named = connection;
        if (named == null) {
            Node node = request.node().orElse(Node.getDefaultInstance());
            if (node.getId().isEmpty() || node.getId().length() > MAX_NODE_ID) {
                end(Status.INVALID_ARGUMENT.withDescription(
                        "the first request must carry node.id (1 to " + MAX_NODE_ID + " characters)"));
                return;
            }
            if (node.getSerializedSize() > service.limits().maxNodeBytes()) {
                end(Status.INVALID_ARGUMENT.withDescription("node: " + node.getSerializedSize() + " bytes (limit: "
                        + service.limits().maxNodeBytes() + ")"));
                return;
            }
            named = join(node);
        }
        if (request.typeUrl().equals(HealthInformation.TYPE_URL)) {
            service.source().onHealth(named, request.error());
            return;
        }
        if (type.isEmpty()) {
            unknown(named, request.typeUrl());
            return;
        }
        int names = request.names().size() + request.held().size();
        if (names > service.limits().maxNamesPerType()) {
            end(Status.RESOURCE_EXHAUSTED.withDescription(
                    names + " names in one request (limit: " + service.limits().maxNamesPerType() + ")"));
            return;
        }
        AdsSession core = session;
        if (core != null) {
            hand(core, type.get(), request);
            if (core.names(type.get()) > service.limits().maxNamesPerType()) {
                end(Status.RESOURCE_EXHAUSTED.withDescription(
                        "more than " + service.limits().maxNamesPerType() + " names of "
                                + type.get().shortName()));
            }
        }
    }

    /// The client closed its side.
    void onCompleted() {
        end(Status.OK);
    }

    /// The stream is gone.
    void onEnd() {
        if (ended) {
            return;
        }
        ended = true;
        stopWaiting();
        queue.clear();
        giveBack();
        AdsSession core = session;
        if (core != null) {
            core.close();
        }
        if (admitted) {
            service.released();
        }
        ProxyConnection named = connection;
        if (named != null) {
            service.left(named);
        }
    }

    @Override
    public void send(Push push) {
        queue.add(push);
        drain();
    }

    /// The network has taken what it was given.
    void onReady() {
        if (!ended && responses.isReady()) {
            giveBack();
            drain();
        }
    }

    private void drain() {
        ProxyConnection named = connection;
        while (!ended && named != null && !queue.isEmpty() && responses.isReady()) {
            if (!service.budget().isFree()) {
                awaitBudget();
                return;
            }
            Push push = queue.remove();
            R message = encoding.apply(push);
            int bytes = message.getSerializedSize();
            service.budget().take(bytes);
            unsent += bytes;
            responses.onNext(message);
            if (responses.isReady()) {
                giveBack();
            } else {
                doNotHoldOthersBack();
            }
            service.source().onPush(named, push);
        }
    }

    private void awaitBudget() {
        if (!waitsForBudget) {
            waitsForBudget = true;
            service.budget().await(() -> {
                waitsForBudget = false;
                drain();
            });
        }
    }

    /// A proxy that does not read keeps its own bytes in memory, but not the turn of others.
    private void doNotHoldOthersBack() {
        var _ = service.after(SLOW, this::giveBack);
    }

    private void giveBack() {
        long bytes = unsent;
        unsent = 0;
        if (bytes > 0) {
            service.budget().giveBack(bytes);
        }
    }

    @Override
    public void onSubscribe(ResourceType type, Set<String> names) {
        ProxyConnection named = connection;
        if (named != null) {
            service.source().onSubscribe(named, type, names);
        }
    }

    @Override
    public void onAnswer(ResourceType type, PushEvent event, boolean accepted) {
        ProxyConnection named = connection;
        if (named == null) {
            return;
        }
        if (accepted) {
            service.source().onAccepted(named, type, event);
        } else {
            service.source().onRejected(named, type, event);
        }
    }

    @Override
    public void onOvertaken(ResourceType type) {
        ProxyConnection named = connection;
        if (named != null) {
            service.source().onOvertaken(named, type);
        }
    }

    @Override
    public void onSettled(String version) {
        ProxyConnection named = connection;
        if (named != null) {
            service.source().onSettled(named, version);
        }
    }

    private void stopWaiting() {
        Future<?> waiting = silence;
        if (waiting != null) {
            waiting.cancel(false);
            silence = null;
        }
    }

    private ProxyConnection join(Node node) {
        stopWaiting();
        ClientNode client = ClientNode.of(node);
        AdsSession core = service.session(Long.toHexString(number), variant, this);
        var who =
                new ProxyConnection.Identification(client.id() + "-" + number, client, peer, variant == Variant.DELTA);
        ProxyConnection named = new ProxyConnection(
                who,
                core,
                service.clock().instant(),
                service.loop(),
                reason -> end(Status.PERMISSION_DENIED.withDescription(reason)));
        session = core;
        connection = named;
        service.joined(named);
        return named;
    }

    private void hand(AdsSession core, ResourceType type, Request request) {
        switch (variant) {
            case STATE_OF_THE_WORLD -> core.request(type, request.names(), request.nonce(), request.error());
            case DELTA ->
                core.request(
                        type, request.names(), request.unsubscribe(), request.held(), request.nonce(), request.error());
        }
    }

    private void unknown(ProxyConnection named, String typeUrl) {
        if (typeUrl.length() <= MAX_TYPE && unknownTypes.size() < 16 && unknownTypes.add(typeUrl)) {
            LOG.atInfo()
                    .addKeyValue("proxy", named.id())
                    .addKeyValue("type", typeUrl)
                    .log("a proxy asked for a resource type that is not served");
        }
    }

    private void end(Status status) {
        if (ended) {
            return;
        }
        if (status.isOk()) {
            responses.onCompleted();
        } else {
            responses.onError(status.asRuntimeException());
        }
        onEnd();
    }
}
