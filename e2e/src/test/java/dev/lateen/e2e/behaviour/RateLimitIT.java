package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.lateen.e2e.grpc.UnaryServer;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.extensions.common.ratelimit.v3.RateLimitDescriptor;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitRequest;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse.Code;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse.RateLimit.Unit;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Asking a rate limit service. What it answers is told by the value of the first entry of the first descriptor.
@ParameterizedClass
@EnumSource(DataPlane.class)
class RateLimitIT {
    private static final String TYPE = "type.googleapis.com/envoy.extensions.filters.http.ratelimit.v3.";
    private static final List<RateLimitRequest> SEEN = new CopyOnWriteArrayList<>();
    private static RunningProxy proxy;
    private static Upstream echo;
    private static UnaryServer server;

    @Parameter
    DataPlane plane;

    @BeforeParameterizedClassInvocation
    static void start(DataPlane plane) throws Exception {
        echo = Upstream.echo();
        server = UnaryServer.rateLimits(RateLimitIT::limit);
        proxy = plane.start(new Bootstrap()
                .cluster("echo", echo.port())
                .grpcCluster("server", server.port())
                .grpcCluster("gone", Ports.free())
                .http("asks", "", limits("server", "enable_x_ratelimit_headers: DRAFT_VERSION_03,"), routes())
                .httpHosts("hosts", "", limits("server", ""), hosts())
                .http("teapot", "", limits("server", """
                        rate_limited_status: {code: ServiceUnavailable}, disable_x_envoy_ratelimited_header: true,
                        rate_limited_as_resource_exhausted: true,
                        response_headers_to_add: [{header: {key: x-limited, value: "yes"}}],"""), by("x-verdict"))
                .http(
                        "shadow",
                        "",
                        limits("server", "filter_enforced: {default_value: {numerator: 0}},"),
                        by("x-verdict"))
                .http("idle", "", limits("server", "filter_enabled: {default_value: {numerator: 0}},"), by("x-verdict"))
                .http("deny", "", limits("server", "failure_mode_deny: true,"), by("x-verdict"))
                .http(
                        "closed",
                        "",
                        limits("gone", "failure_mode_deny: true, status_on_error: {code: ServiceUnavailable},"),
                        by("x-verdict"))
                .http("open", "", limits("gone", ""), by("x-verdict"))
                .http("internal", "", limits("server", "request_type: internal,"), by("x-verdict")));
    }

    private static String limits(String cluster, String fields) {
        return """
                {name: envoy.filters.http.ratelimit, typed_config: {"@type": %sRateLimit, domain: shop, timeout: 2s, %s
                  rate_limit_service: {transport_api_version: V3, grpc_service: {envoy_grpc: {cluster_name: %s, authority: rls.test}}}}},
                """.formatted(TYPE, fields, cluster);
    }

    private static String by(String header) {
        return route("/", "[{request_headers: {header_name: %s, descriptor_key: verdict}}]".formatted(header), "");
    }

    /// @param actions of one policy; more policies after a semicolon
    private static String route(String prefix, String actions, String fields) {
        StringBuilder policies = new StringBuilder();
        for (String each : actions.split(";")) {
            policies.append("{actions: ").append(each).append("}, ");
        }
        return "{match: {prefix: %s}, route: {cluster: echo, rate_limits: [%s] %s}},"
                .formatted(prefix, policies, fields);
    }

    private static String routes() {
        return route("/verdict", "[{request_headers: {header_name: x-verdict, descriptor_key: verdict}}]", "")
                + route("/all", """
                        [{source_cluster: {}}, {destination_cluster: {}}, {remote_address: {}},
                         {masked_remote_address: {v4_prefix_mask_len: 16}}, {generic_key: {descriptor_value: one}},
                         {generic_key: {descriptor_key: mine, descriptor_value: two}},
                         {request_headers: {header_name: ":path", descriptor_key: path}},
                         {header_value_match: {descriptor_value: sent, headers: [{name: x-a, string_match: {exact: "1"}}]}},
                         {header_value_match: {descriptor_value: unsent, expect_match: false, headers: [{name: x-b, present_match: true}]}},
                         {query_parameters: {query_parameter_name: q, descriptor_key: query}},
                         {query_parameter_value_match: {descriptor_value: asked, query_parameters: [{name: q, string_match: {prefix: v}}]}},
                         {metadata: {descriptor_key: found, default_value: none, metadata_key: {key: nowhere, path: [{key: k}]}}}]""", "")
                + route("/optional", """
                        [{generic_key: {descriptor_value: kept}},
                         {request_headers: {header_name: x-missing, descriptor_key: m, skip_if_absent: true}},
                         {query_parameters: {query_parameter_name: missing, descriptor_key: m, skip_if_absent: true}}]""", "")
                + route(
                        "/needed",
                        "[{generic_key: {descriptor_value: lost}}, {request_headers: {header_name: x-missing, descriptor_key: m}}]",
                        "")
                + route(
                        "/several",
                        "[{generic_key: {descriptor_value: first}}];[{generic_key: {descriptor_value: second}}]",
                        "")
                + """
                {match: {prefix: /stage}, route: {cluster: echo, rate_limits: [
                  {stage: 1, actions: [{generic_key: {descriptor_value: later}}]},
                  {actions: [{generic_key: {descriptor_value: now}}]}]}},
                {match: {prefix: /filter}, route: {cluster: echo, rate_limits: [{actions: [{generic_key: {descriptor_value: route}}]}]},
                  typed_per_filter_config: {envoy.filters.http.ratelimit: {"@type": %sRateLimitPerRoute, domain: other,
                    rate_limits: [{hits_addend: {number: 7}, actions: [{generic_key: {descriptor_value: filter}}]}]}}},
                {match: {prefix: /late}, route: {cluster: echo}, typed_per_filter_config: {envoy.filters.http.ratelimit: {
                    "@type": %sRateLimitPerRoute, rate_limits: [{apply_on_stream_done: true, actions: [{generic_key: {descriptor_value: late}}]}]}}},
                {match: {prefix: /}, route: {cluster: echo}}""".formatted(TYPE, TYPE);
    }

    private static String hosts() {
        String limits = "rate_limits: [{actions: [{generic_key: {descriptor_value: host}}]}]";
        String option = "typed_per_filter_config: {envoy.filters.http.ratelimit: {\"@type\": " + TYPE
                + "RateLimitPerRoute, vh_rate_limits: %s}}";
        return "{name: all, domains: [\"*\"], " + limits + ", routes: ["
                + route("/own", "[{generic_key: {descriptor_value: route}}]", "")
                + route("/both", "[{generic_key: {descriptor_value: route}}]", ", include_vh_rate_limits: true")
                + "{match: {prefix: /include}, route: {cluster: echo, rate_limits: [{actions: [{generic_key: {descriptor_value: route}}]}]}, "
                + option.formatted("INCLUDE") + "}, {match: {prefix: /ignore}, route: {cluster: echo}, "
                + option.formatted("IGNORE") + "}, {match: {prefix: /inherit}, route: {cluster: echo}}]}";
    }

    private static void limit(RateLimitRequest question, StreamObserver<RateLimitResponse> answer) {
        SEEN.add(question);
        String verdict = question.getDescriptors(0).getEntries(0).getValue();
        if (verdict.equals("fail")) {
            answer.onError(Status.UNAVAILABLE.asRuntimeException());
            return;
        }
        if (verdict.equals("silent")) {
            return;
        }
        boolean over = verdict.equals("over");
        RateLimitResponse.Builder response = RateLimitResponse.newBuilder()
                .setOverallCode(over ? Code.OVER_LIMIT : Code.OK)
                .addStatuses(RateLimitResponse.DescriptorStatus.newBuilder()
                        .setCode(over ? Code.OVER_LIMIT : Code.OK)
                        .setCurrentLimit(RateLimitResponse.RateLimit.newBuilder()
                                .setName("per-minute")
                                .setRequestsPerUnit(10)
                                .setUnit(Unit.MINUTE))
                        .setLimitRemaining(over ? 0 : 4)
                        .setDurationUntilReset(Duration.newBuilder().setSeconds(17)))
                .addResponseHeadersToAdd(header("x-from-service", "told"))
                .addRequestHeadersToAdd(header("x-counted", "yes"))
                .setDynamicMetadata(Struct.newBuilder()
                        .putFields("k", Value.newBuilder().setStringValue("v").build()));
        if (over) {
            response.setRawBody(ByteString.copyFromUtf8("slow down"));
        }
        answer.onNext(response.build());
        answer.onCompleted();
    }

    private static HeaderValue header(String name, String value) {
        return HeaderValue.newBuilder().setKey(name).setValue(value).build();
    }

    @AfterParameterizedClassInvocation
    static void stop() throws Exception {
        proxy.close();
        echo.close();
        server.close();
    }

    @BeforeEach
    void forget() {
        SEEN.clear();
    }

    private static List<String> entries(int descriptor) {
        return SEEN.getFirst().getDescriptors(descriptor).getEntriesList().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .toList();
    }

    private static List<String> values() {
        return SEEN.isEmpty()
                ? List.of()
                : SEEN.getFirst().getDescriptorsList().stream()
                        .map(RateLimitDescriptor::getEntriesList)
                        .map(entries -> entries.getFirst().getValue())
                        .toList();
    }

    @Test
    void passesWhatIsWithinTheLimit() throws Exception {
        Reply reply = proxy.client("asks").get("/verdict", "x-verdict: fine");
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.body()).contains("x-counted: yes");
        assertThat(reply.field("x-from-service")).isEqualTo("told");
        assertThat(reply.field("x-ratelimit-limit")).isEqualTo("10, 10;w=60;name=\"per-minute\"");
        assertThat(reply.field("x-ratelimit-remaining")).isEqualTo("4");
        assertThat(reply.field("x-ratelimit-reset")).isEqualTo("17");
        assertThat(reply.field("x-envoy-ratelimited")).isEqualTo("-");
        assertThat(SEEN.getFirst().getDomain()).isEqualTo("shop");
    }

    @Test
    void refusesWhatIsOverTheLimit() throws Exception {
        Reply reply = proxy.client("asks").get("/verdict?refused", "x-verdict: over");
        assertThat(reply.status()).isEqualTo(429);
        assertThat(reply.body()).isEqualTo("slow down");
        assertThat(reply.field("x-envoy-ratelimited")).isEqualTo("true");
        assertThat(reply.field("x-from-service")).isEqualTo("told");
        assertThat(reply.field("x-ratelimit-remaining")).isEqualTo("0");
        LogLine line = proxy.logged("/verdict?refused");
        assertThat(line.flags()).isEqualTo("RL");
        assertThat(line.details()).isEqualTo("request_rate_limited");
        assertThat(echo.count("/verdict?refused")).isZero();
    }

    @Test
    void describesTheRequestByEveryAction() throws Exception {
        assertThat(proxy.client("asks").get("/all?q=v%20w", "x-a: 1").status()).isEqualTo(200);
        assertThat(entries(0))
                .containsExactly(
                        "source_cluster=behaviour",
                        "destination_cluster=echo",
                        "remote_address=127.0.0.1",
                        "masked_remote_address=127.0.0.0/16",
                        "generic_key=one",
                        "mine=two",
                        "path=/all?q=v%20w",
                        "header_match=sent",
                        "header_match=unsent",
                        "query=v w",
                        "query_match=asked",
                        "found=none");
    }

    @ParameterizedTest
    @CsvSource({
        "asks, /optional, kept",
        "asks, /needed, ''",
        "asks, /several, first second",
        "asks, /stage, now",
        "asks, /other, ''",
        "hosts, /own, route",
        "hosts, /both, route host",
        "hosts, /include, route host",
        "hosts, /ignore, ''",
        "hosts, /inherit, host",
        "idle, /, ''",
    })
    void asksAboutWhatTheRouteSays(String listener, String path, String values) throws Exception {
        assertThat(proxy.client(listener).get(path, "x-verdict: over").status()).isEqualTo(200);
        assertThat(String.join(" ", values())).isEqualTo(values);
    }

    @Test
    void takesPoliciesDomainAndHitsOfTheRoutesFilterConfiguration() throws Exception {
        assertThat(proxy.client("asks").get("/filter").status()).isEqualTo(200);
        assertThat(values()).containsExactly("filter");
        assertThat(SEEN.getFirst().getDomain()).isEqualTo("other");
        assertThat(SEEN.getFirst().getDescriptors(0).getHitsAddend().getValue()).isEqualTo(7);
    }

    @Test
    void countsAtTheEndWhatIsToBeCountedThen() throws Exception {
        assertThat(proxy.client("asks").get("/late").status()).isEqualTo(200);
        org.awaitility.Awaitility.await().until(() -> values().equals(List.of("late")));
    }

    @Test
    void refusesInTheFormThatIsConfigured() throws Exception {
        Reply reply = proxy.client("teapot").get("/", "x-verdict: over");
        assertThat(reply.status()).isEqualTo(503);
        assertThat(reply.field("x-limited")).isEqualTo("yes");
        assertThat(reply.field("x-envoy-ratelimited")).isEqualTo("-");
        Reply grpc = proxy.client("teapot").get("/", "x-verdict: over", "content-type: application/grpc");
        assertThat(grpc.status()).isEqualTo(200);
        assertThat(grpc.field("grpc-status")).isEqualTo("8");
    }

    @Test
    void onlyCountsWhereNothingIsEnforced() throws Exception {
        assertThat(proxy.client("shadow").get("/", "x-verdict: over").status()).isEqualTo(200);
        assertThat(SEEN).hasSize(1);
    }

    @Test
    void passesWhereTheServiceFails() throws Exception {
        assertThat(proxy.client("asks").get("/verdict", "x-verdict: fail").status())
                .isEqualTo(200);
        assertThat(proxy.client("asks").get("/verdict", "x-verdict: silent").status())
                .isEqualTo(200);
        assertThat(proxy.client("open").get("/", "x-verdict: over").status()).isEqualTo(200);
    }

    @Test
    void refusesWhereTheServiceFailsIfAsked() throws Exception {
        assertThat(proxy.client("deny").get("/?denied", "x-verdict: fail").status())
                .isEqualTo(500);
        LogLine line = proxy.logged("/?denied");
        assertThat(line.flags()).isEqualTo("RLSE");
        assertThat(line.details()).isEqualTo("rate_limiter_error");
        assertThat(proxy.client("closed").get("/", "x-verdict: fine").status()).isEqualTo(503);
    }

    @Test
    void leavesOutRequestsOfTheOtherType() throws Exception {
        assertThat(proxy.client("internal").get("/", "x-verdict: over").status())
                .isEqualTo(200);
    }

    @Test
    void countsByTheClusterOfTheRoute() throws Exception {
        proxy.client("asks").get("/verdict", "x-verdict: fine");
        proxy.client("asks").get("/verdict", "x-verdict: over");
        proxy.client("open").get("/", "x-verdict: fine");
        String stats = proxy.client("admin")
                .get("/stats?filter=cluster.echo.ratelimit")
                .body();
        assertThat(stats)
                .containsPattern("cluster.echo.ratelimit.ok: [1-9]")
                .containsPattern("cluster.echo.ratelimit.over_limit: [1-9]")
                .containsPattern("cluster.echo.ratelimit.error: [1-9]")
                .containsPattern("cluster.echo.ratelimit.failure_mode_allowed: [1-9]");
    }
}
