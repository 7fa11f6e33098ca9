package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// Circuit breakers, the ejection of hosts that fail, and their return.
@ParameterizedClass
@EnumSource(DataPlane.class)
class OverloadIT {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final AtomicBoolean SICK = new AtomicBoolean(true);
    private static RunningProxy proxy;
    private static Upstream slow;
    private static Upstream healthy;
    private static Upstream ailing;
    private static volatile CountDownLatch release = new CountDownLatch(1);

    @Parameter
    DataPlane plane;

    @BeforeParameterizedClassInvocation
    static void start(DataPlane plane) throws Exception {
        SICK.set(true);
        slow = new Upstream((request, socket) -> {
            if (request.contains("?wait")) {
                release.await();
            }
            HttpClient.write(socket, Upstream.response(200, "slow"));
        });
        healthy = Upstream.saying("healthy");
        ailing = new Upstream((_, socket) ->
                HttpClient.write(socket, SICK.get() ? Upstream.response(500, "ill") : Upstream.response(200, "cured")));
        proxy = plane.start(new Bootstrap()
                .cluster("requests", breaker("max_requests: 1"), slow.port())
                .cluster("pending", breaker("max_connections: 1, max_pending_requests: 1"), slow.port())
                .cluster("zero", breaker("max_requests: 0"), slow.port())
                .cluster(
                        "outlier",
                        "outlier_detection: {consecutive_5xx: 3, interval: 0.2s, base_ejection_time: 5s, max_ejection_percent: 50}",
                        healthy.port(),
                        ailing.port())
                .http("main", """
                        {match: {prefix: /requests}, route: {cluster: requests}},
                        {match: {prefix: /pending}, route: {cluster: pending}},
                        {match: {prefix: /zero}, route: {cluster: zero}},
                        {match: {prefix: /outlier}, route: {cluster: outlier}}"""));
    }

    private static String breaker(String threshold) {
        return "circuit_breakers: {thresholds: [{%s}]}".formatted(threshold);
    }

    @AfterParameterizedClassInvocation
    static void stop() throws Exception {
        proxy.close();
        slow.close();
        healthy.close();
        ailing.close();
    }

    @Test
    void refusesRequestsAboveTheLimit() throws Exception {
        release = new CountDownLatch(1);
        try (Socket first = proxy.connect("main")) {
            HttpClient.write(first, HttpClient.head("GET", "/requests?wait-requests"));
            await().until(() -> slow.count("?wait-requests") == 1);
            Reply second = proxy.client("main").get("/requests?above");
            assertOverflow(second, "?above");
            release.countDown();
            assertThat(Reply.read(first.getInputStream(), "GET").body()).isEqualTo("slow");
        }
        assertThat(proxy.client("main").get("/requests?after").status()).isEqualTo(200);
    }

    @Test
    void refusesWhatMayNotWaitForAConnection() throws Exception {
        release = new CountDownLatch(1);
        try (Socket first = proxy.connect("main");
                Socket second = proxy.connect("main")) {
            HttpClient.write(first, HttpClient.head("GET", "/pending?wait-pending"));
            await().until(() -> slow.count("?wait-pending") == 1);
            HttpClient.write(second, HttpClient.head("GET", "/pending?queued"));
            await().until(() -> {
                Reply third = proxy.client("main").get("/pending?third");
                return third.status() == 503;
            });
            assertOverflow(proxy.client("main").get("/pending?over"), "?over");
            release.countDown();
            assertThat(Reply.read(first.getInputStream(), "GET").status()).isEqualTo(200);
            assertThat(Reply.read(second.getInputStream(), "GET").status()).isEqualTo(200);
        }
    }

    @Test
    void refusesEverythingAtALimitOfZero() throws Exception {
        assertOverflow(proxy.client("main").get("/zero?zero"), "?zero");
    }

    private static void assertOverflow(Reply reply, String token) {
        assertThat(reply.status()).isEqualTo(503);
        assertThat(reply.field("x-envoy-overloaded")).isEqualTo("true");
        assertThat(reply.body())
                .isEqualTo("upstream connect error or disconnect/reset before headers. reset reason: overflow");
        LogLine line = proxy.logged(token);
        assertThat(line.flags()).isEqualTo("UO");
        assertThat(line.details()).isEqualTo("upstream_reset_before_response_started{overflow}");
    }

    @Test
    void ejectsAHostThatFailsAndTakesItBack() throws Exception {
        int failures = 0;
        while (failures < 3) {
            failures += proxy.client("main").get("/outlier").status() == 500 ? 1 : 0;
        }
        await().atMost(SOON)
                .until(() -> proxy.client("admin")
                        .get("/stats")
                        .body()
                        .contains("cluster.outlier.outlier_detection.ejections_enforced_total: 1"));
        for (int i = 0; i < 10; i++) {
            assertThat(proxy.client("main").get("/outlier").body()).isEqualTo("healthy");
        }
        SICK.set(false);
        await().atMost(SOON)
                .until(() -> proxy.client("main").get("/outlier").body().equals("cured"));
    }
}
