package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Hosts that are asked how they are, and what that does to traffic.
@ParameterizedClass
@EnumSource(DataPlane.class)
class HealthChecksIT {
    private static CheckedHosts hosts;
    private static RunningProxy proxy;

    @Parameter
    DataPlane plane;

    @BeforeParameterizedClassInvocation
    static void start(DataPlane plane) throws Exception {
        Bootstrap bootstrap = new Bootstrap();
        hosts = new CheckedHosts(bootstrap);
        proxy = plane.start(bootstrap);
    }

    @AfterParameterizedClassInvocation
    static void stop() throws Exception {
        proxy.close();
        hosts.close();
    }

    // ---- What the tests ask

    private static HealthHost of(String name) {
        return hosts.of(name);
    }

    /// What `/clusters` says of a cluster's only host, or of the one at a port.
    private static String flags(String cluster, int port) throws IOException {
        return proxy.admin("/clusters")
                .lines()
                .filter(line -> line.startsWith(cluster + "::127.0.0.1:" + (port == 0 ? "" : port + "::"))
                        && line.contains("::health_flags::"))
                .map(line -> line.substring(line.lastIndexOf("::") + 2))
                .findFirst()
                .orElse("none");
    }

    private static void awaitFlags(String cluster, String expected) {
        await().until(() -> flags(cluster, 0), expected::equals);
    }

    private static long stat(String cluster, String name) throws IOException {
        String wanted = "cluster." + cluster + "." + name + ": ";
        return proxy.admin("/stats?filter=cluster." + cluster)
                .lines()
                .filter(line -> line.startsWith(wanted))
                .mapToLong(line -> Long.parseLong(line.substring(wanted.length())))
                .findFirst()
                .orElse(-1);
    }

    private static int status(String listener) throws IOException {
        return proxy.client(listener).get("/").status();
    }

    private static Set<String> answering(String listener) throws IOException {
        Set<String> names = new TreeSet<>();
        for (int index = 0; index < 12; index++) {
            names.add(proxy.client(listener).get("/").body());
        }
        return names;
    }

    private static void awaitChecks(HealthHost host, int more) {
        int wanted = host.checks().size() + more;
        await().until(() -> host.checks().size() >= wanted);
    }

    // ---- The tests

    @Test
    void leavesAHostThatSaysThatItIsNotWellUntilItSaysOtherwise() throws Exception {
        assertThat(answering("basic")).containsExactly("basic-a", "basic-b");
        assertThat(stat("basic", "membership_healthy")).isEqualTo(2);
        of("basic-a").answers(503);
        await().until(() -> flags("basic", of("basic-a").port()), "/failed_active_hc"::equals);
        await().until(() -> answering("basic").equals(Set.of("basic-b")));
        assertThat(stat("basic", "membership_healthy")).isEqualTo(1);
        assertThat(stat("basic", "membership_total")).isEqualTo(2);
        assertThat(stat("basic", "health_check.healthy")).isEqualTo(1);
        assertThat(stat("basic", "health_check.failure")).isPositive();
        assertThat(stat("basic", "health_check.network_failure")).isZero();
        assertThat(proxy.admin("/clusters?format=json").replace(" ", ""))
                .contains("\"failed_active_health_check\":true");
        of("basic-a").answers(200);
        await().until(() -> flags("basic", of("basic-a").port()), "healthy"::equals);
        await().until(() -> answering("basic").size() == 2);
    }

    @Test
    void asksWithGetForThePathAndTheClustersName() throws Exception {
        awaitChecks(of("basic-b"), 1);
        String check = of("basic-b").checks().getFirst();
        assertThat(check)
                .startsWith("GET /health HTTP/1.1\r\n")
                .contains("host: basic\r\n", "user-agent: Envoy/HC\r\n");
        // No traffic, and not counted as such.
        assertThat(of("rested").requests()).isZero();
        assertThat(stat("rested", "upstream_cx_total")).isZero();
        assertThat(stat("rested", "upstream_rq_total")).isZero();
    }

    @Test
    void leavesAHostThatBreaksOffAfterAsManyChecksAsTheThresholdSays() throws Exception {
        HealthHost host = of("closing");
        awaitFlags("closing", "healthy");
        int before = host.checks().size();
        long failures = stat("closing", "health_check.network_failure");
        host.closes();
        awaitFlags("closing", "/failed_active_hc");
        assertThat(host.checks().size() - before).isGreaterThanOrEqualTo(4);
        assertThat(stat("closing", "health_check.network_failure") - failures).isGreaterThanOrEqualTo(4);
        host.answers(200);
        awaitFlags("closing", "healthy");
    }

    @Test
    void leavesAHostThatDoesNotAnswerInTime() throws Exception {
        awaitFlags("silent", "healthy");
        of("silent").fallsSilent();
        awaitFlags("silent", "/failed_active_hc/active_hc_timeout");
        assertThat(status("silent")).isEqualTo(503);
        of("silent").answers(200);
        awaitFlags("silent", "healthy");
    }

    @Test
    void tellsExpectedRetriableAndOtherStatusesApart() throws Exception {
        HealthHost host = of("statuses");
        awaitFlags("statuses", "healthy");
        host.answers(404);
        awaitChecks(host, 3);
        assertThat(flags("statuses", 0)).isEqualTo("healthy");
        int before = host.checks().size();
        host.answers(503);
        awaitFlags("statuses", "/failed_active_hc");
        assertThat(host.checks().size() - before).isGreaterThanOrEqualTo(4);
        host.answers(404);
        awaitFlags("statuses", "healthy");
        long failures = stat("statuses", "health_check.failure");
        host.answers(403);
        awaitFlags("statuses", "/failed_active_hc");
        assertThat(stat("statuses", "health_check.failure") - failures).isBetween(1L, 3L);
    }

    @Test
    void looksForPayloadsInTheirOrder() throws Exception {
        HealthHost host = of("payload");
        awaitFlags("payload", "healthy");
        host.answers(HealthHost.ok("now all OK"));
        awaitFlags("payload", "/failed_active_hc");
        host.answers(HealthHost.ok("OK, and now"));
        awaitFlags("payload", "healthy");
        // Behind what is looked at.
        host.answers(HealthHost.ok("OK, .....................now"));
        awaitFlags("payload", "/failed_active_hc");
    }

    @Test
    void asksAsItIsConfigured() throws Exception {
        HealthHost host = of("asked");
        awaitChecks(host, 5);
        assertThat(host.checks().getLast())
                .startsWith("POST /health HTTP/1.1\r\n")
                .contains("host: known.test\r\n", "x-check: me\r\n", "content-length: 0\r\n")
                .doesNotContain("user-agent");
        assertThat(host.connections()).isGreaterThanOrEqualTo(5);
        assertThat(of("basic-b").connections())
                .isLessThanOrEqualTo(of("basic-b").requests() + 2);
    }

    @Test
    void believesOnlyTheServiceThatIsExpected() throws Exception {
        awaitFlags("named", "healthy");
        of("named").answers(HealthHost.ok("", "x-envoy-upstream-healthchecked-cluster: other"));
        awaitFlags("named", "/failed_active_hc");
        assertThat(stat("named", "health_check.verify_cluster")).isPositive();
    }

    @Test
    void asksWhereTheEndpointSays() throws Exception {
        awaitFlags("elsewhere", "healthy");
        assertThat(proxy.client("elsewhere").get("/").body()).isEqualTo("elsewhere");
        assertThat(of("elsewhere").checks()).isEmpty();
        assertThat(of("apart").checks().getFirst()).contains("host: own.test\r\n");
        of("apart").answers(503);
        awaitFlags("elsewhere", "/failed_active_hc");
        assertThat(status("elsewhere")).isEqualTo(503);
    }

    @Test
    void asksNoHostThatWantsNone() throws Exception {
        awaitChecks(of("basic-b"), 5);
        assertThat(of("unchecked").checks()).isEmpty();
        assertThat(proxy.client("unchecked").get("/").body()).isEqualTo("unchecked");
    }

    @Test
    void takesLessOfAHostThatAsksForIt() throws Exception {
        await().until(() -> answering("degraded").size() == 2);
        of("degraded-a").answers(HealthHost.ok("", "x-envoy-degraded: yes"));
        await().until(() -> flags("degraded", of("degraded-a").port()), "/degraded_active_hc"::equals);
        assertThat(stat("degraded", "membership_degraded")).isEqualTo(1);
        assertThat(stat("degraded", "membership_healthy")).isEqualTo(1);
        assertThat(stat("degraded", "health_check.degraded")).isEqualTo(1);
    }

    @Test
    void panicsWhereNobodyIsWell() throws Exception {
        awaitFlags("panic", "healthy");
        of("panic").answers(500);
        awaitFlags("panic", "/failed_active_hc");
        assertThat(proxy.client("panic").get("/").body()).isEqualTo("panic");
        await().until(() -> stat("panic", "lb_healthy_panic") > 0);
    }

    @Test
    void refusesRequestsWhereNobodyIsWellAndPanicIsOff() throws Exception {
        of("refusing").answers(500);
        awaitFlags("refusing", "/failed_active_hc");
        await().until(() -> status("refusing") == 503);
        assertThat(proxy.client("refusing").get("/refused-for-health").body()).contains("no healthy upstream");
        LogLine line = proxy.logged("/refused-for-health");
        assertThat(line.flags()).isEqualTo("UH");
        if (plane == DataPlane.LATEEN) {
            assertThat(proxy.admin("/decisions?failures&limit=100")).contains("failed its health check");
        }
    }

    @Test
    void bringsAnEjectedHostBackByAGoodCheck() throws Exception {
        awaitFlags("forgiven", "healthy");
        assertThat(proxy.client("forgiven").get("/?fail").status()).isEqualTo(500);
        await().until(() -> stat("forgiven", "outlier_detection.ejections_enforced_total") == 1);
        awaitFlags("forgiven", "healthy");
        await().until(() -> status("forgiven") == 200);
    }

    @Test
    void leavesAnEjectedHostOutWhereItIsToldTo() throws Exception {
        awaitFlags("unforgiven", "healthy");
        assertThat(proxy.client("unforgiven").get("/?fail").status()).isEqualTo(500);
        awaitFlags("unforgiven", "/failed_outlier_check");
        awaitChecks(of("unforgiven"), 4);
        assertThat(flags("unforgiven", 0)).isEqualTo("/failed_outlier_check");
    }

    @Test
    void leavesAHostWhoseAnswersSaySo() throws Exception {
        awaitFlags("leaving", "healthy");
        assertThat(proxy.client("leaving").get("/?leave").status()).isEqualTo(200);
        await().until(() -> flags("leaving", 0).startsWith("/failed_active_hc"));
        assertThat(stat("leaving", "health_check.passive_failure")).isEqualTo(1);
        assertThat(status("leaving")).isEqualTo(503);
    }

    @Test
    void restsWhileThereIsNoTraffic() throws Exception {
        awaitChecks(of("basic-b"), 10);
        assertThat(of("rested").checks()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp", "talking"})
    void isContentWithAConnectionOrWithWhatItSays(String cluster) throws Exception {
        awaitFlags(cluster, "healthy");
        await().until(() -> stat(cluster, "health_check.success") > 3);
        assertThat(stat(cluster, "health_check.failure")).isZero();
    }

    @Test
    void leavesAHostThatSaysSomethingElse() throws Exception {
        awaitFlags("lying", "/failed_active_hc/active_hc_timeout");
        awaitFlags("dead", "/failed_active_hc");
        assertThat(stat("dead", "health_check.network_failure")).isPositive();
    }

    @Test
    void asksTheHealthServiceOfGrpc() throws Exception {
        HealthHost host = of("grpc");
        awaitFlags("grpc", "healthy");
        assertThat(host.checks().getFirst())
                .contains(":path: /grpc.health.v1.Health/Check", ":authority: grpc.test", "x-check: me", "\n\4shop");
        assertThat(host.connections()).isEqualTo(1);
        long failures = stat("grpc", "health_check.failure");
        host.serves(HealthHost.NOT_SERVING);
        awaitFlags("grpc", "/failed_active_hc");
        // At once, whatever the threshold.
        assertThat(stat("grpc", "health_check.failure") - failures).isLessThan(3);
        host.serves(HealthHost.SERVING);
        awaitFlags("grpc", "healthy");
    }
}
