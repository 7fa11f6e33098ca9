package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lateen.e2e.acceptance.TranslatedGateway;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Where a gateway's servers listen (`bind`), and whose VirtualServices they take (`hosts` with a namespace), from
/// their text to the traffic.
@ParameterizedClass
@EnumSource(DataPlane.class)
class GatewayServersIT {
    private static final String GATEWAYS = """
            apiVersion: networking.istio.io/v1
            kind: Gateway
            metadata: {name: bound, namespace: edge}
            spec:
              selector: {istio: ingressgateway}
              servers:
              - {port: {number: %1$d, name: http-five, protocol: HTTP}, bind: 127.0.0.5, hosts: ["*/five.test", "*/both.test"]}
              - {port: {number: %1$d, name: http-six, protocol: HTTP}, bind: 127.0.0.6, hosts: ["*/six.test", "*/both.test"]}
            ---
            apiVersion: networking.istio.io/v1
            kind: Gateway
            metadata: {name: open, namespace: edge}
            spec:
              selector: {istio: ingressgateway}
              servers:
              - port: {number: %2$d, name: http-open, protocol: HTTP}
                hosts: ["red/*.hosts.test", "blue/exact.test", "./*.here.test", "*/*.any.test", unsaid.test]
            ---
            apiVersion: networking.istio.io/v1
            kind: ServiceEntry
            metadata: {name: in, namespace: default}
            spec:
              hosts: [in.svc.test]
              location: MESH_EXTERNAL
              resolution: STATIC
              ports: [{number: 80, name: http, protocol: HTTP}]
              endpoints: [{address: 127.0.0.1, ports: {http: %3$d}}]
            """;
    private static final String ROUTE = """
            ---
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: %1$s, namespace: %2$s}
            spec:
              hosts: [%3$s]
              gateways: [edge/%4$s]
              http: [{route: [{destination: {host: in.svc.test}}]}]
            """;

    private static Upstream in;
    private static RunningProxy proxy;
    private static int bound;
    private static int open;

    @Parameter
    DataPlane plane;

    @BeforeParameterizedClassInvocation
    static void start(DataPlane plane) throws Exception {
        in = Upstream.saying("in");
        bound = Ports.free();
        open = Ports.free();
        String yaml = GATEWAYS.formatted(bound, open, in.port())
                + ROUTE.formatted("bound", "edge", "five.test, six.test, both.test", "bound")
                + ROUTE.formatted("red-a", "red", "a.hosts.test", "open")
                + ROUTE.formatted("blue-b", "blue", "b.hosts.test", "open")
                + ROUTE.formatted("edge-c", "edge", "c.hosts.test", "open")
                + ROUTE.formatted("blue-exact", "blue", "exact.test", "open")
                + ROUTE.formatted("edge-here", "edge", "a.here.test", "open")
                + ROUTE.formatted("red-here", "red", "b.here.test", "open")
                + ROUTE.formatted("red-any", "red", "a.any.test", "open")
                + ROUTE.formatted("edge-any", "edge", "b.any.test", "open")
                + ROUTE.formatted("blue-unsaid", "blue", "unsaid.test", "open")
                + ROUTE.formatted("edge-outside", "edge", "outside.test", "open");
        proxy = plane.start(TranslatedGateway.bootstrap(yaml, plane.nodeMetadata(), List.of(bound, open)));
    }

    @AfterParameterizedClassInvocation
    static void stop() throws IOException {
        proxy.close();
        in.close();
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.5, five.test, 200",
        "127.0.0.5, six.test, 404",
        "127.0.0.5, both.test, 200",
        "127.0.0.6, five.test, 404",
        "127.0.0.6, six.test, 200",
        "127.0.0.6, both.test, 200",
    })
    void aServerListensWhereItIsBound(String address, String host, int expected) throws IOException {
        try (Socket socket = new Socket(address, bound)) {
            HttpClient.write(socket, HttpClient.head("GET", "/", "host: " + host));
            assertThat(Reply.read(socket.getInputStream(), "GET").status()).isEqualTo(expected);
        }
    }

    @Test
    void nobodyListensElsewhere() {
        assertThatThrownBy(() -> new Socket("127.0.0.1", bound).close()).isInstanceOf(ConnectException.class);
    }

    /// The namespace is that of the VirtualService; `.` is that of the gateway.
    @ParameterizedTest
    @CsvSource({
        "a.hosts.test, 200",
        "b.hosts.test, 404",
        "c.hosts.test, 404",
        "exact.test, 200",
        "a.here.test, 200",
        "b.here.test, 404",
        "a.any.test, 200",
        "b.any.test, 200",
        "unsaid.test, 200",
        "outside.test, 404",
    })
    void aServerTakesRoutesOfTheNamespacesThatItNames(String host, int expected) throws IOException {
        assertThat(new HttpClient(open).get("/", "host: " + host).status()).isEqualTo(expected);
    }
}
