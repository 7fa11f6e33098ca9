package dev.lateen.e2e.attack;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.lateen.identity.Pem;
import dev.lateen.identity.WorkloadCertificate;
import dev.lateen.proto.istio.auth.IstioCertificateRequest;
import dev.lateen.proto.istio.auth.IstioCertificateResponse;
import dev.lateen.xds.ResourceType;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ChannelCredentials;
import io.grpc.ClientInterceptors;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Somebody who calls the control plane's gRPC ports in the right form, whoever it is.
///
/// Thread: any.
final class GrpcCaller implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 60;
    static final MethodDescriptor<IstioCertificateRequest, IstioCertificateResponse> CREATE =
            MethodDescriptor.<IstioCertificateRequest, IstioCertificateResponse>newBuilder()
                    .setType(MethodDescriptor.MethodType.UNARY)
                    .setFullMethodName("istio.v1.auth.IstioCertificateService/CreateCertificate")
                    .setRequestMarshaller(ProtoUtils.marshaller(IstioCertificateRequest.getDefaultInstance()))
                    .setResponseMarshaller(ProtoUtils.marshaller(IstioCertificateResponse.getDefaultInstance()))
                    .build();
    static final MethodDescriptor<DiscoveryRequest, DiscoveryResponse> STREAM =
            MethodDescriptor.<DiscoveryRequest, DiscoveryResponse>newBuilder()
                    .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
                    .setFullMethodName(
                            "envoy.service.discovery.v3.AggregatedDiscoveryService/StreamAggregatedResources")
                    .setRequestMarshaller(ProtoUtils.marshaller(DiscoveryRequest.getDefaultInstance()))
                    .setResponseMarshaller(ProtoUtils.marshaller(DiscoveryResponse.getDefaultInstance()))
                    .build();

    private final ManagedChannel channel;
    private final Channel calls;

    private GrpcCaller(ManagedChannel channel, Channel calls) {
        this.channel = channel;
        this.calls = calls;
    }

    static GrpcCaller plaintext(int port) {
        return of(port, InsecureChannelCredentials.create());
    }

    static GrpcCaller secure(int port, String roots) throws IOException {
        return of(
                port,
                TlsChannelCredentials.newBuilder().trustManager(stream(roots)).build());
    }

    static GrpcCaller secure(int port, String roots, WorkloadCertificate own) throws IOException {
        return of(
                port,
                TlsChannelCredentials.newBuilder()
                        .trustManager(stream(roots))
                        .keyManager(stream(Pem.encode(own.chain())), stream(Pem.encode(own.key())))
                        .build());
    }

    private static GrpcCaller of(int port, ChannelCredentials credentials) {
        ManagedChannel channel = Grpc.newChannelBuilder("127.0.0.1:" + port, credentials)
                .overrideAuthority("istiod.istio-system.svc")
                .maxInboundMessageSize(64 << 20)
                .build();
        return new GrpcCaller(channel, channel);
    }

    private static ByteArrayInputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII));
    }

    /// The same with a token.
    GrpcCaller with(String token) {
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + token);
        return new GrpcCaller(
                channel, ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers)));
    }

    Channel channel() {
        return calls;
    }

    /// A chain, the leaf first.
    List<String> sign(String csr, String pod) {
        IstioCertificateRequest request = IstioCertificateRequest.newBuilder()
                .setCsr(csr)
                .setMetadata(Struct.newBuilder()
                        .putFields(
                                "POD_NAME",
                                Value.newBuilder().setStringValue(pod).build()))
                .build();
        return ClientCalls.blockingUnaryCall(
                        calls,
                        CREATE,
                        CallOptions.DEFAULT.withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS),
                        request)
                .getCertChainList();
    }

    /// Why there is no certificate, as `CODE words`, or `signed`.
    String refusalToSign(String csr, String pod) {
        try {
            sign(csr, pod);
            return "signed";
        } catch (StatusRuntimeException e) {
            return e.getStatus().getCode() + " " + e.getStatus().getDescription();
        }
    }

    /// The clusters that a proxy gets, as text; or why none, as `CODE words`.
    String discover(String nodeId, Map<String, String> metadata) {
        return ask(nodeId, metadata, ResourceType.CLUSTER, List.of(), PATIENCE_SECONDS);
    }

    /// The first answer about a type, as text; or why there is none, as `CODE words`, or `silence`.
    ///
    /// @param seconds to wait, few where an answer must not come
    String ask(String nodeId, Map<String, String> metadata, ResourceType type, List<String> names, int seconds) {
        CompletableFuture<String> answer = new CompletableFuture<>();
        StreamObserver<DiscoveryRequest> requests =
                ClientCalls.asyncBidiStreamingCall(calls.newCall(STREAM, CallOptions.DEFAULT), new StreamObserver<>() {
                    @Override
                    public void onNext(DiscoveryResponse response) {
                        StringBuilder text = new StringBuilder();
                        response.getResourcesList()
                                .forEach(one -> text.append(one.getValue().toString(StandardCharsets.ISO_8859_1)));
                        answer.complete(text.toString());
                    }

                    @Override
                    public void onError(Throwable cause) {
                        Status status = Status.fromThrowable(cause);
                        answer.complete(status.getCode() + " " + status.getDescription());
                    }

                    @Override
                    public void onCompleted() {
                        answer.complete("completed");
                    }
                });
        Struct.Builder claims = Struct.newBuilder();
        metadata.forEach((name, value) -> claims.putFields(name, claim(value)));
        requests.onNext(DiscoveryRequest.newBuilder()
                .setNode(Node.newBuilder().setId(nodeId).setMetadata(claims))
                .setTypeUrl(type.typeUrl())
                .addAllResourceNames(names)
                .build());
        try {
            return answer.get(seconds, TimeUnit.SECONDS);
        } catch (TimeoutException _) {
            return "silence";
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        } finally {
            requests.onCompleted();
        }
    }

    /// `name=value` becomes a mapping, as labels are.
    private static Value claim(String text) {
        int equals = text.indexOf('=');
        if (equals < 0) {
            return Value.newBuilder().setStringValue(text).build();
        }
        return Value.newBuilder()
                .setStructValue(Struct.newBuilder()
                        .putFields(
                                text.substring(0, equals),
                                Value.newBuilder()
                                        .setStringValue(text.substring(equals + 1))
                                        .build()))
                .build();
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
