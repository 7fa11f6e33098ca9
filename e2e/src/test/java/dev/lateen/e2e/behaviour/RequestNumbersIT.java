package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// What one request adds to the numbers of its cluster, and of its route where that has a `stat_prefix`: the same on
/// both data planes, by name and value.
@ParameterizedClass
@EnumSource(DataPlane.class)
class RequestNumbersIT {
    private static final String RETRY =
            ", retry_policy: {retry_on: \"5xx,reset\", num_retries: 1, retry_back_off: {base_interval: 0.01s}}";
    private static RunningProxy proxy;
    private static Misbehaving misbehaving;
    private static Upstream fine;

    @Parameter
    DataPlane plane;

    /// What a request provokes, and what of it is counted.
    ///
    /// @param fields of its route, after the cluster
    /// @param both numbers of cluster and route, without `upstream_rq_`
    /// @param cluster numbers that a cluster alone has
    private record Case(String name, String path, String fields, String both, String cluster) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Stream<Case> all() {
        return Stream.of(
                new Case("fine", "/status/200", "", "completed=1, 2xx=1, 200=1, total=1", "pending_total=1"),
                new Case("created", "/status/201", "", "completed=1, 2xx=1, 201=1, total=1", "pending_total=1"),
                new Case("missing", "/status/404", "", "completed=1, 4xx=1, 404=1, total=1", "pending_total=1"),
                new Case("failed", "/status/500", "", "completed=1, 5xx=1, 500=1, total=1", "pending_total=1"),
                new Case(
                        "retried",
                        "/once/503?retried",
                        RETRY,
                        "completed=1, 2xx=1, 200=1, total=2, retry=1, retry_success=1",
                        "pending_total=2, retry.completed=1, retry.5xx=1, retry.503=1"),
                new Case(
                        "otherwise-after-retry",
                        "/status/500",
                        ", retry_policy: {retry_on: gateway-error, num_retries: 2}",
                        "completed=1, 5xx=1, 500=1, total=1",
                        "pending_total=1"),
                new Case(
                        "used-up",
                        "/status/503",
                        RETRY,
                        "completed=1, 5xx=1, 503=1, total=2, retry=1, retry_limit_exceeded=1",
                        "pending_total=2, retry.completed=1, retry.5xx=1, retry.503=1"),
                new Case("reset", "/fail/close", "", "completed=1, 5xx=1, 503=1, total=1", "pending_total=1"),
                new Case(
                        "reset-retried",
                        "/once/close?reset",
                        RETRY,
                        "completed=1, 2xx=1, 200=1, total=2, retry=1, retry_success=1",
                        "pending_total=2"),
                new Case(
                        "late",
                        "/fail/hang",
                        ", timeout: 0.3s",
                        "completed=1, 5xx=1, 504=1, total=1, timeout=1",
                        "pending_total=1"),
                new Case(
                        "late-within",
                        "/slow-body/x",
                        ", timeout: 0.3s",
                        "completed=1, 2xx=1, 200=1, total=1, timeout=1",
                        "pending_total=1"),
                new Case("broken-off", "/fail/half-body", "", "completed=1, 2xx=1, 200=1, total=1", "pending_total=1"));
    }

    private static Stream<Arguments> cases() {
        return all().map(Arguments::of);
    }

    @BeforeParameterizedClassInvocation
    static void start(DataPlane plane) throws Exception {
        misbehaving = new Misbehaving();
        fine = Upstream.saying("fine");
        Bootstrap bootstrap = new Bootstrap();
        all().forEach(one ->
                bootstrap.cluster(one.name, misbehaving.upstream().port()).http(one.name, route(one.name, one.fields)));
        proxy = plane.start(bootstrap
                .cluster("dead", Ports.free())
                .http("dead", route("dead", ""))
                .cluster("empty", "connect_timeout: 1s")
                .http("empty", route("empty", ""))
                .cluster("shadow", misbehaving.upstream().port())
                .http("mirrored", mirrored("fine-too", "shadow", ""))
                .cluster("hung", misbehaving.upstream().port())
                .http("mirrored-to-silence", mirrored("fine-too", "hung", ", timeout: 0.5s"))
                .http("mirrored-to-nobody", mirrored("fine-too", "unmanned", ""))
                .cluster("unmanned", "connect_timeout: 1s")
                .cluster("fine-too", fine.port())
                .http("nowhere", route("nowhere", ""))
                .http("answered", "{match: {prefix: /}, stat_prefix: answered, direct_response: {status: 418}}"));
    }

    private static String route(String cluster, String fields) {
        return "{match: {prefix: /}, stat_prefix: %1$s, route: {cluster: %1$s%2$s}}".formatted(cluster, fields);
    }

    private static String mirrored(String cluster, String to, String fields) {
        return "{match: {prefix: /}, route: {cluster: %s, request_mirror_policies: [{cluster: %s}]%s}}"
                .formatted(cluster, to, fields);
    }

    @AfterParameterizedClassInvocation
    static void stop() throws Exception {
        fine.close();
        proxy.close();
        misbehaving.upstream().close();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void countForClusterAndRoute(Case one) throws IOException {
        proxy.client(one.name).get(one.path);
        awaitNumbers("vhost.all.route." + one.name, numbers(one.both));
        Map<String, Long> ofCluster = numbers(one.both);
        ofCluster.putAll(numbers(one.cluster));
        awaitNumbers("cluster." + one.name, ofCluster);
    }

    @Test
    void countAnswersOfTheProxysOwnInPlaceOfTheUpstreams() throws IOException {
        proxy.client("dead").get("/");
        awaitNumbers("vhost.all.route.dead", numbers("completed=1, 5xx=1, 503=1"));
        awaitNumbers("cluster.dead", numbers("completed=1, 5xx=1, 503=1, pending_total=1, pending_failure_eject=1"));
        proxy.client("empty").get("/");
        awaitNumbers("vhost.all.route.empty", numbers("completed=1, 5xx=1, 503=1"));
        awaitNumbers("cluster.empty", numbers("completed=1, 5xx=1, 503=1"));
    }

    @Test
    void countCopiesForTheirCluster() throws IOException {
        assertThat(proxy.client("mirrored").get("/status/201").body()).isEqualTo("fine");
        awaitNumbers("cluster.shadow", numbers("completed=1, 2xx=1, 201=1, total=1, pending_total=1"));
        assertThat(proxy.client("mirrored-to-silence").get("/fail/hang").body()).isEqualTo("fine");
        awaitNumbers("cluster.hung", numbers("completed=1, 5xx=1, 504=1, total=1, pending_total=1, timeout=1"));
        assertThat(proxy.client("mirrored-to-nobody").get("/").body()).isEqualTo("fine");
        awaitNumbers("cluster.unmanned", numbers("completed=1, 5xx=1, 503=1"));
    }

    @Test
    void countNothingForARouteThatAsksNoUpstream() throws IOException {
        assertThat(proxy.client("nowhere").get("/").status()).isEqualTo(503);
        assertThat(proxy.client("answered").get("/").status()).isEqualTo(418);
        assertThat(numbersOf("vhost.all.route.nowhere")).isEmpty();
        assertThat(numbersOf("vhost.all.route.answered")).isEmpty();
    }

    @Test
    void areLabelledForPrometheus() throws IOException {
        proxy.client("created").get("/status/202");
        proxy.client("created").get("/status/203");
        await().untilAsserted(() -> assertThat(proxy.admin("/stats/prometheus"))
                .contains(
                        "envoy_vhost_route_upstream_rq{envoy_response_code=\"202\",envoy_virtual_host=\"all\",envoy_route=\"created\"} 1",
                        "envoy_cluster_upstream_rq{envoy_response_code=\"203\",envoy_cluster_name=\"created\"} 1"));
    }

    private void awaitNumbers(String of, Map<String, Long> expected) {
        await().untilAsserted(() -> assertThat(numbersOf(of)).isEqualTo(expected));
    }

    /// Those that are not zero, without what varies or what one of the data planes alone has.
    private static Map<String, Long> numbersOf(String of) {
        try {
            return proxy.admin("/stats?usedonly&filter=^" + of + "[.]")
                    .lines()
                    .filter(line -> line.matches(".*[.]upstream_rq_[a-z0-9_]+: [1-9][0-9]*"))
                    .map(line -> line.substring(of.length() + 1).replace("upstream_rq_", ""))
                    .filter(line -> !line.matches("(external|internal|retry_backoff).*"))
                    .collect(Collectors.toMap(
                            line -> line.substring(0, line.indexOf(':')),
                            line -> Long.parseLong(line.substring(line.indexOf(' ') + 1))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, Long> numbers(String text) {
        Map<String, Long> numbers = new TreeMap<>();
        for (String one : text.split(", ")) {
            String[] parts = one.split("=");
            numbers.put(parts[0], Long.parseLong(parts[1]));
        }
        return numbers;
    }
}
