package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.e2e.acceptance.TranslatedGateway;
import dev.lateen.e2e.acceptance.TranslatedSidecar;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Conditions of VirtualServices that say whose traffic a route is for and where that was going, from their text to
/// the traffic of two sidecars and a gateway: `sourceLabels`, `sourceNamespace`, `gateways`, `destinationSubnets`,
/// `port`, `sniHosts`; and what `statPrefix` counts.
@ParameterizedClass
@EnumSource(DataPlane.class)
class MatchFieldsIT {
    private static final String MESH = """
            apiVersion: install.istio.io/v1alpha1
            kind: IstioOperator
            metadata: {name: mesh, namespace: istio-system}
            spec: {meshConfig: {outboundTrafficPolicy: {mode: REGISTRY_ONLY}}}
            ---
            apiVersion: networking.istio.io/v1
            kind: Gateway
            metadata: {name: entry, namespace: default}
            spec:
              selector: {istio: ingressgateway}
              servers: [{port: {number: %5$d, name: http, protocol: HTTP}, hosts: ["*"]}]
            ---
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: http, namespace: default}
            spec:
              hosts: [own.svc.test]
              gateways: [mesh, entry]
              http:
              - match: [{sourceLabels: {app: shop}, uri: {exact: /label}}]
                route: [{destination: {host: one.svc.test, port: {number: %1$d}}}]
              - match: [{sourceLabels: {app: shop, version: v9}, uri: {exact: /labels}}]
                route: [{destination: {host: one.svc.test, port: {number: %1$d}}}]
              - match: [{sourceLabels: {app: cart, version: v1}, uri: {exact: /labels}}]
                route: [{destination: {host: two.svc.test, port: {number: %1$d}}}]
              - match: [{sourceNamespace: other, uri: {exact: /namespace}}]
                route: [{destination: {host: two.svc.test, port: {number: %1$d}}}]
              - match:
                - {sourceNamespace: default, sourceLabels: {app: cart}, uri: {exact: /either}}
                - {sourceNamespace: other, sourceLabels: {app: cart}, uri: {exact: /either}}
                route: [{destination: {host: two.svc.test, port: {number: %1$d}}}]
              - match: [{gateways: [mesh], uri: {exact: /gateways}}]
                route: [{destination: {host: one.svc.test, port: {number: %1$d}}}]
              - match: [{gateways: [entry], uri: {exact: /gateways}}]
                route: [{destination: {host: two.svc.test, port: {number: %1$d}}}]
              - match: [{uri: {exact: /counted}, statPrefix: counted-route}]
                route: [{destination: {host: one.svc.test, port: {number: %1$d}}}]
              - route: [{destination: {host: own.svc.test, port: {number: %1$d}}}]
            ---
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: tcp, namespace: default}
            spec:
              hosts: [tcp.test]
              tcp:
              - match: [{port: %2$d, destinationSubnets: [127.0.0.2]}]
                route: [{destination: {host: one.svc.test, port: {number: %1$d}}}]
              - match: [{port: %2$d, destinationSubnets: [127.0.0.16/30], sourceLabels: {app: shop}}]
                route: [{destination: {host: two.svc.test, port: {number: %1$d}}}]
              - match: [{port: %3$d, sourceNamespace: default}]
                route: [{destination: {host: two.svc.test, port: {number: %1$d}}}]
            ---
            apiVersion: networking.istio.io/v1
            kind: ServiceEntry
            metadata: {name: tcp, namespace: default}
            spec:
              hosts: [tcp.test]
              location: MESH_EXTERNAL
              resolution: STATIC
              ports: [{number: %2$d, name: tcp-one, protocol: TCP}, {number: %3$d, name: tcp-two, protocol: TCP}]
              endpoints: [{address: 127.0.0.1, ports: {tcp-one: %6$d, tcp-two: %6$d}}]
            ---
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: tls, namespace: default}
            spec:
              hosts: [a.tls.test, b.tls.test]
              tls:
              - match: [{port: %4$d, sniHosts: [a.tls.test], destinationSubnets: [127.0.0.2, 127.0.0.16/30]}]
                route: [{destination: {host: raw-one.test, port: {number: 9000}}}]
              - match: [{port: %4$d, sniHosts: [a.tls.test]}]
                route: [{destination: {host: raw-two.test, port: {number: 9000}}}]
              - match:
                - {port: %4$d, sniHosts: [b.tls.test], sourceLabels: {app: shop}}
                - {port: %4$d, sniHosts: [b.tls.test], sourceNamespace: other, destinationSubnets: [127.0.0.3/32]}
                route: [{destination: {host: raw-one.test, port: {number: 9000}}}]
            ---
            apiVersion: networking.istio.io/v1
            kind: ServiceEntry
            metadata: {name: tls, namespace: default}
            spec:
              hosts: [a.tls.test]
              location: MESH_EXTERNAL
              resolution: STATIC
              ports: [{number: %4$d, name: tls, protocol: TLS}]
              endpoints: [{address: 127.0.0.1, ports: {tls: %6$d}}]
            """;
    private static final String SERVICE = """
            ---
            apiVersion: networking.istio.io/v1
            kind: ServiceEntry
            metadata: {name: %1$s, namespace: default}
            spec:
              hosts: [%1$s.test]
              location: MESH_EXTERNAL
              resolution: STATIC
              ports: [{number: %2$d, name: port, protocol: %3$s}]
              endpoints: [{address: 127.0.0.1, ports: {port: %4$d}}]
            """;
    private static final int HELLO = 32 << 10;
    private static final int TIMEOUT_MILLIS = 15_000;

    private static Upstream own;
    private static Upstream one;
    private static Upstream two;
    private static ServerSocket rawOne;
    private static ServerSocket rawTwo;
    private static Client shop;
    private static Client cart;
    private static Client gateway;

    @Parameter
    DataPlane plane;

    /// A proxy whose client is the test, and the ports of its listeners.
    private record Client(RunningProxy proxy, int http, int tcpOne, int tcpTwo, int tls) {
        static Client sidecar(DataPlane plane, String namespace, String app) throws IOException, InterruptedException {
            int http = Ports.free();
            int tcpOne = Ports.free();
            int tcpTwo = Ports.free();
            int tls = Ports.free();
            Bootstrap bootstrap = TranslatedSidecar.bootstrap(
                    mesh(http, tcpOne, tcpTwo, tls, Ports.free()),
                    plane.nodeMetadata(),
                    namespace,
                    app,
                    List.of(http, tcpOne, tcpTwo, tls));
            return new Client(plane.start(bootstrap), http, tcpOne, tcpTwo, tls);
        }

        static Client gateway(DataPlane plane) throws IOException, InterruptedException {
            int entry = Ports.free();
            String yaml = mesh(Ports.free(), Ports.free(), Ports.free(), Ports.free(), entry);
            Bootstrap bootstrap = TranslatedGateway.bootstrap(yaml, plane.nodeMetadata(), List.of(entry));
            return new Client(plane.start(bootstrap), entry, 0, 0, 0);
        }

        String get(String path) throws IOException {
            return new HttpClient(http).get(path, "host: own.svc.test").body();
        }
    }

    @BeforeParameterizedClassInvocation
    static void start(DataPlane plane) throws Exception {
        own = Upstream.saying("own");
        one = Upstream.saying("one");
        two = Upstream.saying("two");
        rawOne = raw("one");
        rawTwo = raw("two");
        shop = Client.sidecar(plane, "default", "shop");
        cart = Client.sidecar(plane, "other", "cart");
        gateway = Client.gateway(plane);
    }

    @AfterParameterizedClassInvocation
    static void stop() throws IOException {
        for (Client client : List.of(shop, cart, gateway)) {
            client.proxy.close();
        }
        for (Upstream upstream : List.of(own, one, two)) {
            upstream.close();
        }
        rawOne.close();
        rawTwo.close();
    }

    private static String mesh(int http, int tcpOne, int tcpTwo, int tls, int entry) {
        return MESH.formatted(http, tcpOne, tcpTwo, tls, entry, own.port())
                + SERVICE.formatted("own.svc", http, "HTTP", own.port())
                + SERVICE.formatted("one.svc", http, "HTTP", one.port())
                + SERVICE.formatted("two.svc", http, "HTTP", two.port())
                + SERVICE.formatted("raw-one", 9000, "TCP", rawOne.getLocalPort())
                + SERVICE.formatted("raw-two", 9000, "TCP", rawTwo.getLocalPort());
    }

    /// A server that says its name when it has heard anything.
    private static ServerSocket raw(String name) throws IOException {
        ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.startVirtualThread(() -> {
            while (!server.isClosed()) {
                try (Socket socket = server.accept()) {
                    if (socket.getInputStream().read(new byte[HELLO]) > 0) {
                        HttpClient.write(socket, name);
                    }
                } catch (IOException _) {
                    // The proxy ended it, or the test.
                }
            }
        });
        return server;
    }

    @ParameterizedTest
    @CsvSource({
        "/label, one, own, own",
        "/labels, own, two, own",
        "/namespace, own, two, own",
        "/either, own, two, own",
        "/gateways, one, one, two",
        "/, own, own, own",
    })
    void aRouteIsForThoseWhomItNames(String path, String ofShop, String ofCart, String ofGateway) throws IOException {
        assertThat(shop.get(path)).as("what shop of default gets").isEqualTo(ofShop);
        assertThat(cart.get(path)).as("what cart of other gets").isEqualTo(ofCart);
        assertThat(gateway.get(path)).as("what the gateway gets").isEqualTo(ofGateway);
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, own, own",
        "127.0.0.2, one, one",
        "127.0.0.15, own, own",
        "127.0.0.16, two, own",
        "127.0.0.19, two, own",
        "127.0.0.20, own, own",
    })
    void connectionsGoWhereTheirAddressLeads(String address, String ofShop, String ofCart) throws IOException {
        assertThat(talk(address, shop.tcpOne)).isEqualTo(ofShop);
        assertThat(talk(address, cart.tcpOne)).isEqualTo(ofCart);
    }

    /// The subnets are those of the other port.
    @ParameterizedTest
    @CsvSource({"127.0.0.1", "127.0.0.2"})
    void connectionsGoWhereTheirPortLeads(String address) throws IOException {
        assertThat(talk(address, shop.tcpTwo)).isEqualTo("two");
        assertThat(talk(address, cart.tcpTwo)).isEqualTo("own");
    }

    private static String talk(String address, int port) throws IOException {
        try (Socket socket = connect(address, port)) {
            HttpClient.write(socket, HttpClient.head("GET", "/"));
            return Reply.read(socket.getInputStream(), "GET").body();
        }
    }

    private static Socket connect(String address, int port) throws IOException {
        Socket socket = new Socket(address, port);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        return socket;
    }

    /// An address that has routes of its own leads nowhere for names without one among them: the address is looked at
    /// before the name, and there is no way back.
    @ParameterizedTest
    @CsvSource({
        "a.tls.test, 127.0.0.1, two, two",
        "a.tls.test, 127.0.0.2, one, one",
        "a.tls.test, 127.0.0.17, one, one",
        "a.tls.test, 127.0.0.20, two, two",
        "b.tls.test, 127.0.0.1, one, ''",
        "b.tls.test, 127.0.0.2, '', ''",
        "b.tls.test, 127.0.0.3, one, one",
        "c.tls.test, 127.0.0.1, '', ''",
    })
    void helloesGoWhereTheirNameAndAddressLead(String name, String address, String ofShop, String ofCart)
            throws Exception {
        assertThat(hello(address, shop.tls, name)).isEqualTo(ofShop);
        assertThat(hello(address, cart.tls, name)).isEqualTo(ofCart);
    }

    /// What a TLS client is answered that asks for a server of this name; empty where the connection ends.
    private static String hello(String address, int port, String name) throws Exception {
        SSLEngine engine = SSLContext.getDefault().createSSLEngine();
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName(name)));
        engine.setSSLParameters(parameters);
        ByteBuffer hello = ByteBuffer.allocate(HELLO);
        assertThat(engine.wrap(ByteBuffer.allocate(0), hello).bytesProduced()).isPositive();
        try (Socket socket = connect(address, port)) {
            socket.getOutputStream().write(Arrays.copyOf(hello.array(), hello.position()));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (SocketException _) {
            return "";
        }
    }

    @Test
    void countsWhatARouteGets() throws IOException {
        for (int request = 0; request < 3; request++) {
            assertThat(shop.get("/counted")).isEqualTo("one");
        }
        assertThat(shop.get("/")).isEqualTo("own");
        String numbers = shop.proxy.admin("/stats?filter=counted-route");
        assertThat(numbers)
                .contains(".route.counted-route.upstream_rq_total: 3", ".route.counted-route.upstream_rq_200: 3");
    }
}
