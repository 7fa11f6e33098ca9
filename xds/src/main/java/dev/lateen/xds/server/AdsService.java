package dev.lateen.xds.server;

import com.google.protobuf.Message;
import dev.lateen.xds.server.Subscription.Variant;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/// Serves `AggregatedDiscoveryService`: both of its methods, for any number of listeners.
///
/// All streams live on one thread, the ads loop: what a response costs is the copying of shared bytes.
///
/// Limits: those of `AdsLimits`; two requests of a stream wait for the loop, more wait in the network.
///
/// Thread: any.
public final class AdsService implements AutoCloseable {
    /// Of the service, in gRPC.
    public static final String NAME = "envoy.service.discovery.v3.AggregatedDiscoveryService";

    static final MethodDescriptor<DiscoveryRequest, DiscoveryResponse> STREAM =
            MethodDescriptor.<DiscoveryRequest, DiscoveryResponse>newBuilder()
                    .setType(MethodType.BIDI_STREAMING)
                    .setFullMethodName(NAME + "/StreamAggregatedResources")
                    .setRequestMarshaller(ProtoUtils.marshaller(DiscoveryRequest.getDefaultInstance()))
                    .setResponseMarshaller(ProtoUtils.marshaller(DiscoveryResponse.getDefaultInstance()))
                    .build();
    static final MethodDescriptor<DeltaDiscoveryRequest, DeltaDiscoveryResponse> DELTA =
            MethodDescriptor.<DeltaDiscoveryRequest, DeltaDiscoveryResponse>newBuilder()
                    .setType(MethodType.BIDI_STREAMING)
                    .setFullMethodName(NAME + "/DeltaAggregatedResources")
                    .setRequestMarshaller(ProtoUtils.marshaller(DeltaDiscoveryRequest.getDefaultInstance()))
                    .setResponseMarshaller(ProtoUtils.marshaller(DeltaDiscoveryResponse.getDefaultInstance()))
                    .build();

    /// Of one stream: read, and not dealt with yet.
    private static final int REQUESTS_AHEAD = 2;

    private final DiscoverySource source;
    private final AdsLimits limits;
    private final InstantSource clock;
    private final DiffCache diffs = new DiffCache();
    private final SendBudget budget;
    private final AdsLoop loop = new AdsLoop();
    private final Map<String, ProxyConnection> connections = new LinkedHashMap<>();
    private volatile List<ProxyConnection> connected = List.of();
    private long streams;
    private int open;

    public AdsService(DiscoverySource source, AdsLimits limits, InstantSource clock) {
        this.source = source;
        this.limits = limits;
        this.budget = new SendBudget(limits.maxUnsentBytes());
        this.clock = clock;
    }

    public AdsLimits limits() {
        return limits;
    }

    /// The streams that have named their node.
    public Collection<ProxyConnection> connections() {
        return connected;
    }

    /// To be added to a `GrpcListener`.
    public ServerServiceDefinition definition() {
        return ServerServiceDefinition.builder(NAME)
                .addMethod(STREAM, ServerCalls.asyncBidiStreamingCall(this::openStream))
                .addMethod(DELTA, ServerCalls.asyncBidiStreamingCall(this::openDelta))
                .build();
    }

    @Override
    public void close() {
        loop.close();
    }

    private StreamObserver<DiscoveryRequest> openStream(StreamObserver<DiscoveryResponse> observer) {
        var responses = (ServerCallStreamObserver<DiscoveryResponse>) observer;
        var stream = new AdsStream<DiscoveryResponse>(
                this, Variant.STATE_OF_THE_WORLD, responses, WireMessages::stateOfTheWorld);
        return observe(stream, responses, request -> stream.onRequest(WireMessages.read(request)));
    }

    private StreamObserver<DeltaDiscoveryRequest> openDelta(StreamObserver<DeltaDiscoveryResponse> observer) {
        var responses = (ServerCallStreamObserver<DeltaDiscoveryResponse>) observer;
        var stream = new AdsStream<DeltaDiscoveryResponse>(this, Variant.DELTA, responses, WireMessages::delta);
        return observe(stream, responses, request -> stream.onRequest(WireMessages.read(request)));
    }

    private <Q, R extends Message> StreamObserver<Q> observe(
            AdsStream<R> stream, ServerCallStreamObserver<R> responses, Consumer<Q> onRequest) {
        // The next request is read once the last has been dealt with, or a client that floods would fill the loop's
        // queue.
        responses.disableAutoRequest();
        responses.request(REQUESTS_AHEAD);
        responses.setOnCancelHandler(() -> loop.execute(stream::onEnd));
        responses.setOnReadyHandler(() -> loop.execute(stream::onReady));
        loop.execute(stream::onOpen);
        return new StreamObserver<>() {
            @Override
            public void onNext(Q request) {
                loop.execute(() -> {
                    try {
                        onRequest.accept(request);
                    } finally {
                        responses.request(1);
                    }
                });
            }

            @Override
            public void onError(Throwable cause) {
                loop.execute(stream::onEnd);
            }

            @Override
            public void onCompleted() {
                loop.execute(stream::onCompleted);
            }
        };
    }

    // What follows is called by `AdsStream` on the ads loop.

    /// The number of a new stream, or the reason why there may be none.
    long admit() {
        if (open >= limits.maxStreams()) {
            throw Status.RESOURCE_EXHAUSTED
                    .withDescription("too many discovery streams (limit: " + limits.maxStreams() + ")")
                    .asRuntimeException();
        }
        open++;
        return ++streams;
    }

    void released() {
        open--;
    }

    void joined(ProxyConnection connection) {
        connections.put(connection.id(), connection);
        connected = List.copyOf(connections.values());
        source.onConnect(connection);
    }

    void left(ProxyConnection connection) {
        connections.remove(connection.id());
        connected = List.copyOf(connections.values());
        source.onDisconnect(connection);
    }

    AdsSession session(String name, Variant variant, AdsSession.Output output) {
        AdsSession.Timer timer = (delay, task) -> {
            var _ = after(delay, task);
        };
        return new AdsSession(name, variant, output, diffs, clock, timer, limits.holdListeners());
    }

    Future<?> after(Duration delay, Runnable task) {
        return loop.after(delay, task);
    }

    DiscoverySource source() {
        return source;
    }

    SendBudget budget() {
        return budget;
    }

    InstantSource clock() {
        return clock;
    }

    AdsLoop loop() {
        return loop;
    }
}
