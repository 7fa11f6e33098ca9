package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Which of a client's words about itself reach the upstream, at the edge and inside: the same on both data planes.
class HeaderTrustIT {
    private static final String INTERNAL =
            "internal_address_config: {cidr_ranges: [{address_prefix: 10.0.0.0, prefix_len: 8}]},";
    private static final String INTERNAL_CLIENT =
            "internal_address_config: {cidr_ranges: [{address_prefix: 127.0.0.0, prefix_len: 8}]},";
    private static final Map<String, String> POSITIONS = positions();
    private static final Map<String, String[]> REQUESTS = requests();

    private static Map<String, String> positions() {
        Map<String, String> positions = new LinkedHashMap<>();
        positions.put("edge", "use_remote_address: true," + INTERNAL);
        positions.put("edge-of-internal-client", "use_remote_address: true," + INTERNAL_CLIENT);
        positions.put("edge-behind-one", "use_remote_address: true, xff_num_trusted_hops: 1," + INTERNAL);
        positions.put("edge-behind-two", "use_remote_address: true, xff_num_trusted_hops: 2," + INTERNAL);
        positions.put("edge-silent", "use_remote_address: true, skip_xff_append: true," + INTERNAL);
        positions.put("edge-port", "use_remote_address: true, append_x_forwarded_port: true," + INTERNAL);
        positions.put("edge-ids", "use_remote_address: true, preserve_external_request_id: true," + INTERNAL);
        positions.put("inside", INTERNAL);
        positions.put("inside-behind-one", "xff_num_trusted_hops: 1," + INTERNAL);
        return positions;
    }

    private static Map<String, String[]> requests() {
        Map<String, String[]> requests = new LinkedHashMap<>();
        requests.put("nothing", new String[0]);
        requests.put("external", new String[] {"x-forwarded-for: 192.0.2.1"});
        requests.put("internal", new String[] {"x-forwarded-for: 10.1.2.3"});
        requests.put("external then internal", new String[] {"x-forwarded-for: 192.0.2.1, 10.1.2.3"});
        requests.put("internal then external", new String[] {"x-forwarded-for: 10.1.2.3,192.0.2.1"});
        requests.put("two fields", new String[] {"x-forwarded-for: 192.0.2.1", "x-forwarded-for: 10.1.2.3"});
        requests.put("no address", new String[] {"x-forwarded-for: somebody"});
        requests.put("empty address", new String[] {"x-forwarded-for:"});
        requests.put("IPv6", new String[] {"x-forwarded-for: 2001:db8::1"});
        requests.put("scheme", new String[] {"x-forwarded-proto: https"});
        requests.put("host and port", new String[] {"x-forwarded-host: evil.test", "x-forwarded-port: 1"});
        requests.put("forwarded", new String[] {"forwarded: for=192.0.2.1;proto=https"});
        requests.put("certificate", new String[] {"x-forwarded-client-cert: URI=spiffe://a/ns/b/sa/c"});
        requests.put("request id", new String[] {"x-request-id: given"});
        requests.put("internal by word", new String[] {"x-envoy-internal: true"});
        requests.put("address by word", new String[] {"x-envoy-external-address: 192.0.2.9"});
        requests.put("decorations", new String[] {
            "x-envoy-decorator-operation: a",
            "x-envoy-downstream-service-cluster: a",
            "x-envoy-downstream-service-node: a",
            "x-envoy-original-path: /a",
            "x-envoy-original-host: a",
        });
        requests.put("orders", new String[] {
            "x-envoy-retry-on: 5xx",
            "x-envoy-retry-grpc-on: cancelled",
            "x-envoy-max-retries: 9",
            "x-envoy-retriable-status-codes: 200",
            "x-envoy-retriable-header-names: a",
            "x-envoy-upstream-alt-stat-name: a",
            "x-envoy-upstream-rq-timeout-alt-response: 204",
            "x-envoy-force-trace: true",
            "x-envoy-ip-tags: a",
            "x-envoy-hedge-on-per-try-timeout: true",
        });
        requests.put("orders from inside", new String[] {"x-forwarded-for: 10.1.2.3", "x-envoy-ip-tags: a"});
        return requests;
    }

    private static Map<String, String> results(DataPlane plane) throws Exception {
        Map<String, String> results = new LinkedHashMap<>();
        try (Upstream echo = Upstream.echo()) {
            Bootstrap bootstrap = new Bootstrap().cluster("echo", echo.port());
            POSITIONS.forEach(
                    (name, fields) -> bootstrap.http(name, fields, "", "{match: {prefix: /}, route: {cluster: echo}}"));
            try (RunningProxy proxy = plane.start(bootstrap)) {
                for (String position : POSITIONS.keySet()) {
                    REQUESTS.forEach(
                            (name, fields) -> results.put(position + ", " + name, forwarded(proxy, position, fields)));
                }
            }
        }
        return results;
    }

    /// From an address that either tells from its own; Envoy replaces 127.0.0.1 by its machine's.
    private static Reply ask(RunningProxy proxy, String position, String... fields) throws IOException {
        try (Socket socket = new Socket()) {
            socket.bind(new InetSocketAddress("127.0.0.2", 0));
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), proxy.port(position)));
            HttpClient.write(socket, HttpClient.head("GET", "/", fields));
            return Reply.read(socket.getInputStream(), "GET");
        }
    }

    /// The fields that say where a request came from or how to treat it; a new id and the own port stand for
    /// themselves.
    private static String forwarded(RunningProxy proxy, String position, String... fields) {
        try {
            TreeSet<String> seen = new TreeSet<>();
            ask(proxy, position, fields).body().lines().skip(1).forEach(line -> {
                if (line.startsWith("x-") || line.startsWith("forwarded")) {
                    seen.add(
                            line.startsWith("x-request-id: ") && !line.endsWith(": given")
                                    ? "x-request-id: new"
                                    : line.replace(": " + proxy.port(position), ": own port"));
                }
            });
            seen.removeIf(line -> line.startsWith("x-envoy-expected-rq-timeout-ms"));
            return seen.toString();
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Test
    void bothDataPlanesBelieveTheSame() throws Exception {
        assumeTrue(DataPlane.ENVOY.obstacle().isEmpty(), DataPlane.ENVOY.obstacle());
        Map<String, String> ours = results(DataPlane.LATEEN);
        Map<String, String> envoys = results(DataPlane.ENVOY);
        List<String> different = new ArrayList<>();
        ours.forEach((request, result) -> {
            if (!result.equals(envoys.get(request))) {
                different.add(request + ":\n  ours  " + result + "\n  Envoy " + envoys.get(request));
            }
        });
        assertThat(different).isEmpty();
    }
}
