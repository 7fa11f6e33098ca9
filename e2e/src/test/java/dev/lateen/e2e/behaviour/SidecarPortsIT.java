package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Where a sidecar takes connections and where they go: ingress listeners of a Sidecar (`defaultEndpoint`, `bind`,
/// `captureMode`), its `egressProxy` for hosts that nobody declared, and the mesh's `protocolDetectionTimeout` for
/// clients that say nothing.
@ParameterizedClass
@EnumSource(DataPlane.class)
class SidecarPortsIT {
    private static final String RESOURCES = """
            apiVersion: networking.istio.io/v1
            kind: Sidecar
            metadata: {name: shop, namespace: default}
            spec:
              workloadSelector: {labels: {app: shop}}
              ingress:
              - {port: {number: 9001, name: http-loopback, protocol: HTTP}, defaultEndpoint: "127.0.0.1:%1$d"}
              - {port: {number: 9002, name: http-address, protocol: HTTP}, defaultEndpoint: "0.0.0.0:%1$d"}
              - {port: {number: 9003, name: http-file, protocol: HTTP}, defaultEndpoint: "unix://%2$s"}
              - {port: {number: 9011, name: tcp-loopback, protocol: TCP}, defaultEndpoint: "127.0.0.1:%1$d"}
              - {port: {number: 9012, name: tcp-address, protocol: TCP}, defaultEndpoint: "0.0.0.0:%1$d"}
              - {port: {number: 9013, name: tcp-file, protocol: TCP}, defaultEndpoint: "unix://%2$s"}
              - {port: {number: 9020, name: any}, defaultEndpoint: "127.0.0.1:%3$d"}
              - port: {number: %4$d, name: http-bound, protocol: HTTP}
                bind: 127.0.0.3
                captureMode: NONE
                defaultEndpoint: "127.0.0.1:%1$d"
              - port: {number: %5$d, name: http-uncaptured, protocol: HTTP}
                captureMode: NONE
                defaultEndpoint: "127.0.0.1:%1$d"
              egress: [{hosts: ["*/*"]}]
              outboundTrafficPolicy: {mode: ALLOW_ANY, egressProxy: {host: way-out.svc.test, port: {number: 8080}}}
            """;
    private static final String SERVICE = """
            ---
            apiVersion: networking.istio.io/v1
            kind: ServiceEntry
            metadata: {name: %1$s, namespace: default}
            spec:
              hosts: [%1$s.svc.test]
              location: MESH_EXTERNAL
              resolution: STATIC
              ports: [{number: %2$d, name: http, protocol: HTTP}]
              endpoints: [{address: 127.0.0.1, ports: {http: %3$d}}]
            """;
    /// An address for documentation, which nobody has.
    private static final String NOWHERE = "192.0.2.1";

    private static final AtomicInteger GREETED = new AtomicInteger();

    private static Upstream onLoopback;
    private static Upstream onAddress;
    private static Upstream wayOut;
    private static Upstream known;
    private static UnixServer inFile;
    private static ServerSocket greeting;
    private static Place quick;
    private static Place waiting;

    @Parameter
    DataPlane plane;

    /// A sidecar and its ports.
    private record Place(CapturedSidecar sidecar, int http, int bound, int uncaptured) {
        /// @param detection how long it waits for clients' first words
        static Place start(DataPlane plane, String detection) throws Exception {
            int http = Ports.free();
            int bound = Ports.free();
            int uncaptured = Ports.free();
            String yaml =
                    RESOURCES.formatted(onLoopback.port(), inFile.path(), greeting.getLocalPort(), bound, uncaptured)
                            + SERVICE.formatted("way-out", 8080, wayOut.port())
                            + SERVICE.formatted("known", 80, known.port());
            String mesh = "protocolDetectionTimeout: %s, proxyHttpPort: %d,".formatted(detection, http);
            return new Place(
                    CapturedSidecar.start(plane, mesh, yaml, http, bound, uncaptured), http, bound, uncaptured);
        }
    }

    @BeforeParameterizedClassInvocation
    static void start(DataPlane plane) throws Exception {
        int port = Ports.free();
        onLoopback = saying("loopback", "127.0.0.1", port);
        onAddress = saying("address", CapturedSidecar.ADDRESS, port);
        wayOut = Upstream.saying("way out");
        known = Upstream.saying("known");
        inFile = new UnixServer("file");
        greeting = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.startVirtualThread(SidecarPortsIT::greet);
        quick = Place.start(plane, "300ms");
        waiting = Place.start(plane, "0s");
    }

    private static Upstream saying(String body, String address, int port) throws IOException {
        return new Upstream(
                InetAddress.getByName(address),
                port,
                (_, socket) -> HttpClient.write(
                        socket,
                        Upstream.response(
                                200, body + " from " + socket.getInetAddress().getHostAddress())));
    }

    @AfterParameterizedClassInvocation
    static void stop() throws IOException {
        quick.sidecar.close();
        waiting.sidecar.close();
        onLoopback.close();
        onAddress.close();
        wayOut.close();
        known.close();
        inFile.close();
        greeting.close();
    }

    /// Has the first word on each connection.
    private static void greet() {
        while (!greeting.isClosed()) {
            try {
                Socket socket = greeting.accept();
                GREETED.incrementAndGet();
                HttpClient.write(socket, "welcome\n");
            } catch (IOException _) {
                // The proxy ended it, or the test is over.
            }
        }
    }

    /// Connections to the workload's own address come from where the kernel does not lead them back to the proxy.
    @ParameterizedTest
    @CsvSource({
        "9001, loopback from 127.0.0.1",
        "9002, address from 127.0.0.6",
        "9003, file",
        "9011, loopback from 127.0.0.1",
        "9012, address from 127.0.0.6",
        "9013, file",
    })
    void forwardsToTheEndpointThatThePortNames(int port, String server) throws IOException {
        assertThat(quick.sidecar.get(port, "/").body()).isEqualTo(server);
    }

    @Test
    void listensWhereAPortIsBoundThatIsNotCaptured() throws IOException {
        try (Socket socket = new Socket("127.0.0.3", quick.bound)) {
            assertThat(CapturedSidecar.ask(socket, "/").body()).startsWith("loopback");
        }
        assertThatThrownBy(() -> new Socket("127.0.0.1", quick.bound).close()).isInstanceOf(ConnectException.class);
    }

    @Test
    void listensAtTheWorkloadsAddressWhereAPortIsNotBound() throws IOException {
        try (Socket socket = new Socket(CapturedSidecar.ADDRESS, quick.uncaptured)) {
            assertThat(CapturedSidecar.ask(socket, "/").body()).startsWith("loopback");
        }
        assertThatThrownBy(() -> new Socket("127.0.0.1", quick.uncaptured).close())
                .isInstanceOf(ConnectException.class);
    }

    @Test
    void sendsRequestsForUnknownHostsToTheEgressProxy() throws IOException {
        assertThat(ask("unknown.test").body()).isEqualTo("way out");
        assertThat(ask("known.svc.test").body()).isEqualTo("known");
    }

    private static Reply ask(String host) throws IOException {
        return new HttpClient(quick.http).get("http://" + host + "/", "host: " + host);
    }

    @Test
    void sendsConnectionsToUnknownAddressesToTheEgressProxy() throws IOException {
        try (Socket socket = quick.sidecar.from(NOWHERE, 2525)) {
            assertThat(CapturedSidecar.ask(socket, "/").body()).isEqualTo("way out");
        }
    }

    /// Without a limit the proxy waits until it has heard what the client speaks.
    @Test
    void waitsForAClientsFirstWordsAsLongAsTheMeshSays() throws IOException {
        int before = GREETED.get();
        try (Socket patient = waiting.sidecar.to(9020);
                Socket silent = quick.sidecar.to(9020)) {
            assertThat(Reply.line(silent.getInputStream())).isEqualTo("welcome");
            assertThat(GREETED).hasValue(before + 1);
            HttpClient.write(patient, "EHLO shop.test\r\n");
            assertThat(Reply.line(patient.getInputStream())).isEqualTo("welcome");
        }
    }
}
