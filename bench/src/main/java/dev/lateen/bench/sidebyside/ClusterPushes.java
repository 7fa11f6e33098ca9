package dev.lateen.bench.sidebyside;

import com.google.protobuf.Any;
import com.google.protobuf.util.Durations;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.Endpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// A control plane that has clusters alone: none at first, then as many as it is told.
final class ClusterPushes implements AutoCloseable {
    private static final int ENDPOINTS = 10;
    private static final int ANSWER_SECONDS = 60;
    private static final MethodDescriptor<DiscoveryRequest, DiscoveryResponse> METHOD =
            MethodDescriptor.<DiscoveryRequest, DiscoveryResponse>newBuilder()
                    .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
                    .setFullMethodName(
                            "envoy.service.discovery.v3.AggregatedDiscoveryService/StreamAggregatedResources")
                    .setRequestMarshaller(ProtoUtils.marshaller(DiscoveryRequest.getDefaultInstance()))
                    .setResponseMarshaller(ProtoUtils.marshaller(DiscoveryResponse.getDefaultInstance()))
                    .build();

    private final Server server;
    private final CompletableFuture<StreamObserver<DiscoveryResponse>> subscribed = new CompletableFuture<>();
    private final CompletableFuture<DiscoveryRequest> applied = new CompletableFuture<>();
    private @Nullable String type;

    private ClusterPushes() throws IOException {
        ServerServiceDefinition service = ServerServiceDefinition.builder(METHOD.getServiceName())
                .addMethod(METHOD, ServerCalls.asyncBidiStreamingCall(this::stream))
                .build();
        server = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
                .addService(service)
                .build()
                .start();
    }

    static ClusterPushes start() throws IOException {
        return new ClusterPushes();
    }

    int port() {
        return server.getPort();
    }

    /// Seconds from the push until the proxy has acknowledged it.
    double push(int count) throws InterruptedException {
        try {
            DiscoveryResponse.Builder response =
                    DiscoveryResponse.newBuilder().setVersionInfo("all").setNonce("all");
            IntStream.range(0, count)
                    .mapToObj(ClusterPushes::cluster)
                    .map(Any::pack)
                    .forEach(response::addResources);
            StreamObserver<DiscoveryResponse> proxy = subscribed.get(ANSWER_SECONDS, TimeUnit.SECONDS);
            DiscoveryResponse built = response.setTypeUrl(typeUrl()).build();
            long start = System.nanoTime();
            proxy.onNext(built);
            DiscoveryRequest answer = applied.get(ANSWER_SECONDS, TimeUnit.SECONDS);
            if (answer.hasErrorDetail()) {
                throw new IllegalStateException(answer.getErrorDetail().getMessage());
            }
            return (System.nanoTime() - start) / 1e9;
        } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
            throw new IllegalStateException("the proxy did not take clusters", e);
        }
    }

    private synchronized String typeUrl() {
        return type == null ? "" : type;
    }

    private StreamObserver<DiscoveryRequest> stream(StreamObserver<DiscoveryResponse> proxy) {
        return new StreamObserver<>() {
            @Override
            public void onNext(DiscoveryRequest request) {
                take(request, proxy);
            }

            @Override
            public void onError(Throwable cause) {
                // The proxy has been stopped.
            }

            @Override
            public void onCompleted() {
                proxy.onCompleted();
            }
        };
    }

    private synchronized void take(DiscoveryRequest request, StreamObserver<DiscoveryResponse> proxy) {
        if (!request.getTypeUrl().endsWith(".Cluster")) {
            return;
        }
        switch (request.getResponseNonce()) {
            case "" -> {
                type = request.getTypeUrl();
                proxy.onNext(DiscoveryResponse.newBuilder()
                        .setTypeUrl(request.getTypeUrl())
                        .setVersionInfo("none")
                        .setNonce("none")
                        .build());
            }
            case "none" -> subscribed.complete(proxy);
            default -> applied.complete(request);
        }
    }

    private static Cluster cluster(int number) {
        LocalityLbEndpoints.Builder endpoints = LocalityLbEndpoints.newBuilder();
        for (int endpoint = 1; endpoint <= ENDPOINTS; endpoint++) {
            SocketAddress address = SocketAddress.newBuilder()
                    .setAddress("10.%d.%d.%d".formatted(number / 200, number % 200, endpoint))
                    .setPortValue(8080)
                    .build();
            endpoints.addLbEndpoints(LbEndpoint.newBuilder()
                    .setEndpoint(Endpoint.newBuilder()
                            .setAddress(Address.newBuilder().setSocketAddress(address))));
        }
        String name = "outbound|80||service-%d.default.svc.cluster.local".formatted(number);
        return Cluster.newBuilder()
                .setName(name)
                .setType(Cluster.DiscoveryType.STATIC)
                .setConnectTimeout(Durations.fromSeconds(5))
                .setLoadAssignment(
                        ClusterLoadAssignment.newBuilder().setClusterName(name).addEndpoints(endpoints))
                .build();
    }

    @Override
    public void close() {
        server.shutdownNow();
    }
}
