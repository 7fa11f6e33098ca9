package dev.lateen.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lateen.identity.CertificateRequest;
import dev.lateen.identity.Pem;
import dev.lateen.identity.SpiffeId;
import dev.lateen.identity.WorkloadCertificate;
import dev.lateen.identity.WorkloadKeys;
import dev.lateen.identity.ca.CertificateAuthority;
import dev.lateen.identity.ca.RotationPhase;
import dev.lateen.proto.istio.auth.IstioCertificateRequest;
import dev.lateen.proto.istio.auth.IstioCertificateResponse;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ChannelCredentials;
import io.grpc.ClientInterceptors;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.TlsChannelCredentials;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A running control plane replaces its root under twenty workloads that come with their certificates over TLS.
class RootRotationIT {
    private static final MethodDescriptor<IstioCertificateRequest, IstioCertificateResponse> CREATE =
            MethodDescriptor.<IstioCertificateRequest, IstioCertificateResponse>newBuilder()
                    .setType(MethodDescriptor.MethodType.UNARY)
                    .setFullMethodName("istio.v1.auth.IstioCertificateService/CreateCertificate")
                    .setRequestMarshaller(ProtoUtils.marshaller(IstioCertificateRequest.getDefaultInstance()))
                    .setResponseMarshaller(ProtoUtils.marshaller(IstioCertificateResponse.getDefaultInstance()))
                    .build();
    private static final int WORKLOADS = 20;

    @TempDir
    private Path directory;

    private final List<WorkloadCertificate> workloads = new ArrayList<>();
    private Path state;
    private ControlPlane control;

    @BeforeEach
    void start() throws IOException {
        Path config = Files.createDirectory(directory.resolve("config"));
        state = directory.resolve("state");
        control = ControlPlane.start(
                ControlPlaneSettings.of(List.of(config), state).withPorts(ControlPlaneSettings.Ports.FREE));
        for (int i = 0; i < WORKLOADS; i++) {
            KeyPair keys = WorkloadKeys.EC_P256.generate();
            workloads.add(WorkloadCertificate.of(
                    ask(anonymous(), id(i), keys, control.tokens().issue("shop", "w" + i, Duration.ofHours(1))), keys));
        }
    }

    @AfterEach
    void stop() {
        control.close();
    }

    @Test
    void servesOldAndNewCertificatesThroughAWholeRotation() throws Exception {
        var first = control.authority().roots().getFirst();

        CertificateAuthority.request(ControlPlaneSettings.authority(state), InstantSource.system());
        awaitPhase(RotationPhase.TRUST);
        renewAll();
        awaitPhase(RotationPhase.SIGN);
        renewAll();
        awaitPhase(RotationPhase.STEADY);
        renewAll();

        assertThat(control.authority().roots()).hasSize(1).doesNotContain(first);
        assertThat(EnvoyProcess.get("http://127.0.0.1:" + control.debugPort() + "/metrics"))
                .contains("lateen_ca_rotation_phase 0.0")
                .contains("citadel_server_root_cert_expiry_timestamp");
    }

    private void awaitPhase(RotationPhase phase) {
        await().atMost(Duration.ofSeconds(60))
                .until(() -> control.authority().status().phase() == phase);
    }

    /// Each shows the certificate that it has, and trusts only whom it was told to trust.
    private void renewAll() throws IOException {
        for (int i = 0; i < WORKLOADS; i++) {
            WorkloadCertificate own = workloads.get(i);
            KeyPair keys = WorkloadKeys.EC_P256.generate();
            ChannelCredentials proven = TlsChannelCredentials.newBuilder()
                    .keyManager(stream(Pem.encode(own.chain())), stream(Pem.encode(own.key())))
                    .trustManager(stream(Pem.encode(own.roots())))
                    .build();
            workloads.set(i, WorkloadCertificate.of(ask(proven, id(i), keys, ""), keys));
        }
    }

    private List<String> ask(ChannelCredentials credentials, SpiffeId id, KeyPair keys, String token) {
        ManagedChannel channel = Grpc.newChannelBuilderForAddress("localhost", control.securePort(), credentials)
                .build();
        try {
            Metadata headers = new Metadata();
            if (!token.isEmpty()) {
                headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + token);
            }
            Channel with = ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers));
            return ClientCalls.blockingUnaryCall(
                            with,
                            CREATE,
                            CallOptions.DEFAULT,
                            IstioCertificateRequest.newBuilder()
                                    .setCsr(CertificateRequest.create(keys, id).pem())
                                    .build())
                    .getCertChainList();
        } finally {
            channel.shutdownNow();
        }
    }

    private ChannelCredentials anonymous() throws IOException {
        return TlsChannelCredentials.newBuilder()
                .trustManager(stream(control.authority().rootsPem()))
                .build();
    }

    private static SpiffeId id(int number) {
        return new SpiffeId("cluster.local", "shop", "w" + number);
    }

    private static InputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII));
    }
}
