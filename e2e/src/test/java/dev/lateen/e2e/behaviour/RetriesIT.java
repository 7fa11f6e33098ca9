package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// What is tried again, how often, and what never is.
@ParameterizedClass
@EnumSource(DataPlane.class)
class RetriesIT {
    private static RunningProxy proxy;
    private static Misbehaving misbehaving;
    private static Upstream good;

    @Parameter
    DataPlane plane;

    @BeforeParameterizedClassInvocation
    static void start(DataPlane plane) throws Exception {
        misbehaving = new Misbehaving();
        good = Upstream.saying("fine");
        proxy = plane.start(new Bootstrap()
                .cluster("bad", misbehaving.upstream().port())
                .cluster("dead", Ports.free())
                .cluster("half-dead", "connect_timeout: 1s", Ports.free(), good.port())
                .http("5xx", route("bad", "retry_on: 5xx, num_retries: 2"))
                .http("gateway", route("bad", "retry_on: gateway-error, num_retries: 2"))
                .http("reset", route("bad", "retry_on: reset, num_retries: 2"))
                .http("connect", route("bad", "retry_on: connect-failure, num_retries: 2"))
                .http("before-request", route("bad", "retry_on: reset-before-request, num_retries: 2"))
                .http("4xx", route("bad", "retry_on: retriable-4xx, num_retries: 2"))
                .http(
                        "codes",
                        route("bad", "retry_on: retriable-status-codes, num_retries: 2, retriable_status_codes: [418]"))
                .http(
                        "headers",
                        route(
                                "bad",
                                "retry_on: retriable-headers, num_retries: 2, retriable_headers: [{name: x-retry-me, present_match: true}]"))
                .http("per-try", route("bad", "retry_on: 5xx, num_retries: 2, per_try_timeout: 1s"))
                .http(
                        "none",
                        "internal_address_config: {cidr_ranges: [{address_prefix: 10.0.0.0, prefix_len: 8}]},",
                        "",
                        "{match: {prefix: /}, route: {cluster: bad}}")
                .http("dead", route("dead", "retry_on: connect-failure, num_retries: 2"))
                .http(
                        "half-dead",
                        route(
                                "half-dead",
                                "retry_on: connect-failure, num_retries: 3, retry_host_predicate: [{name: envoy.retry_host_predicates.previous_hosts, typed_config: {\"@type\": type.googleapis.com/envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate}}], host_selection_retry_max_attempts: 5"))
                .priorities("near-and-far", misbehaving.upstream().port(), good.port())
                .http("near", route("near-and-far", "retry_on: 5xx, num_retries: 2"))
                .http("far-at-once", route("near-and-far", "retry_on: 5xx, num_retries: 2, " + elsewhereAfter(1)))
                .http("far-later", route("near-and-far", "retry_on: 5xx, num_retries: 4, " + elsewhereAfter(2)))
                .http("nowhere-else", route("bad", "retry_on: 5xx, num_retries: 2, " + elsewhereAfter(1)))
                .httpHosts(
                        "counted",
                        "",
                        "",
                        "{name: a, domains: [\"*\"], include_request_attempt_count: true, include_attempt_count_in_response: true, routes: ["
                                + route("bad", "retry_on: 5xx, num_retries: 2") + "]}"));
    }

    private static String elsewhereAfter(int tries) {
        return """
                retry_priority: {name: envoy.retry_priorities.previous_priorities, typed_config: {
                  "@type": type.googleapis.com/envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig,
                  update_frequency: %d}}""".formatted(tries);
    }

    private static String route(String cluster, String policy) {
        return "{match: {prefix: /}, route: {cluster: %s, retry_policy: {%s, retry_back_off: {base_interval: 0.01s}}}}"
                .formatted(cluster, policy);
    }

    @AfterParameterizedClassInvocation
    static void stop() throws Exception {
        proxy.close();
        misbehaving.upstream().close();
        good.close();
    }

    @ParameterizedTest
    @CsvSource({
        "5xx, 503",
        "5xx, 500",
        "5xx, reset",
        "5xx, close",
        "5xx, half-head",
        "gateway, 502",
        "gateway, 503",
        "gateway, 504",
        "reset, reset",
        "reset, close",
        "4xx, 409",
        "codes, 418",
        "per-try, hang",
    })
    void succeedsAtTheThirdOfThreeTries(String listener, String failure) throws Exception {
        String token = "?twice-" + listener + "-" + failure;
        Reply reply = proxy.client(listener).get("/twice/" + failure + token);
        assertThat(reply.status()).isEqualTo(200);
        assertThat(tries(token)).isEqualTo(3);
        LogLine line = proxy.logged(token);
        assertThat(line.flags()).isEqualTo("-");
        assertThat(line.details()).isEqualTo("via_upstream");
    }

    @ParameterizedTest
    @CsvSource({
        "5xx, 404",
        "5xx, 429",
        "gateway, 500",
        "reset, 503",
        "connect, 503",
        "connect, reset",
        "before-request, reset",
        "4xx, 404",
        "codes, 503",
        "headers, 503",
        "none, 503",
        "none, reset",
        "5xx, half-body",
    })
    void doesNotTryAgain(String listener, String failure) throws Exception {
        String token = "?never-" + listener + "-" + failure;
        proxy.client(listener).get("/fail/" + failure + token);
        assertThat(tries(token)).isEqualTo(1);
    }

    @Test
    void retriesByResponseHeader() throws Exception {
        assertThat(proxy.client("headers").get("/marked/x?marked").status()).isEqualTo(404);
        assertThat(tries("?marked")).isEqualTo(3);
    }

    @Test
    void passesOnTheLastFailureWithItsFlag() throws Exception {
        Reply reply = proxy.client("5xx").get("/fail/503?exhausted");
        assertThat(reply.status()).isEqualTo(503);
        assertThat(reply.body()).isEqualTo("failed");
        assertThat(tries("?exhausted")).isEqualTo(3);
        assertThat(proxy.logged("?exhausted").flags()).isEqualTo("URX");
        assertThat(proxy.logged("?exhausted").details()).isEqualTo("via_upstream");
    }

    @Test
    void answersTheLastResetItself() throws Exception {
        Reply reply = proxy.client("5xx").get("/fail/reset?reset-exhausted");
        assertThat(reply.status()).isEqualTo(503);
        assertThat(reply.body()).contains("retried and the latest reset reason: connection termination");
        assertThat(tries("?reset-exhausted")).isEqualTo(3);
        assertThat(proxy.logged("?reset-exhausted").flags().split(",")).containsExactlyInAnyOrder("UC", "URX");
    }

    @Test
    void answersTheLastTimeoutOfATry() throws Exception {
        Reply reply = proxy.client("per-try").get("/fail/hang?per-try-exhausted");
        assertThat(reply.status()).isEqualTo(504);
        assertThat(tries("?per-try-exhausted")).isEqualTo(3);
        LogLine line = proxy.logged("?per-try-exhausted");
        assertThat(line.flags().split(",")).containsExactlyInAnyOrder("UT", "URX");
        assertThat(line.details()).isEqualTo("upstream_per_try_timeout");
    }

    @Test
    void sendsTheBodyAgain() throws Exception {
        String body = "x".repeat(10_000);
        Reply reply = proxy.client("5xx")
                .send("POST /twice/503?body HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: 10000\r\n\r\n"
                        + body);
        assertThat(reply.status()).isEqualTo(200);
        assertThat(misbehaving.upstream().requests().stream().filter(request -> request.contains("?body")))
                .hasSize(3)
                .allMatch(request -> request.endsWith("\r\n\r\n" + body));
    }

    @Test
    void connectsElsewhereWhenRefused() throws Exception {
        for (int i = 0; i < 6; i++) {
            assertThat(proxy.client("half-dead").get("/").body()).isEqualTo("fine");
        }
    }

    @ParameterizedTest
    @CsvSource({"near, 3, 503", "far-at-once, 1, 200", "far-later, 2, 200", "nowhere-else, 3, 503"})
    void goesToOtherPrioritiesWhereAsked(String listener, int tries, int status) throws Exception {
        String path = "/status/503?" + listener;
        assertThat(proxy.client(listener).get(path).status()).isEqualTo(status);
        assertThat(misbehaving.upstream().count(path)).isEqualTo(tries);
    }

    @Test
    void saysThatEveryConnectionWasRefused() throws Exception {
        Reply reply = proxy.client("dead").get("/?all-refused");
        assertThat(reply.status()).isEqualTo(503);
        LogLine line = proxy.logged("?all-refused");
        assertThat(line.flags().split(",")).containsExactlyInAnyOrder("UF", "URX");
    }

    @Test
    void countsTries() throws Exception {
        Reply reply = proxy.client("counted").get("/twice/503?counted");
        assertThat(reply.field("x-envoy-attempt-count")).isEqualTo("3");
        assertThat(misbehaving.upstream().requests().stream().filter(request -> request.contains("?counted")))
                .extracting(request -> request.replaceAll("(?s).*x-envoy-attempt-count: (\\d).*", "$1"))
                .containsExactly("1", "2", "3");
    }

    @Test
    void retriesWhereAnInternalClientAsks() throws Exception {
        Reply reply = proxy.client("none")
                .get(
                        "/twice/503?asked",
                        "x-forwarded-for: 10.0.0.1",
                        "x-envoy-retry-on: 5xx",
                        "x-envoy-max-retries: 2");
        assertThat(reply.status()).isEqualTo(200);
        assertThat(tries("?asked")).isEqualTo(3);
    }

    @Test
    void doesNotRetryWhereAStrangerAsks() throws Exception {
        Reply reply =
                proxy.client("none").get("/twice/503?stranger", "x-envoy-retry-on: 5xx", "x-envoy-max-retries: 2");
        assertThat(reply.status()).isEqualTo(503);
        assertThat(tries("?stranger")).isEqualTo(1);
    }

    private static long tries(String token) {
        return misbehaving.upstream().count(token);
    }
}
