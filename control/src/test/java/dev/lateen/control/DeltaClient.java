package dev.lateen.control;

import com.google.rpc.Status;
import dev.lateen.xds.ResourceType;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.grpc.CallOptions;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.function.Function;

/// A sidecar that speaks delta ADS: it asks for all clusters and listeners and the routes of port 80, and answers each
/// response with what `answer` says: nothing to take it, or why it does not.
///
/// Thread: any.
final class DeltaClient implements StreamObserver<DeltaDiscoveryResponse>, AutoCloseable {
    private static final MethodDescriptor<DeltaDiscoveryRequest, DeltaDiscoveryResponse> METHOD =
            MethodDescriptor.<DeltaDiscoveryRequest, DeltaDiscoveryResponse>newBuilder()
                    .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
                    .setFullMethodName("envoy.service.discovery.v3.AggregatedDiscoveryService/DeltaAggregatedResources")
                    .setRequestMarshaller(ProtoUtils.marshaller(DeltaDiscoveryRequest.getDefaultInstance()))
                    .setResponseMarshaller(ProtoUtils.marshaller(DeltaDiscoveryResponse.getDefaultInstance()))
                    .build();

    private final ManagedChannel channel;
    private final Function<DeltaDiscoveryResponse, String> answer;
    private final StreamObserver<DeltaDiscoveryRequest> requests;

    DeltaClient(int port, int number, Function<DeltaDiscoveryResponse, String> answer) {
        this.answer = answer;
        this.channel = Grpc.newChannelBuilder("127.0.0.1:" + port, InsecureChannelCredentials.create())
                .build();
        this.requests = ClientCalls.asyncBidiStreamingCall(channel.newCall(METHOD, CallOptions.DEFAULT), this);
        ask(
                DeltaDiscoveryRequest.newBuilder()
                        .setNode(Node.newBuilder()
                                .setId("sidecar~10.9.0." + number + "~p" + number + ".shop~shop.svc.cluster.local")),
                ResourceType.CLUSTER,
                List.of());
        ask(DeltaDiscoveryRequest.newBuilder(), ResourceType.LISTENER, List.of());
        ask(DeltaDiscoveryRequest.newBuilder(), ResourceType.ROUTE, List.of("80"));
    }

    private synchronized void ask(DeltaDiscoveryRequest.Builder request, ResourceType type, List<String> names) {
        requests.onNext(request.setTypeUrl(type.typeUrl())
                .addAllResourceNamesSubscribe(names)
                .build());
    }

    @Override
    public synchronized void onNext(DeltaDiscoveryResponse response) {
        DeltaDiscoveryRequest.Builder request = DeltaDiscoveryRequest.newBuilder()
                .setTypeUrl(response.getTypeUrl())
                .setResponseNonce(response.getNonce());
        String refusal = answer.apply(response);
        if (!refusal.isEmpty()) {
            request.setErrorDetail(Status.newBuilder().setCode(3).setMessage(refusal));
        }
        requests.onNext(request.build());
    }

    @Override
    public void onError(Throwable cause) {
        // The test's own counts show what is missing.
    }

    @Override
    public void onCompleted() {
        // As above.
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
