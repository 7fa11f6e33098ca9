package dev.lateen.e2e.attack;

import static dev.lateen.e2e.attack.AttackedControlPlane.USER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.xds.ResourceType;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.grpc.CallOptions;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whoever sends the control plane's gRPC ports more than anybody needs to: frames, connections, heads, messages. It
/// has 96 MiB of heap and 64 MiB of buffers, and ends where they are not enough.
class GrpcFloodsIT {
    private static final String ADS =
            "/envoy.service.discovery.v3.AggregatedDiscoveryService/StreamAggregatedResources";
    private static final String CSR = "/istio.v1.auth.IstioCertificateService/CreateCertificate";
    private static final String NODE = "sidecar~10.9.0.1~user.shop~shop.svc.cluster.local";
    /// What it may take in all: heap, buffers, code.
    private static final long MOST_MIB = 420;

    private static final int END_HEADERS = 4;
    private static final int BURST = 20_000;

    @TempDir
    private static Path directory;

    private static AttackedControlPlane control;

    @BeforeAll
    static void start() throws IOException {
        control = AttackedControlPlane.start(directory);
    }

    @AfterAll
    static void end() {
        control.close();
    }

    @AfterEach
    void servesOthersAndStaysSmall() throws IOException {
        control.assertUnharmed();
        assertThat(control.process().residentMemory()).isLessThan(MOST_MIB);
    }

    private static Socket open(boolean secure) throws Exception {
        Socket socket = secure ? RawHttp2.secure(control.securePort()) : RawHttp2.plaintext(control.plaintextPort());
        RawHttp2.preface(socket);
        return socket;
    }

    /// Sends it again and again until the other end has had enough, and does not read what comes back.
    ///
    /// @return whether the connection was ended before all of it was sent
    private static boolean flood(Socket socket, byte[] frame, int times) {
        try {
            socket.setSoTimeout(5_000);
            OutputStream out = socket.getOutputStream();
            byte[] many = new byte[frame.length * 100];
            for (int at = 0; at < many.length; at += frame.length) {
                System.arraycopy(frame, 0, many, at, frame.length);
            }
            for (int sent = 0; sent < times; sent += 100) {
                out.write(many);
            }
            out.flush();
            // A server that takes all of it must at least be able to end the connection with its reasons.
            byte[] sink = new byte[64 << 10];
            while (true) {
                if (socket.getInputStream().read(sink) < 0) {
                    return true;
                }
            }
        } catch (java.net.SocketTimeoutException _) {
            return false;
        } catch (IOException _) {
            return true;
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void survivesFloodsOfSmallFrames(boolean secure) throws Exception {
        List<byte[]> frames = List.of(
                RawHttp2.frame(RawHttp2.SETTINGS, 0, 0, new byte[0]),
                RawHttp2.frame(RawHttp2.PING, 0, 0, new byte[8]),
                RawHttp2.frame(RawHttp2.PRIORITY, 0, 3, new byte[5]),
                RawHttp2.frame(RawHttp2.WINDOW_UPDATE, 0, 0, new byte[] {0, 0, 0, 1}),
                RawHttp2.frame(0x42, 0, 0, new byte[16]),
                RawHttp2.frame(RawHttp2.RST_STREAM, 0, 1, new byte[4]));
        List<Thread> attackers = new ArrayList<>();
        for (byte[] frame : frames) {
            attackers.add(Thread.ofVirtual().start(() -> {
                try (Socket socket = open(secure)) {
                    flood(socket, frame, BURST);
                } catch (Exception _) {
                    // Refused earlier still.
                }
            }));
        }
        control.assertUnharmed();
        for (Thread attacker : attackers) {
            attacker.join();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void endsConnectionsThatOpenStreamsOnlyToResetThem(boolean secure) throws Exception {
        byte[] head = RawHttp2.call(ADS, "authorization", "Bearer x");
        try (Socket socket = open(secure)) {
            boolean ended = false;
            OutputStream out = socket.getOutputStream();
            try {
                for (int stream = 1; stream < 20_000; stream += 2) {
                    out.write(RawHttp2.frame(RawHttp2.HEADERS, END_HEADERS, stream, head));
                    out.write(RawHttp2.frame(RawHttp2.RST_STREAM, 0, stream, new byte[] {0, 0, 0, 8}));
                }
                out.flush();
                ended = flood(socket, RawHttp2.frame(RawHttp2.PING, 0, 0, new byte[8]), 100);
            } catch (IOException _) {
                ended = true;
            }
            assertThat(ended).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void endsHeadsWithoutAnEnd(boolean secure) throws Exception {
        try (Socket socket = open(secure)) {
            socket.getOutputStream().write(RawHttp2.frame(RawHttp2.HEADERS, 0, 1, RawHttp2.call(ADS)));
            byte[] more = RawHttp2.frame(RawHttp2.CONTINUATION, 0, 1, RawHttp2.call(ADS, "x-more", "y".repeat(8_000)));
            assertThat(flood(socket, more, 10_000)).isTrue();
        }
    }

    @Test
    void refusesHeadsThatAreTooLarge() throws Exception {
        try (GrpcCaller caller = control.stranger()) {
            assertThat(caller.with("x".repeat(100_000)).discover(NODE, Map.of()))
                    .doesNotContain("outbound|")
                    .doesNotStartWith("OK");
        }
    }

    /// Strangers that fill every stream of many connections as far as they can.
    @Test
    void holdsNothingOfWhatStrangersSend() throws Exception {
        byte[] prefix = {0, 0, 0x7f, -1, -1}; // a message of 8 MiB is coming
        byte[] data = RawHttp2.frame(RawHttp2.DATA, 0, 0, new byte[16_000]);
        List<Thread> attackers = new ArrayList<>();
        for (int number = 0; number < 20; number++) {
            String path = number % 2 == 0 ? CSR : ADS;
            attackers.add(Thread.ofVirtual().start(() -> {
                try (Socket socket = open(true)) {
                    OutputStream out = socket.getOutputStream();
                    for (int stream = 1; stream < 128; stream += 2) {
                        byte[] head = RawHttp2.call(path, "authorization", "Bearer a.b.c");
                        out.write(RawHttp2.frame(RawHttp2.HEADERS, END_HEADERS, stream, head));
                        out.write(RawHttp2.frame(RawHttp2.DATA, 0, stream, prefix));
                        for (int part = 0; part < 10; part++) {
                            byte[] mine = data.clone();
                            mine[8] = (byte) stream;
                            out.write(mine);
                        }
                    }
                } catch (Exception _) {
                    // Refused.
                }
            }));
        }
        control.assertUnharmed();
        for (Thread attacker : attackers) {
            attacker.join(Duration.ofSeconds(20));
        }
    }

    @Test
    void refusesMessagesThatAreTooLarge() throws Exception {
        try (GrpcCaller user = control.workload(USER)) {
            assertThat(send(user, List.of(named("x".repeat(9 << 20))))).startsWith("RESOURCE_EXHAUSTED");
        }
    }

    @Test
    void refusesToRememberMoreNamesThanAMeshHas() throws Exception {
        List<DiscoveryRequest> requests = new ArrayList<>();
        DiscoveryRequest.Builder many = DiscoveryRequest.newBuilder()
                .setNode(Node.newBuilder().setId(NODE))
                .setTypeUrl(ResourceType.ENDPOINT.typeUrl());
        for (int name = 0; name < 210_000; name++) {
            many.addResourceNames("n" + name);
        }
        requests.add(many.build());
        try (GrpcCaller user = control.workload(USER)) {
            assertThat(send(user, requests)).startsWith("RESOURCE_EXHAUSTED").contains("names");
        }
    }

    @Test
    void refusesNodesThatSayTooMuch() throws Exception {
        try (GrpcCaller user = control.workload(USER)) {
            assertThat(user.discover(NODE, Map.of("ANNOTATION", "x".repeat(2 << 20))))
                    .startsWith("INVALID_ARGUMENT")
                    .contains("node: ");
        }
    }

    /// A proxy that has proved who it is and then sends large requests as fast as it can.
    @Test
    void readsNoFasterThanItWorks() throws Exception {
        List<DiscoveryRequest> requests = new ArrayList<>();
        String name = "n".repeat(4 << 20);
        for (int request = 0; request < 60; request++) {
            requests.add(named(name));
        }
        try (GrpcCaller user = control.workload(USER)) {
            send(user, requests);
        }
    }

    @Test
    void endsConnectionsThatProveNothing() throws Exception {
        double before = control.metric("lateen_ended_newcomers_total", "");
        List<Socket> held = new ArrayList<>();
        try {
            for (int number = 0; number < 900; number++) {
                held.add(
                        number % 3 == 0
                                ? RawHttp2.plaintext(control.securePort()) // not even a ClientHello
                                : open(number % 3 == 1));
            }
            control.assertUnharmed();
            assertThat(control.metric("lateen_ended_newcomers_total", "")).isGreaterThan(before);
            // In time those go too that made no room.
            for (Socket socket : held) {
                socket.setSoTimeout(30_000);
                assertThat(isEnded(socket)).isTrue();
            }
        } finally {
            for (Socket socket : held) {
                socket.close();
            }
        }
    }

    private static boolean isEnded(Socket socket) {
        byte[] sink = new byte[1_024];
        try {
            while (socket.getInputStream().read(sink) >= 0) {
                // What it said before.
            }
            return true;
        } catch (java.net.SocketTimeoutException _) {
            return false;
        } catch (IOException _) {
            return true;
        }
    }

    @Test
    void takesGarbageForWhatItIs() throws Exception {
        Random random = new Random(7);
        for (int port : List.of(control.securePort(), control.plaintextPort())) {
            for (int attempt = 0; attempt < 50; attempt++) {
                byte[] garbage = new byte[random.nextInt(2_000)];
                random.nextBytes(garbage);
                try (Socket socket = RawHttp2.plaintext(port)) {
                    socket.getOutputStream().write(garbage);
                    socket.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                    socket.shutdownOutput();
                    socket.getInputStream().readAllBytes();
                } catch (IOException _) {
                    // Reset.
                }
            }
        }
    }

    private static DiscoveryRequest named(String name) {
        return DiscoveryRequest.newBuilder()
                .setNode(Node.newBuilder().setId(NODE))
                .setTypeUrl(ResourceType.ENDPOINT.typeUrl())
                .addResourceNames(name)
                .build();
    }

    /// How the stream ended, or `open`.
    private static String send(GrpcCaller caller, List<DiscoveryRequest> requests) throws Exception {
        CompletableFuture<String> end = new CompletableFuture<>();
        StreamObserver<DiscoveryRequest> stream = ClientCalls.asyncBidiStreamingCall(
                caller.channel().newCall(GrpcCaller.STREAM, CallOptions.DEFAULT), new StreamObserver<>() {
                    @Override
                    public void onNext(DiscoveryResponse response) {}

                    @Override
                    public void onError(Throwable cause) {
                        Status status = Status.fromThrowable(cause);
                        end.complete(status.getCode() + " " + status.getDescription());
                    }

                    @Override
                    public void onCompleted() {
                        end.complete("OK");
                    }
                });
        requests.forEach(stream::onNext);
        stream.onCompleted();
        return end.completeOnTimeout("open", 30, TimeUnit.SECONDS).get();
    }
}
