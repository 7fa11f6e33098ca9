package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
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

/// What each host gets over real connections where zones count, by chi-square. The proxy runs in zone a with two fifths
/// of its kind; two fifths are in zone b and one is in zone c.
@ParameterizedClass
@EnumSource(DataPlane.class)
class ZoneSpreadIT {
    private static final int HOSTS = 6;
    private static final int REQUESTS = 2000;
    private static final String ANY_SIZE = "{zone_aware_lb_config: {min_cluster_size: 1}}";
    private static final String EXTENSION = """
            load_balancing_policy: {policies: [{typed_extension_config: {name: lb, typed_config: {
              "@type": type.googleapis.com/envoy.extensions.load_balancing_policies.%s,
              locality_lb_config: {zone_aware_lb_config: {min_cluster_size: 1}}}}}]}""";

    private static final List<Upstream> UPSTREAMS = new ArrayList<>();
    private static final Set<Integer> FAILING = ConcurrentHashMap.newKeySet();
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
        Map<String, String> clusters = new TreeMap<>();
        String split = zone("a", 0) + zone("b", 1, 2) + zone("c", 3);
        for (String policy : List.of("ROUND_ROBIN", "LEAST_REQUEST", "RANDOM")) {
            clusters.put("split-" + policy, fields("lb_policy: " + policy, ANY_SIZE) + load(split));
        }
        for (String policy :
                List.of("round_robin.v3.RoundRobin", "least_request.v3.LeastRequest", "random.v3.Random")) {
            clusters.put("split-" + policy, fields(EXTENSION.formatted(policy), "{}") + load(split));
        }
        clusters.put("hashed", fields("lb_policy: MAGLEV", ANY_SIZE) + load(split));
        clusters.put("room", fields("lb_policy: ROUND_ROBIN", ANY_SIZE) + load(zone("a", 0, 1) + zone("b", 2, 3)));
        clusters.put("away", fields("lb_policy: ROUND_ROBIN", ANY_SIZE) + load(zone("b", 1) + zone("d", 2, 3)));
        clusters.put("small", fields("lb_policy: ROUND_ROBIN", "{zone_aware_lb_config: {}}") + load(split));
        clusters.put("unasked", fields("lb_policy: ROUND_ROBIN", "{}") + load(zone("a", 0, 1, 2) + zone("b", 3, 4, 5)));
        clusters.put(
                "switched-off",
                fields("lb_policy: ROUND_ROBIN", "{zone_aware_lb_config: {routing_enabled: {value: 0}}}")
                        + load(zone("a", 0, 1, 2) + zone("b", 3, 4, 5)));
        clusters.put(
                "panic",
                fields("lb_policy: ROUND_ROBIN", ANY_SIZE)
                        + load(zone("a", 0) + ill("a", 1, 2) + zone("b", 3) + ill("b", 4, 5)));
        clusters.put(
                "panic-strict",
                fields(
                                "lb_policy: ROUND_ROBIN",
                                "{zone_aware_lb_config: {min_cluster_size: 1, fail_traffic_on_panic: true}}")
                        + load(zone("a", 0) + ill("a", 1, 2) + zone("b", 3) + ill("b", 4, 5)));
        clusters.put(
                "failing",
                fields(
                                "outlier_detection: {consecutive_5xx: 3, interval: 0.1s, base_ejection_time: 300s, "
                                        + "max_ejection_percent: 100}, lb_policy: ROUND_ROBIN",
                                "{healthy_panic_threshold: {value: 0}, zone_aware_lb_config: {min_cluster_size: 1}}")
                        + load(zone("a", 0, 1) + zone("b", 2, 3)));
        Bootstrap bootstrap = new Bootstrap()
                .node("{id: behaviour, cluster: behaviour, locality: {region: eu, zone: a}}")
                .with("cluster_manager: {local_cluster_name: kind}")
                .rawCluster("{name: kind, connect_timeout: 1s, load_assignment: {cluster_name: kind, endpoints: ["
                        + zone("a", 0, 1) + zone("b", 2, 3) + zone("c", 4) + "]}}");
        List<String> routes = new ArrayList<>();
        clusters.forEach((name, fields) -> {
            bootstrap.rawCluster("{name: %s, %s}".formatted(name, fields));
            routes.add("{match: {prefix: /%s/}, route: {cluster: %s, hash_policy: [{header: {header_name: x-key}}]}}"
                    .formatted(name, name));
        });
        proxy = plane.start(bootstrap.http("main", String.join(", ", routes)));
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        proxy.close();
    }

    private static String fields(String policy, String common) {
        return "type: STATIC, connect_timeout: 1s, %s, common_lb_config: %s, ".formatted(policy, common);
    }

    private static String load(String zones) {
        return "load_assignment: {cluster_name: x, endpoints: [" + zones + "]}";
    }

    private static String zone(String name, int... hosts) {
        return zone(name, "HEALTHY", hosts);
    }

    private static String ill(String name, int... hosts) {
        return zone(name, "UNHEALTHY", hosts);
    }

    private static String zone(String name, String health, int... hosts) {
        List<String> endpoints = new ArrayList<>();
        for (int host : hosts) {
            endpoints.add(
                    "{health_status: %s, endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: %d}}}}"
                            .formatted(health, UPSTREAMS.get(host).port()));
        }
        return "{locality: {region: eu, zone: %s}, lb_endpoints: [%s]}, ".formatted(name, String.join(", ", endpoints));
    }

    /// A quarter of the hosts for two fifths of the requests: five eighths stay. Room to spare have b (half of the
    /// hosts
    /// for two fifths) and c (a quarter for a fifth), two to one.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "ROUND_ROBIN",
                "LEAST_REQUEST",
                "RANDOM",
                "round_robin.v3.RoundRobin",
                "least_request.v3.LeastRequest",
                "random.v3.Random"
            })
    void sharesTheRestAmongZonesWithRoom(String policy) throws IOException {
        String cluster = "split-" + policy;
        Spread.assertFollows(ask(cluster), 62.5, 12.5, 12.5, 12.5, 0, 0);
        assertThat(counted(cluster, "lb_zone_routing_sampled") + counted(cluster, "lb_zone_routing_cross_zone"))
                .isEqualTo(REQUESTS);
        assertThat(counted(cluster, "lb_zone_routing_sampled")).isPositive();
        assertThat(counted(cluster, "lb_recalculate_zone_structures")).isPositive();
    }

    @Test
    void staysInItsZoneWhereThereIsRoom() throws IOException {
        Spread.assertFollows(ask("room"), 1, 1, 0, 0, 0, 0);
        assertThat(counted("room", "lb_zone_routing_all_directly")).isEqualTo(REQUESTS);
    }

    /// b has fewer hosts than proxies: no room.
    @Test
    void sendsAllToZonesWithRoomFromAZoneWithoutHosts() throws IOException {
        Spread.assertFollows(ask("away"), 0, 0, 1, 1, 0, 0);
        assertThat(counted("away", "lb_zone_routing_cross_zone")).isEqualTo(REQUESTS);
    }

    @Test
    void doesNotAskForZonesOfSmallClusters() throws IOException {
        Spread.assertFollows(ask("small"), 1, 1, 1, 1, 0, 0);
        assertThat(counted("small", "lb_zone_cluster_too_small")).isPositive();
    }

    @Test
    void asksForZonesUnlessItIsToldNotTo() throws IOException {
        Spread.assertFollows(ask("unasked"), 1, 1, 1, 0, 0, 0);
        Spread.assertFollows(ask("switched-off"), 1, 1, 1, 1, 1, 1);
    }

    @Test
    void asksForNoZonesWhereItHashes() throws IOException {
        Spread.assertFollows(ask("hashed"), 1, 1, 1, 1, 0, 0);
    }

    @Test
    void usesAllHostsInPanicOrNone() throws IOException {
        Spread.assertFollows(ask("panic"), 1, 1, 1, 1, 1, 1);
        assertThat(counted("panic", "lb_healthy_panic")).isEqualTo(REQUESTS);
        assertThat(ask("panic-strict")).isEmpty();
    }

    /// One of three hosts that are left takes a third of what two fifths of the proxies send: five sixths stay.
    @Test
    void looksAgainWhenAHostIsEjected() throws IOException {
        Spread.assertFollows(ask("failing"), 1, 1, 0, 0, 0, 0);
        FAILING.add(1);
        await().atMost(Duration.ofSeconds(60)).until(() -> ask("failing").size() == REQUESTS);
        FAILING.clear();
        Spread.assertFollows(ask("failing"), 10, 0, 1, 1, 0, 0);
    }

    /// Where each request went, of those that were answered by a host that is well.
    private static List<Integer> ask(String cluster) throws IOException {
        List<Integer> homes = new ArrayList<>();
        try (Socket socket = proxy.connect("main")) {
            for (int key = 0; key < REQUESTS; key++) {
                socket.getOutputStream()
                        .write(("GET /%s/ HTTP/1.1\r\nhost: a.test\r\nx-key: key%d\r\n\r\n")
                                .formatted(cluster, key)
                                .getBytes(StandardCharsets.US_ASCII));
                Reply reply = Reply.read(socket.getInputStream(), "GET");
                if (reply.status() == 200) {
                    homes.add(Integer.parseInt(reply.body()));
                }
            }
        }
        return homes;
    }

    private static long counted(String cluster, String name) throws IOException {
        String prefix = "cluster." + cluster + "." + name + ": ";
        return proxy.admin("/stats")
                .lines()
                .filter(line -> line.startsWith(prefix))
                .mapToLong(line -> Long.parseLong(line.substring(prefix.length())))
                .sum();
    }
}
