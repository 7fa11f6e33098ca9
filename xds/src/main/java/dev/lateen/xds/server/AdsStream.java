package dev.lateen.xds.server;

import dev.lateen.xds.ResourceType;
import dev.lateen.xds.server.Subscription.Variant;
import dev.lateen.xds.server.WireMessages.Request;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One gRPC stream: opened → named (first request) → ended.
///
/// Thread: ads loop.
final class AdsStream<R> implements AdsSession.Output {
    private static final Logger LOG = LoggerFactory.getLogger(AdsStream.class);
    private static final int MAX_NODE_ID = 1024;

    private final AdsService service;
    private final Variant variant;
    private final StreamObserver<R> responses;
    private final Function<Push, R> encoding;
    private final Peer peer;
    private final Set<String> unknownTypes = new HashSet<>();
    private @Nullable AdsSession session;
    private @Nullable ProxyConnection connection;
    private long number;
    private boolean admitted;
    private boolean ended;

    /// Called in the gRPC call's context.
    AdsStream(AdsService service, Variant variant, StreamObserver<R> responses, Function<Push, R> encoding) {
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
            service.after(service.limits().firstRequestWithin(), () -> {
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
            named = join(node);
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
        ProxyConnection named = connection;
        if (ended || named == null) {
            return;
        }
        responses.onNext(encoding.apply(push));
        service.source().onPush(named, push);
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

    private ProxyConnection join(Node node) {
        ClientNode client = ClientNode.of(node);
        AdsSession core = service.session(Long.toHexString(number), variant, this);
        var who =
                new ProxyConnection.Identification(client.id() + "-" + number, client, peer, variant == Variant.DELTA);
        ProxyConnection named = new ProxyConnection(
                who,
                core,
                service.clock().instant(),
                service::run,
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
        if (unknownTypes.size() < 16 && unknownTypes.add(typeUrl)) {
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
