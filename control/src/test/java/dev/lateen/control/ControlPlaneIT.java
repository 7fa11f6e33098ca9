package dev.lateen.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.lateen.identity.CertificateRequest;
import dev.lateen.identity.Pem;
import dev.lateen.identity.SpiffeId;
import dev.lateen.identity.WorkloadCertificate;
import dev.lateen.identity.WorkloadKeys;
import dev.lateen.net.EventLoops;
import dev.lateen.net.grpc.GrpcRequest;
import dev.lateen.net.http.HttpLimits;
import dev.lateen.net.http2.Http2ClientConnection;
import dev.lateen.net.socket.ConnectOptions;
import dev.lateen.net.socket.Connector;
import dev.lateen.proto.istio.auth.IstioCertificateRequest;
import dev.lateen.proto.istio.auth.IstioCertificateResponse;
import dev.lateen.xds.ResourceType;
import dev.lateen.xds.client.AdsClient;
import dev.lateen.xds.client.AdsClientSettings;
import dev.lateen.xds.client.AdsListener;
import dev.lateen.xds.client.Answer;
import dev.lateen.xds.client.ClientLoop;
import dev.lateen.xds.client.GrpcAdsTransport;
import dev.lateen.xds.client.ResourceUpdate;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
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
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The control plane from outside, on its ports.
class ControlPlaneIT {
    private static final MethodDescriptor<IstioCertificateRequest, IstioCertificateResponse> CREATE =
            MethodDescriptor.<IstioCertificateRequest, IstioCertificateResponse>newBuilder()
                    .setType(MethodDescriptor.MethodType.UNARY)
                    .setFullMethodName("istio.v1.auth.IstioCertificateService/CreateCertificate")
                    .setRequestMarshaller(ProtoUtils.marshaller(IstioCertificateRequest.getDefaultInstance()))
                    .setResponseMarshaller(ProtoUtils.marshaller(IstioCertificateResponse.getDefaultInstance()))
                    .build();
    private static final MethodDescriptor<DeltaDiscoveryRequest, DeltaDiscoveryResponse> DELTA =
            MethodDescriptor.<DeltaDiscoveryRequest, DeltaDiscoveryResponse>newBuilder()
                    .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
                    .setFullMethodName("envoy.service.discovery.v3.AggregatedDiscoveryService/DeltaAggregatedResources")
                    .setRequestMarshaller(ProtoUtils.marshaller(DeltaDiscoveryRequest.getDefaultInstance()))
                    .setResponseMarshaller(ProtoUtils.marshaller(DeltaDiscoveryResponse.getDefaultInstance()))
                    .build();
    private static final SpiffeId USER = new SpiffeId("cluster.local", "shop", "user");
    private static final String SERVICE = """
            apiVersion: v1
            kind: Service
            metadata: {name: user, namespace: shop}
            spec:
              selector: {app: user}
              clusterIP: 10.96.0.1
              ports: [{name: http, port: 80, targetPort: 8080}]
            """;
    private static final String CLUSTER = "outbound|80||user.shop.svc.cluster.local";

    @TempDir
    private Path directory;

    private Path config;
    private ControlPlane control;

    @BeforeEach
    void start() throws IOException {
        config = Files.createDirectories(directory.resolve("config"));
        Files.writeString(config.resolve("service.yaml"), SERVICE);
        pod("10.2.0.1");
        control = ControlPlane.start(ControlPlaneSettings.of(List.of(config), directory.resolve("state"))
                .withPorts(ControlPlaneSettings.Ports.FREE));
    }

    @AfterEach
    void stop() {
        control.close();
    }

    @Test
    void signsForTheIdentityOfTheToken() throws Exception {
        WorkloadCertificate certificate = certificate();

        assertThat(certificate.id()).isEqualTo(USER);
        assertThat(certificate.roots()).isEqualTo(control.authority().roots());
    }

    @Test
    void refusesToSignWithoutProof() {
        KeyPair keys = WorkloadKeys.EC_P256.generate();

        assertThatThrownBy(() -> request(keys, USER, "nonsense"))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED));
    }

    @Test
    void refusesToSignAnotherName() {
        KeyPair keys = WorkloadKeys.EC_P256.generate();
        String token = control.tokens().issue("shop", "user", Duration.ofMinutes(5));

        assertThatThrownBy(() -> request(keys, new SpiffeId("cluster.local", "shop", "root"), token))
                .hasMessageContaining("sa/root");
    }

    @Test
    void servesAProxyThatProvesItsNamespace() throws Exception {
        assertThat(firstAnswer(credentials(certificate()), "shop").get(20, TimeUnit.SECONDS))
                .isEqualTo("OK");
    }

    @Test
    void refusesAProxyOfAnotherNamespace() throws Exception {
        assertThat(firstAnswer(credentials(certificate()), "bank").get(20, TimeUnit.SECONDS))
                .startsWith("PERMISSION_DENIED")
                .contains("bank");
    }

    @Test
    void refusesAProxyWithoutCertificateOnTheSecurePort() throws Exception {
        assertThat(firstAnswer(anonymous(), "shop").get(20, TimeUnit.SECONDS)).startsWith("UNAUTHENTICATED");
    }

    @Test
    void showsThatItIsReadyAndWhatItCounts() throws Exception {
        assertThat(EnvoyProcess.get("http://127.0.0.1:" + control.readyPort() + "/ready"))
                .isEqualTo("ready\n");
        assertThat(EnvoyProcess.get("http://127.0.0.1:" + control.debugPort() + "/metrics"))
                .contains("pilot_xds 0.0")
                .contains("pilot_services 1.0");
        assertThat(EnvoyProcess.get("http://127.0.0.1:" + control.debugPort() + "/debug/registryz"))
                .contains("user.shop.svc.cluster.local");
    }

    @Test
    void saysItsVersionAsIstiodDoes() throws Exception {
        assertThat(EnvoyProcess.get("http://127.0.0.1:" + control.debugPort() + "/version"))
                .matches("[0-9][^-]*(-SNAPSHOT)?-[a-z0-9]+-Clean");
    }

    @Test
    void tellsTwentyProxiesOfAMovedEndpointWithinASecond() throws Exception {
        AtomicInteger moved = new AtomicInteger();
        try (EventLoops loops = EventLoops.create("test", 1)) {
            List<AdsClient> clients = new ArrayList<>();
            AtomicInteger settled = new AtomicInteger();
            for (int proxy = 0; proxy < 20; proxy++) {
                clients.add(client(loops, proxy, settled, moved));
            }
            await().atMost(Duration.ofSeconds(20)).until(() -> settled.get() == 20);

            long start = System.nanoTime();
            pod("10.2.0.77");
            await().atMost(Duration.ofSeconds(10))
                    .pollInterval(Duration.ofMillis(2))
                    .until(() -> moved.get() == 20);
            Duration took = Duration.ofNanos(System.nanoTime() - start);

            System.out.println("20 proxies knew a moved endpoint after " + took.toMillis() + " ms");
            loops.at(0).submit(() -> clients.forEach(AdsClient::close)).sync();
        }
    }

    private AdsClient client(EventLoops loops, int number, AtomicInteger settled, AtomicInteger moved) {
        EventLoop loop = loops.at(0);
        Connector connector = new Connector(loops);
        GrpcAdsTransport.Connections connections = result -> {
            Http2ClientConnection connection = new Http2ClientConnection(HttpLimits.DEFAULT);
            connector
                    .connect(
                            loop,
                            new InetSocketAddress("127.0.0.1", control.plaintextPort()),
                            ConnectOptions.DEFAULT,
                            new ChannelInitializer<Channel>() {
                                @Override
                                protected void initChannel(Channel channel) {
                                    channel.pipeline().addLast(connection.handler());
                                }
                            })
                    .addListener(done -> {
                        if (done.isSuccess()) {
                            result.onConnected(connection);
                        } else {
                            result.onFailed(String.valueOf(done.cause()));
                        }
                    });
        };
        Node node = Node.newBuilder()
                .setId("sidecar~10.9.0." + number + "~p" + number + ".shop~shop.svc.cluster.local")
                .build();
        AdsListener listener = update -> {
            boolean has =
                    update.type() == ResourceType.ENDPOINT && names(update).contains(CLUSTER);
            if (has && contains(update, "10.2.0.77")) {
                moved.incrementAndGet();
            } else if (has) {
                settled.incrementAndGet();
            }
            return Answer.ACCEPTED;
        };
        AdsClient client = new AdsClient(
                AdsClientSettings.of(node),
                new GrpcAdsTransport(connections, GrpcRequest.of("http", "istiod", "/")),
                loopOf(loop),
                new Random(number),
                listener);
        loop.execute(() -> {
            client.subscribeToAll(ResourceType.CLUSTER);
            client.subscribe(ResourceType.ENDPOINT, Set.of(CLUSTER));
            client.start();
        });
        return client;
    }

    private static List<String> names(ResourceUpdate update) {
        return update.changed().stream().map(ResourceUpdate.Received::name).toList();
    }

    private static boolean contains(ResourceUpdate update, String address) {
        return update.changed().stream()
                .anyMatch(received -> received.resource()
                        .getValue()
                        .toString(StandardCharsets.ISO_8859_1)
                        .contains(address));
    }

    private static ClientLoop loopOf(EventLoop loop) {
        return new ClientLoop() {
            @Override
            public void execute(Runnable task) {
                loop.execute(task);
            }

            @Override
            public void after(Duration delay, Runnable task) {
                loop.schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
            }
        };
    }

    private WorkloadCertificate certificate() throws Exception {
        KeyPair keys = WorkloadKeys.EC_P256.generate();
        String token = control.tokens().issue("shop", "user", Duration.ofMinutes(5));
        return WorkloadCertificate.of(request(keys, USER, token), keys);
    }

    private List<String> request(KeyPair keys, SpiffeId id, String token) throws IOException {
        ManagedChannel channel = channel(anonymous());
        try {
            Metadata headers = new Metadata();
            headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + token);
            IstioCertificateRequest request = IstioCertificateRequest.newBuilder()
                    .setCsr(CertificateRequest.create(keys, id).pem())
                    .build();
            return ClientCalls.blockingUnaryCall(
                            io.grpc.ClientInterceptors.intercept(
                                    channel, MetadataUtils.newAttachHeadersInterceptor(headers)),
                            CREATE,
                            io.grpc.CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS),
                            request)
                    .getCertChainList();
        } finally {
            channel.shutdownNow();
        }
    }

    /// `OK` when a response comes, or the status that ended the stream.
    private CompletableFuture<String> firstAnswer(ChannelCredentials credentials, String namespace) {
        ManagedChannel channel = channel(credentials);
        CompletableFuture<String> answer = new CompletableFuture<>();
        StreamObserver<DeltaDiscoveryRequest> requests = ClientCalls.asyncBidiStreamingCall(
                channel.newCall(DELTA, io.grpc.CallOptions.DEFAULT), new StreamObserver<>() {
                    @Override
                    public void onNext(DeltaDiscoveryResponse response) {
                        answer.complete("OK");
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
        requests.onNext(DeltaDiscoveryRequest.newBuilder()
                .setNode(Node.newBuilder()
                        .setId("sidecar~10.9.0.1~p." + namespace + "~" + namespace + ".svc.cluster.local"))
                .setTypeUrl(ResourceType.CLUSTER.typeUrl())
                .build());
        return answer.whenComplete((_, _) -> channel.shutdownNow());
    }

    private ManagedChannel channel(ChannelCredentials credentials) {
        return Grpc.newChannelBuilder("127.0.0.1:" + control.securePort(), credentials)
                .overrideAuthority("istiod.istio-system.svc")
                .build();
    }

    private ChannelCredentials anonymous() throws IOException {
        return TlsChannelCredentials.newBuilder().trustManager(roots()).build();
    }

    private ChannelCredentials credentials(WorkloadCertificate certificate) throws IOException {
        return TlsChannelCredentials.newBuilder()
                .trustManager(roots())
                .keyManager(stream(Pem.encode(certificate.chain())), stream(Pem.encode(certificate.key())))
                .build();
    }

    private InputStream roots() {
        return stream(control.authority().rootsPem());
    }

    private static InputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII));
    }

    private void pod(String address) throws IOException {
        Path temporary = config.resolve(".pod.yaml");
        Files.writeString(temporary, """
                apiVersion: v1
                kind: Pod
                metadata: {name: user-1, namespace: shop, labels: {app: user}}
                spec:
                  containers: [{name: main, image: none}]
                status: {podIP: %s}
                """.formatted(address));
        Files.move(temporary, config.resolve("pod.yaml"), StandardCopyOption.REPLACE_EXISTING);
    }
}
