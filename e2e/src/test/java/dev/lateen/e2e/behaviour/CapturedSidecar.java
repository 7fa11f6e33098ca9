package dev.lateen.e2e.behaviour;

import dev.lateen.e2e.acceptance.Seat;
import dev.lateen.e2e.acceptance.TranslatedGateway;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/// A sidecar of the workload `app: shop` of the namespace `default`, whose traffic no kernel redirects: who connects
/// says in a PROXY header where he was going. The workload's address is [#ADDRESS].
///
/// Thread: one, of the test.
record CapturedSidecar(RunningProxy proxy, int inbound, int outbound) implements AutoCloseable {
    /// Of the workload, and not of the machine's other servers.
    static final String ADDRESS = "127.0.0.2";

    private static final String REDIRECTED = "\"use_original_dst\": true";
    private static final String ASKED = """
            "listener_filters": [{"name": "envoy.filters.listener.proxy_protocol", "typed_config": {
              "@type": "type.googleapis.com/envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol"}}]""";

    /// @param mesh of the MeshConfig, with a comma at the end
    /// @param bound ports of its other listeners that count
    static CapturedSidecar start(DataPlane plane, String mesh, String resources, Integer... bound)
            throws IOException, InterruptedException {
        int inbound = Ports.free();
        int outbound = Ports.free();
        String yaml = """
                apiVersion: install.istio.io/v1alpha1
                kind: IstioOperator
                metadata: {name: mesh, namespace: istio-system}
                spec: {meshConfig: {%s proxyInboundListenPort: %d, proxyListenPort: %d}}
                ---
                apiVersion: security.istio.io/v1
                kind: PeerAuthentication
                metadata: {name: default, namespace: istio-system}
                spec: {mtls: {mode: DISABLE}}
                ---
                """.formatted(mesh, inbound, outbound) + resources;
        List<Integer> ports = new ArrayList<>(List.of(bound));
        ports.add(inbound);
        ports.add(outbound);
        Bootstrap bootstrap = TranslatedGateway.bootstrap(
                Seat.SIDECAR, yaml, plane.nodeMetadata(), ports, CapturedSidecar::withoutRedirection);
        return new CapturedSidecar(plane.start(bootstrap), inbound, outbound);
    }

    private static String withoutRedirection(String text) {
        return text.replace("listener.original_dst", "listener.proxy_protocol")
                .replace(".v3.OriginalDst\"", ".v3.ProxyProtocol\"")
                .replace(REDIRECTED, ASKED)
                .replace("10.1.0.1\"", ADDRESS + "\"");
    }

    /// A connection to a port of the workload.
    Socket to(int port) throws IOException {
        return to("127.0.0.1", port, inbound);
    }

    /// A connection of the workload to somewhere else.
    Socket from(String address, int port) throws IOException {
        return to(address, port, outbound);
    }

    private static Socket to(String address, int port, int listener) throws IOException {
        Socket socket = new HttpClient(listener).connect();
        HttpClient.write(socket, "PROXY TCP4 127.0.0.1 " + address + " 40000 " + port + "\r\n");
        return socket;
    }

    /// What a request to a port of the workload gets.
    Reply get(int port, String path) throws IOException {
        try (Socket socket = to(port)) {
            return ask(socket, path);
        }
    }

    /// What a request on a new connection gets.
    static Reply ask(Socket socket, String path) throws IOException {
        HttpClient.write(socket, HttpClient.head("GET", path));
        return Reply.read(socket.getInputStream(), "GET");
    }

    @Override
    public void close() {
        proxy.close();
    }
}
