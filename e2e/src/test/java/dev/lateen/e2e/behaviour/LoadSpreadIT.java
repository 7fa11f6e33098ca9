package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What each policy gives each host over real connections, by chi-square; with hosts that fail, and when they return.
/// The keys of consistent hashing find the same hosts on both data planes.
@ParameterizedClass
@EnumSource(DataPlane.class)
class LoadSpreadIT {
    private static final int HOSTS = 5;
    private static final int REQUESTS = 1500;
    private static final String EJECT = """
            outlier_detection: {consecutive_5xx: 3, interval: 0.1s, base_ejection_time: %s, max_ejection_percent: 100},
            common_lb_config: {healthy_panic_threshold: {value: 0}},""";
    private static final Map<String, String> POLICIES = Map.of(
            "round-robin", "lb_policy: ROUND_ROBIN",
            "least-request", "lb_policy: LEAST_REQUEST",
            "random", "lb_policy: RANDOM",
            "ring", "lb_policy: RING_HASH, ring_hash_lb_config: {minimum_ring_size: 65536}",
            "maglev", "lb_policy: MAGLEV");
    /// How requests carry a key, and where a route finds it.
    private static final Map<String, String> KEYS = Map.of(
            "header", "{header: {header_name: x-key}}",
            "cookie", "{cookie: {name: key}}",
            "query", "{query_parameter: {name: key}}",
            "source", "{connection_properties: {source_ip: true}}");

    private static final List<Upstream> UPSTREAMS = new ArrayList<>();
    private static final Set<Integer> FAILING = ConcurrentHashMap.newKeySet();
    private static final Map<String, List<Integer>> HOMES = new ConcurrentHashMap<>();
    private static RunningProxy proxy;

    @Parameter
    DataPlane plane;

    @BeforeAll
    static void startServers() throws IOException {
        for (int index = 0; index < HOSTS; index++) {
            int number = index;
            UPSTREAMS.add(new Upstream((_, socket) -> HttpClient.write(
                    socket,
                    FAILING.contains(number)
                            ? Upstream.response(503, "failing")
                            : Upstream.response(200, Integer.toString(number)))));
        }
    }

    @AfterAll
    static void stopServers() throws IOException {
        for (Upstream upstream : UPSTREAMS) {
            upstream.close();
        }
        UPSTREAMS.clear();
    }

    @BeforeParameterizedClassInvocation
    static void start(DataPlane plane) throws Exception {
        FAILING.clear();
        Bootstrap bootstrap = new Bootstrap();
        List<String> routes = new ArrayList<>();
        POLICIES.forEach((name, policy) -> {
            bootstrap.rawCluster(cluster(name, policy, "", 1, 1, 1, 1, 1));
            bootstrap.rawCluster(cluster(name + "-weighted", policy, "", 1, 2, 3, 4, 5));
            bootstrap.rawCluster(cluster(name + "-failing", policy, EJECT.formatted("300s"), 1, 1, 1, 1, 1));
            for (String cluster : List.of(name, name + "-weighted", name + "-failing")) {
                KEYS.forEach(
                        (key, hash) -> routes.add("{match: {prefix: /%s/%s/}, route: {cluster: %s, hash_policy: [%s]}}"
                                .formatted(cluster, key, cluster, hash)));
            }
        });
        bootstrap.rawCluster(localities());
        routes.add("{match: {prefix: /localities/}, route: {cluster: localities}}");
        proxy = plane.start(bootstrap.http("main", String.join(", ", routes)));
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        proxy.close();
    }

    private static String cluster(String name, String policy, String more, int... weights) {
        List<String> endpoints = new ArrayList<>();
        for (int index = 0; index < weights.length; index++) {
            endpoints.add(endpoint(index, ", load_balancing_weight: " + weights[index]));
        }
        return "{name: %s, type: STATIC, connect_timeout: 1s, %s %s, load_assignment: {cluster_name: %s, endpoints: [{lb_endpoints: [%s]}]}}"
                .formatted(name, more, policy, name, String.join(", ", endpoints));
    }

    /// Two near, then three far.
    private static String localities() {
        return """
                {name: localities, type: STATIC, connect_timeout: 1s, %s lb_policy: ROUND_ROBIN,
                 load_assignment: {cluster_name: localities, endpoints: [
                   {locality: {region: near}, priority: 0, lb_endpoints: [%s, %s]},
                   {locality: {region: far}, priority: 1, lb_endpoints: [%s, %s, %s]}]}}""".formatted(
                        EJECT.formatted("1s"),
                        endpoint(0, ""),
                        endpoint(1, ""),
                        endpoint(2, ""),
                        endpoint(3, ""),
                        endpoint(4, ""));
    }

    private static String endpoint(int index, String fields) {
        return "{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: %d}}}%s}"
                .formatted(UPSTREAMS.get(index).port(), fields);
    }

    @ParameterizedTest
    @ValueSource(strings = {"round-robin", "least-request", "random", "ring", "maglev"})
    void givesEqualHostsTheSame(String policy) throws IOException {
        Spread.assertFollows(homes(policy, "header"), 1, 1, 1, 1, 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"round-robin", "least-request", "ring", "maglev"})
    void givesByWeight(String policy) throws IOException {
        Spread.assertFollows(homes(policy + "-weighted", "header"), 1, 2, 3, 4, 5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"round-robin", "least-request", "random", "ring", "maglev"})
    void givesTheRestTheSameWhereAHostFails(String policy) throws IOException {
        boolean hashing = policy.equals("ring") || policy.equals("maglev");
        FAILING.clear();
        List<Integer> before = homes(policy + "-failing", "header");
        FAILING.add(2);
        await().atMost(Duration.ofSeconds(60))
                .until(() -> homes(policy + "-failing", "header").size() == REQUESTS);
        List<Integer> after = homes(policy + "-failing", "header");
        FAILING.clear();

        Spread.assertFollows(before, 1, 1, 1, 1, 1);
        Spread.assertFollows(after, 1, 1, 0, 1, 1);
        if (hashing) {
            int moved = 0;
            for (int key = 0; key < before.size(); key++) {
                moved += before.get(key).equals(after.get(key)) ? 0 : 1;
            }
            double bound = plane == DataPlane.ENVOY && policy.equals("ring") ? 2.0 : 1.5;
            assertThat((double) moved / before.size()).isBetween(0.5 / HOSTS, bound / HOSTS);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ring", "maglev"})
    void hashesByEachKindOfKey(String policy) throws IOException {
        List<Integer> byHeader = homes(policy, "header");
        assertThat(homes(policy, "header")).isEqualTo(byHeader);
        assertThat(homes(policy, "cookie")).isEqualTo(byHeader);
        assertThat(homes(policy, "query")).isEqualTo(byHeader);
        assertSameOnBoth(policy, " by header", byHeader);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ring", "maglev"})
    void hashesByTheClientsAddress(String policy) throws IOException {
        List<Integer> homes = new ArrayList<>();
        for (int client = 1; client <= 200; client++) {
            InetAddress address = InetAddress.getByAddress(new byte[] {127, 0, 3, (byte) client});
            int first = fromAddress(policy, address);
            assertThat(fromAddress(policy, address)).isEqualTo(first);
            homes.add(first);
        }
        Spread.assertFollows(homes, 1, 1, 1, 1, 1);
        assertSameOnBoth(policy, " by address", homes);
    }

    /// Whichever data plane comes second is compared with the first. The rings differ: ours has more points.
    private static void assertSameOnBoth(String policy, String by, List<Integer> homes) {
        if (policy.equals("maglev")) {
            List<Integer> before = HOMES.putIfAbsent(policy + by, homes);
            assertThat(homes).as(policy + by).isEqualTo(before == null ? homes : before);
        }
    }

    private static int fromAddress(String policy, InetAddress address) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port("main"), address, 0)) {
            HttpClient.write(socket, HttpClient.head("GET", "/" + policy + "/source/"));
            return Integer.parseInt(Reply.read(socket.getInputStream(), "GET").body());
        }
    }

    @Test
    void failsOverToTheNextLocalityAndReturns() throws IOException {
        FAILING.clear();
        Spread.assertFollows(ask("/localities/"), 1, 1, 0, 0, 0);
        FAILING.addAll(List.of(0, 1));
        await().atMost(Duration.ofSeconds(60)).until(() -> isOnly(ask("/localities/"), 2, 3, 4));
        FAILING.clear();
        await().atMost(Duration.ofSeconds(60)).until(() -> isOnly(ask("/localities/"), 0, 1));
        Spread.assertFollows(ask("/localities/"), 1, 1, 0, 0, 0);
    }

    private static boolean isOnly(List<Integer> homes, Integer... expected) {
        return homes.size() == 300 && List.of(expected).containsAll(homes);
    }

    private static List<Integer> ask(String path) throws IOException {
        return ask(path, "", 300);
    }

    private static List<Integer> homes(String cluster, String kind) throws IOException {
        return ask("/" + cluster + "/" + kind + "/", kind, REQUESTS);
    }

    /// Where each key went, of those that were answered by a host that is well.
    private static List<Integer> ask(String path, String kind, int requests) throws IOException {
        List<Integer> homes = new ArrayList<>();
        try (Socket socket = proxy.connect("main")) {
            for (int key = 0; key < requests; key++) {
                String field = switch (kind) {
                    case "header" -> "x-key: key" + key + "\r\n";
                    case "cookie" -> "cookie: other=1; key=key" + key + "\r\n";
                    default -> "";
                };
                String query = kind.equals("query") ? "?key=key" + key : "";
                socket.getOutputStream()
                        .write(("GET " + path + query + " HTTP/1.1\r\nhost: a.test\r\n" + field + "\r\n")
                                .getBytes(StandardCharsets.US_ASCII));
                Reply reply = Reply.read(socket.getInputStream(), "GET");
                if (reply.status() == 200) {
                    homes.add(Integer.parseInt(reply.body()));
                }
            }
        }
        return homes;
    }
}
