package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lateen.e2e.acceptance.TranslatedGateway;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// `connectionPool.http.http2KeepAlive` of a DestinationRule: an upstream that answers no PING any more is left, even
/// though its connection still stands.
@ParameterizedClass
@EnumSource(DataPlane.class)
final class Http2KeepAliveIT {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final int ANSWERED_PINGS = 3;
    private static final int ACK = 1;
    private static final String MESH = """
            apiVersion: networking.istio.io/v1
            kind: Gateway
            metadata: {name: entry, namespace: default}
            spec:
              selector: {istio: ingressgateway}
              servers: [{port: {number: %1$d, name: http, protocol: HTTP}, hosts: ["*"]}]
            ---
            apiVersion: networking.istio.io/v1
            kind: ServiceEntry
            metadata: {name: silent, namespace: default}
            spec:
              hosts: [silent.svc.test]
              location: MESH_EXTERNAL
              resolution: STATIC
              ports: [{number: 80, name: http2, protocol: HTTP2}]
              endpoints: [{address: 127.0.0.1, ports: {http2: %2$d}}]
            ---
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: silent, namespace: default}
            spec:
              hosts: [silent.test]
              gateways: [entry]
              http: [{route: [{destination: {host: silent.svc.test}}]}]
            ---
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: silent, namespace: default}
            spec:
              host: silent.svc.test
              trafficPolicy: {connectionPool: {http: {http2KeepAlive: {interval: 100ms, timeout: 2s}}}}
            """;

    @Parameter
    DataPlane plane;

    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger pings = new AtomicInteger();
    private final AtomicInteger left = new AtomicInteger();

    @Test
    void leavesConnectionsThatDoNotAnswer() throws Exception {
        int port = Ports.free();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                ServerSocket server = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
            threads.execute(() -> accept(server, threads));
            String mesh = MESH.formatted(port, server.getLocalPort());
            try (RunningProxy _ = plane.start(TranslatedGateway.bootstrap(mesh, plane.nodeMetadata(), List.of(port)))) {
                assertThat(get(port)).isEqualTo(200);
                await().atMost(SOON).until(() -> left.get() == 1);
                assertThat(pings.get()).isGreaterThan(ANSWERED_PINGS);
                assertThat(get(port)).isEqualTo(200);
                assertThat(connections).hasValue(2);
            }
        }
    }

    private static int get(int port) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            HttpClient.write(socket, HttpClient.head("GET", "/", "host: silent.test"));
            return Reply.read(socket.getInputStream(), "GET").status();
        }
    }

    private void accept(ServerSocket server, ExecutorService threads) {
        try {
            while (true) {
                Socket socket = server.accept();
                connections.incrementAndGet();
                threads.execute(() -> serve(socket));
            }
        } catch (IOException _) {
            // The test has ended.
        }
    }

    private void serve(Socket socket) {
        try (Http2Peer peer = Http2Peer.server(socket)) {
            int answered = 0;
            while (true) {
                Http2Peer.Frame frame = peer.next();
                if (frame.type() == Http2Peer.HEADERS) {
                    peer.headers(frame.stream(), true, ":status: 200");
                } else if (frame.type() == Http2Peer.PING) {
                    pings.incrementAndGet();
                    if (answered++ < ANSWERED_PINGS) {
                        peer.send(Http2Peer.PING, ACK, 0, frame.payload());
                    }
                }
            }
        } catch (EOFException _) {
            left.incrementAndGet();
        } catch (Exception failure) {
            throw new IllegalStateException(failure);
        }
    }
}
