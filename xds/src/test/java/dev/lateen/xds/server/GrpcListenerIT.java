package dev.lateen.xds.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.xds.ResourceType;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.grpc.CallOptions;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// A port as its peers see it.
class GrpcListenerIT {
    private static final Duration AGE = Duration.ofSeconds(2);

    @Test
    void endsAStreamWhoseConnectionIsTooOldAndServesTheNextOne() throws Exception {
        BlockingQueue<String> connected = new LinkedBlockingQueue<>();
        try (AdsService ads = new AdsService(new Names(connected), AdsLimits.DEFAULT, InstantSource.system());
                GrpcListener listener = GrpcListener.plaintext(
                        new InetSocketAddress("127.0.0.1", 0),
                        List.of(ads.definition()),
                        1 << 20,
                        new GrpcListener.Age(AGE, AGE))) {
            ManagedChannel channel = Grpc.newChannelBuilder(
                            "127.0.0.1:" + listener.port(), InsecureChannelCredentials.create())
                    .build();
            try {
                CompletableFuture<Status> first = open(channel);
                assertThat(connected.poll(10, TimeUnit.SECONDS)).endsWith("-1");

                assertThat(first.get(10, TimeUnit.SECONDS).getCode()).isEqualTo(Status.Code.UNAVAILABLE);

                open(channel);
                assertThat(connected.poll(10, TimeUnit.SECONDS)).endsWith("-2");
            } finally {
                channel.shutdownNow();
            }
        }
    }

    private static CompletableFuture<Status> open(ManagedChannel channel) {
        CompletableFuture<Status> end = new CompletableFuture<>();
        StreamObserver<DeltaDiscoveryRequest> requests = ClientCalls.asyncBidiStreamingCall(
                channel.newCall(AdsService.DELTA, CallOptions.DEFAULT), new StreamObserver<DeltaDiscoveryResponse>() {
                    @Override
                    public void onNext(DeltaDiscoveryResponse response) {}

                    @Override
                    public void onError(Throwable failure) {
                        end.complete(Status.fromThrowable(failure));
                    }

                    @Override
                    public void onCompleted() {
                        end.complete(Status.OK);
                    }
                });
        requests.onNext(DeltaDiscoveryRequest.newBuilder()
                .setNode(Node.newBuilder().setId("sidecar~10.0.0.1~a.b~b.svc.cluster.local"))
                .setTypeUrl(ResourceType.CLUSTER.typeUrl())
                .build());
        return end;
    }

    /// Hears who comes.
    private record Names(BlockingQueue<String> connected) implements DiscoverySource {
        @Override
        public void onConnect(ProxyConnection connection) {
            connected.add(connection.id());
        }

        @Override
        public void onDisconnect(ProxyConnection connection) {}

        @Override
        public void onSubscribe(ProxyConnection connection, ResourceType type, Set<String> names) {}

        @Override
        public void onPush(ProxyConnection connection, Push push) {}

        @Override
        public void onAccepted(ProxyConnection connection, ResourceType type, PushEvent accepted) {}

        @Override
        public void onRejected(ProxyConnection connection, ResourceType type, PushEvent rejected) {}

        @Override
        public void onSettled(ProxyConnection connection, String version) {}
    }
}
