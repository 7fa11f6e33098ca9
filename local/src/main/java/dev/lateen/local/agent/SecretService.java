package dev.lateen.local.agent;

import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerServiceDefinition;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.util.Set;
import java.util.function.Consumer;

/// `envoy.service.secret.v3.SecretDiscoveryService`: pushes each secret that Envoy asked for as soon as there is
/// one, and again when it changes. Envoy opens a stream for each secret.
///
/// Thread: any.
final class SecretService {
    static final String TYPE = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret";
    private static final String NAME = "envoy.service.secret.v3.SecretDiscoveryService";
    private static final System.Logger LOG = System.getLogger(SecretService.class.getName());

    private static final MethodDescriptor<DiscoveryRequest, DiscoveryResponse> STREAM =
            MethodDescriptor.<DiscoveryRequest, DiscoveryResponse>newBuilder()
                    .setType(MethodType.BIDI_STREAMING)
                    .setFullMethodName(NAME + "/StreamSecrets")
                    .setRequestMarshaller(ProtoUtils.marshaller(DiscoveryRequest.getDefaultInstance()))
                    .setResponseMarshaller(ProtoUtils.marshaller(DiscoveryResponse.getDefaultInstance()))
                    .build();
    private static final MethodDescriptor<DeltaDiscoveryRequest, DeltaDiscoveryResponse> DELTA =
            MethodDescriptor.<DeltaDiscoveryRequest, DeltaDiscoveryResponse>newBuilder()
                    .setType(MethodType.BIDI_STREAMING)
                    .setFullMethodName(NAME + "/DeltaSecrets")
                    .setRequestMarshaller(ProtoUtils.marshaller(DeltaDiscoveryRequest.getDefaultInstance()))
                    .setResponseMarshaller(ProtoUtils.marshaller(DeltaDiscoveryResponse.getDefaultInstance()))
                    .build();

    private final SecretStore secrets;
    private final SecretFiles files;

    SecretService(SecretStore secrets, SecretFiles files) {
        this.secrets = secrets;
        this.files = files;
    }

    /// To be added to a listener.
    ServerServiceDefinition definition() {
        return ServerServiceDefinition.builder(NAME)
                .addMethod(STREAM, ServerCalls.asyncBidiStreamingCall(this::stateOfTheWorld))
                .addMethod(DELTA, ServerCalls.asyncBidiStreamingCall(this::delta))
                .build();
    }

    private StreamObserver<DiscoveryRequest> stateOfTheWorld(StreamObserver<DiscoveryResponse> responses) {
        SecretStream stream = open(responses, (changed, nonce) -> {
            DiscoveryResponse.Builder response =
                    DiscoveryResponse.newBuilder().setTypeUrl(TYPE).setNonce(nonce);
            changed.forEach(secret -> response.addResources(secret.resource()).setVersionInfo(secret.version()));
            responses.onNext(response.build());
        });
        return new Requests<>(stream, responses, request -> {
            complain(request.getErrorDetail().getMessage());
            request.getResourceNamesList().forEach(files::follow);
            stream.wantOnly(Set.copyOf(request.getResourceNamesList()));
        });
    }

    private StreamObserver<DeltaDiscoveryRequest> delta(StreamObserver<DeltaDiscoveryResponse> responses) {
        SecretStream stream = open(responses, (changed, nonce) -> {
            DeltaDiscoveryResponse.Builder response =
                    DeltaDiscoveryResponse.newBuilder().setTypeUrl(TYPE).setNonce(nonce);
            changed.forEach(secret -> response.addResources(Resource.newBuilder()
                    .setName(secret.name())
                    .setVersion(secret.version())
                    .setResource(secret.resource())));
            responses.onNext(response.build());
        });
        return new Requests<>(stream, responses, request -> {
            complain(request.getErrorDetail().getMessage());
            request.getResourceNamesSubscribeList().forEach(files::follow);
            stream.change(
                    Set.copyOf(request.getResourceNamesSubscribeList()),
                    Set.copyOf(request.getResourceNamesUnsubscribeList()));
        });
    }

    private SecretStream open(StreamObserver<?> responses, SecretStream.Output output) {
        SecretStream stream = new SecretStream(secrets, output);
        ((ServerCallStreamObserver<?>) responses).setOnCancelHandler(stream::close);
        return stream;
    }

    private static void complain(String refusal) {
        if (!refusal.isEmpty()) {
            LOG.log(System.Logger.Level.WARNING, "Envoy refuses a secret: {0}", refusal);
        }
    }

    private record Requests<Q>(SecretStream stream, StreamObserver<?> responses, Consumer<Q> onRequest)
            implements StreamObserver<Q> {
        @Override
        public void onNext(Q request) {
            onRequest.accept(request);
        }

        @Override
        public void onError(Throwable cause) {
            stream.close();
        }

        @Override
        public void onCompleted() {
            stream.close();
            responses.onCompleted();
        }
    }
}
