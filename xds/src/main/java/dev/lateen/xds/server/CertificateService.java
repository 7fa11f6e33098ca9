package dev.lateen.xds.server;

import com.google.protobuf.Value;
import dev.lateen.proto.istio.auth.IstioCertificateRequest;
import dev.lateen.proto.istio.auth.IstioCertificateResponse;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.List;

/// Serves `istio.v1.auth.IstioCertificateService`; who may have what certificate is the signer's decision.
///
/// Thread: any.
public final class CertificateService {
    /// Of the service, in gRPC.
    public static final String NAME = "istio.v1.auth.IstioCertificateService";
    static final MethodDescriptor<IstioCertificateRequest, IstioCertificateResponse> CREATE =
            MethodDescriptor.<IstioCertificateRequest, IstioCertificateResponse>newBuilder()
                    .setType(MethodType.UNARY)
                    .setFullMethodName(NAME + "/CreateCertificate")
                    .setRequestMarshaller(ProtoUtils.marshaller(IstioCertificateRequest.getDefaultInstance()))
                    .setResponseMarshaller(ProtoUtils.marshaller(IstioCertificateResponse.getDefaultInstance()))
                    .build();

    /// Kubernetes'.
    private static final int MAX_POD_NAME = 253;

    private CertificateService() {}

    /// Decides and signs.
    ///
    /// Thread: a virtual thread of the call; may block.
    public interface Signer {
        /// @param csrPem as received, not yet looked at
        /// @param lifetime the wanted one, zero where the caller named none
        /// @param pod what the caller calls itself, which proves nothing; may be empty
        Answer sign(Peer peer, String csrPem, Duration lifetime, String pod);
    }

    /// What the caller gets.
    public sealed interface Answer {
        /// @param chainPem the leaf first, the root last
        record Signed(List<String> chainPem) implements Answer {}

        /// The caller has not proved who it is.
        record Unauthenticated(String reason) implements Answer {}

        /// The request itself is wrong.
        record Invalid(String reason) implements Answer {}
    }

    /// To be added to a `GrpcListener` with TLS.
    public static ServerServiceDefinition definition(Signer signer) {
        return ServerServiceDefinition.builder(NAME)
                .addMethod(CREATE, ServerCalls.asyncUnaryCall((request, reply) -> answer(signer, request, reply)))
                .build();
    }

    private static String pod(IstioCertificateRequest request) {
        Value pod = request.getMetadata().getFieldsMap().get("POD_NAME");
        return pod == null || pod.getStringValue().length() > MAX_POD_NAME ? "" : pod.getStringValue();
    }

    private static void answer(
            Signer signer, IstioCertificateRequest request, StreamObserver<IstioCertificateResponse> reply) {
        Duration lifetime = Duration.ofSeconds(Math.max(0, request.getValidityDuration()));
        switch (signer.sign(PeerInterceptor.current(), request.getCsr(), lifetime, pod(request))) {
            case Answer.Signed(var chain) -> {
                reply.onNext(IstioCertificateResponse.newBuilder()
                        .addAllCertChain(chain)
                        .build());
                reply.onCompleted();
            }
            case Answer.Unauthenticated(var reason) ->
                reply.onError(Status.UNAUTHENTICATED.withDescription(reason).asRuntimeException());
            case Answer.Invalid(var reason) ->
                reply.onError(Status.INVALID_ARGUMENT.withDescription(reason).asRuntimeException());
        }
    }
}
