package dev.lateen.xds.client;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.lateen.net.grpc.GrpcClient;
import dev.lateen.net.grpc.GrpcRequest;
import dev.lateen.net.grpc.GrpcStatus;
import dev.lateen.net.grpc.GrpcUnaryListener;
import dev.lateen.net.http.ClientConnection;
import dev.lateen.proto.istio.auth.IstioCertificateRequest;
import dev.lateen.proto.istio.auth.IstioCertificateResponse;
import java.time.Duration;
import java.util.List;

/// Asks the authority for a certificate.
///
/// Thread: event loop of the connection.
public final class CertificateClient {
    private static final String PATH = "/istio.v1.auth.IstioCertificateService/CreateCertificate";
    private static final Duration DEADLINE = Duration.ofSeconds(10);

    private CertificateClient() {}

    /// Exactly one of the two is called.
    public interface Result {
        /// @param chainPem the leaf first, the root last
        void onCertificate(List<String> chainPem);

        void onFailed(String reason);
    }

    /// @param authority the `:authority` of the request
    /// @param token proves the caller; empty where the connection's client certificate does
    /// @param holder tells replicas of one identity apart, such as the pod's name
    /// @param lifetime the wanted one; zero leaves it to the authority
    public static void create(
            ClientConnection connection,
            String authority,
            String token,
            String csrPem,
            Duration lifetime,
            String holder,
            Result result) {
        GrpcRequest request = GrpcRequest.of("https", authority, PATH).withDeadline(DEADLINE);
        if (!token.isEmpty()) {
            request = request.with("authorization", "Bearer " + token);
        }
        byte[] message = IstioCertificateRequest.newBuilder()
                .setCsr(csrPem)
                .setValidityDuration(lifetime.toSeconds())
                .setMetadata(Struct.newBuilder()
                        .putFields(
                                "POD_NAME",
                                Value.newBuilder().setStringValue(holder).build()))
                .build()
                .toByteArray();
        GrpcClient.unary(connection, request, message, new GrpcUnaryListener() {
            @Override
            public void onResponse(byte[] response) {
                try {
                    result.onCertificate(List.copyOf(
                            IstioCertificateResponse.parseFrom(response).getCertChainList()));
                } catch (InvalidProtocolBufferException _) {
                    result.onFailed("the authority's answer cannot be read");
                }
            }

            @Override
            public void onFailure(GrpcStatus status) {
                result.onFailed(status.toString());
            }
        });
    }
}
