package dev.lateen.e2e.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The refusals of `ExplainIT`, by real Envoy as gateway and sidecar. One workload has our proxy, so that a request has
/// hops of both kinds.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ExplainEnvoyIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String FORGED = "Bearer eyJhbGciOiJSUzI1NiIsImtpZCI6ImsifQ."
            + "eyJpc3MiOiJodHRwczovL2lzc3Vlci50ZXN0Iiwic3ViIjoiYW5uIn0.c2lnbmF0dXJl";

    private final JsonMapper json = new JsonMapper();
    private ExplainedMesh explained;

    @BeforeAll
    void start() throws IOException {
        RunningMesh.assumeAsked("explicit", "envoy");
        explained = ExplainedMesh.of(", local.lateen.dev/proxy: lateen", "--proxy", "envoy");
    }

    @AfterAll
    void stop() {
        if (explained != null) {
            explained.close();
        }
    }

    static List<ExplainedMesh.Row> rows() {
        String cases = "VirtualService default/cases";
        return List.of(
                row("/canary", 404, "no route takes GET cases.test/canary", cases, "no-route"),
                row("/abort", 418, "a fault is injected on purpose: abort with 418", cases, "abort"),
                row("/direct", 410, "answers 410 by itself", cases, "direct"),
                row("/slow-route", 504, "did not answer in time", cases, "timeout"),
                row("/slow-try", 504, "did not answer in time", cases, "per-try"),
                row("/missing", 503, "which there is not", cases, "missing"),
                row("/nobody", 503, "no host of outbound|80||nobody", "Service default/nobody", "nobody"),
                row("/silent", 503, "no connection to", "Service default/silent", "silent"),
                row("/shop/denied", 403, "a policy denies it", "AuthorizationPolicy default/not-this", "denied"),
                row("/shop/members", 403, "a policy denies it", "AuthorizationPolicy default/members", "members"),
                row("/shop/bad", 403, "authorizer refused", "AuthorizationPolicy default/asked", "authorizer"),
                new ExplainedMesh.Row(
                        "cases",
                        "/shop/token",
                        401,
                        "the token is refused",
                        "RequestAuthentication default/tokens",
                        "token",
                        List.of("authorization", FORGED)));
    }

    private static ExplainedMesh.Row row(String path, int status, String cause, String resource, String here) {
        return new ExplainedMesh.Row("cases", path, status, cause, resource, here);
    }

    /// Envoy sends its log once a second.
    @ParameterizedTest
    @MethodSource("rows")
    void namesTheLineThatIsTheCause(ExplainedMesh.Row row) throws IOException {
        assertThat(explained
                        .mesh()
                        .answer(row.host(), row.path(), "", row.fields().toArray(String[]::new))
                        .statusCode())
                .isEqualTo(row.status());
        await().atMost(SOON)
                .untilAsserted(() -> explained.assertExplained(
                        row.host(), row.path(), row.status(), row.cause(), row.resource(), row.here()));
    }

    @Test
    void saysWhichHostsAreEjected() throws IOException {
        assertThat(explained.mesh().answer("cases", "/flaky-ejected", "").statusCode())
                .isEqualTo(503);
        await().atMost(SOON).untilAsserted(() -> {
            assertThat(explained.mesh().answer("cases", "/ejected", "").statusCode())
                    .isEqualTo(503);
            JsonNode told = explained.assertExplained(
                    "cases", "/ejected", 503, "no host of", "DestinationRule default/ejected", "ejected");
            assertThat(told.path("because").asString("")).contains("1 hosts, 0 healthy, 1 ejected");
        });
    }

    @Test
    void followsARequestOverHopsOfBothKinds() throws IOException {
        assertThat(explained.mesh().ask("cases", "/fetch", "http://guarded.default/secret"))
                .startsWith("403 ");
        await().atMost(SOON).untilAsserted(() -> {
            String out = explained
                    .run("explain", explained.id("/fetch", 200, ""), "-o", "json")
                    .out();
            JsonNode told = json.readTree(out);
            assertThat(told.path("hops")
                            .valueStream()
                            .map(hop -> hop.path("decision")
                                            .path("asked")
                                            .path("direction")
                                            .asString("") + " "
                                    + hop.path("decision")
                                            .path("answer")
                                            .path("status")
                                            .asInt(0)))
                    .as(out)
                    .containsExactly("outbound 200", "inbound 200", "outbound 403", "inbound 403");
            assertThat(told.path("silent").isEmpty()).as(out).isTrue();
            assertThat(told.path("proxy").asString("")).startsWith("guarded-");
            assertThat(told.path("explanation").path("at").path(0).path("line").asString(""))
                    .endsWith("all.yaml:" + explained.line("allowed"));
        });
    }

    @Test
    void tellsTheDashboardItsCertificatesAndChangesItsLog() throws Exception {
        AskedDashboard dashboard = new AskedDashboard(explained.mesh());
        dashboard.asksTheProxyOf("shop", "shop");
        dashboard.asksTheProxyOf("guarded", "guarded"); // of the other kind
    }

    @Test
    void keepsNoQuery() throws IOException {
        assertThat(explained.mesh().ask("cases", "/shop/kept", "hidden")).startsWith("shop ");
        await().atMost(SOON).untilAsserted(() -> {
            ExplainedMesh.Run run = explained.run("explain", explained.id("/shop/kept", 200, ""), "-o", "json");
            assertThat(run.out()).contains("\"/shop/kept\"").doesNotContain("hidden");
        });
    }
}
