package dev.lateen.e2e.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Every refusal of a mesh is explained by the resource and the line that the test knows to be its cause.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ExplainIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String FORGED = "Bearer eyJhbGciOiJSUzI1NiIsImtpZCI6ImsifQ."
            + "eyJpc3MiOiJodHRwczovL2lzc3Vlci50ZXN0Iiwic3ViIjoiYW5uIn0.c2lnbmF0dXJl";

    private static final String GATEWAY = "deploy/istio-ingressgateway.istio-system";

    private final JsonMapper json = new JsonMapper();
    private ExplainedMesh explained;
    private RunningMesh mesh;

    @BeforeAll
    void start() throws IOException {
        RunningMesh.assumeRuns("explicit", "lateen");
        explained = ExplainedMesh.of("");
        mesh = explained.mesh();
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
                new ExplainedMesh.Row(
                        "cases", "/canary", 404, "no route takes GET cases.test/canary", cases, "no-route"),
                new ExplainedMesh.Row("cases", "/abort", 418, "a fault is injected", cases, "abort"),
                new ExplainedMesh.Row("cases", "/direct", 410, "answers 410 by itself", cases, "direct"),
                new ExplainedMesh.Row("cases", "/slow-route", 504, "did not answer within 200 ms", cases, "timeout"),
                new ExplainedMesh.Row("cases", "/slow-try", 504, "did not answer within 150 ms", cases, "per-try"),
                new ExplainedMesh.Row("cases", "/missing", 503, "which there is not", cases, "missing"),
                new ExplainedMesh.Row(
                        "cases", "/nobody", 503, "no host of outbound|80||nobody", "Service default/nobody", "nobody"),
                new ExplainedMesh.Row("cases", "/silent", 503, "no connection to", "Service default/silent", "silent"),
                new ExplainedMesh.Row("cases", "/tls", 503, "TLS with", "DestinationRule default/plain", "tls"),
                new ExplainedMesh.Row(
                        "cases",
                        "/shop/denied",
                        403,
                        "a policy denies it",
                        "AuthorizationPolicy default/not-this",
                        "denied"),
                new ExplainedMesh.Row(
                        "cases",
                        "/shop/members",
                        403,
                        "a policy denies it",
                        "AuthorizationPolicy default/members",
                        "members"),
                new ExplainedMesh.Row(
                        "guarded", "/", 403, "none matches", "AuthorizationPolicy default/callers", "allowed"),
                new ExplainedMesh.Row(
                        "cases",
                        "/shop/bad",
                        403,
                        "authorizer refused",
                        "AuthorizationPolicy default/asked",
                        "authorizer"),
                new ExplainedMesh.Row(
                        "cases",
                        "/shop/token",
                        401,
                        "the token is refused",
                        "RequestAuthentication default/tokens",
                        "token",
                        List.of("authorization", FORGED)));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void namesTheLineThatIsTheCause(ExplainedMesh.Row row) throws IOException, InterruptedException {
        assertThat(mesh.answer(row.host(), row.path(), "", row.fields().toArray(String[]::new))
                        .statusCode())
                .isEqualTo(row.status());
        explained.assertExplained(row.host(), row.path(), row.status(), row.cause(), row.resource(), row.here());
    }

    @Test
    void namesTheLimitThatIsReached() throws IOException, InterruptedException {
        mesh.answer("cases", "/shop/limited", "");
        assertThat(mesh.answer("cases", "/shop/limited", "").statusCode()).isEqualTo(429);
        explained.assertExplained(
                "cases", "/shop/limited", 429, "a rate limit is reached", "RateLimit default/once", "limit");
    }

    @Test
    void saysWhichHostsAreEjected() throws IOException, InterruptedException {
        assertThat(mesh.answer("cases", "/flaky-ejected", "").statusCode()).isEqualTo(503);
        await().atMost(SOON).until(() -> mesh.answer("cases", "/ejected", "").statusCode() == 503);
        JsonNode told = explained.assertExplained(
                "cases", "/ejected", 503, "no host of", "DestinationRule default/ejected", "ejected");
        assertThat(told.path("because").asString("")).contains("1 hosts, 0 healthy, 1 ejected");
    }

    @Test
    void saysWhichCircuitIsOpen() throws Exception {
        List<Integer> statuses = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var calls = java.util.stream.IntStream.range(0, 6)
                    .mapToObj(_ -> threads.submit(
                            () -> mesh.answer("cases", "/narrow", "").statusCode()))
                    .toList();
            for (var call : calls) {
                statuses.add(call.get(30, TimeUnit.SECONDS));
            }
        }
        assertThat(statuses).contains(503);
        JsonNode told = explained.assertExplained(
                "cases", "/narrow", 503, "circuit", "DestinationRule default/narrow", "circuit");
        // Each thread of the gateway may have a connection, and what waited may be answered by now.
        assertThat(told.path("because").asString(""))
                .containsPattern("connections [12] of 1, pending requests [01] of 1");
    }

    @Test
    void countsTheRetriesThatDidNotHelp() throws IOException, InterruptedException {
        assertThat(mesh.answer("cases", "/flaky", "").statusCode()).isEqualTo(503);
        String id = explained.id("/flaky", 503, "flag=URX");
        JsonNode gateway = json.readTree(
                        explained.run("explain", id, "-o", "json").out())
                .path("hops")
                .path(0);
        assertThat(gateway.path("explanation").path("cause").asString("")).contains("2 retries");
        assertThat(gateway.path("explanation").path("at").path(0).path("line").asString(""))
                .endsWith(":" + explained.line("retries"));
        assertThat(gateway.path("decision").path("upstream").path("failed").size())
                .isEqualTo(2);
    }

    @Test
    void saysThatTheApplicationEndedTheConnection() throws IOException, InterruptedException {
        assertThat(mesh.answer("cases", "/closed", "").statusCode()).isEqualTo(503);
        String out = explained.run("explain", explained.id("/closed", 503, "")).out();
        assertThat(out).contains("ended the connection before it had answered").contains("(inbound)");
    }

    @Test
    void followsARequestOverAllItsHops() throws IOException, InterruptedException {
        assertThat(mesh.ask("cases", "/fetch", "http://guarded.default/secret")).startsWith("403 ");
        ExplainedMesh.Run run = explained.run("explain", explained.id("/fetch", 200, ""), "-o", "json");
        JsonNode told = json.readTree(run.out());
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
                .as(run.out())
                .containsExactly("outbound 200", "inbound 200", "outbound 403", "inbound 403");
        assertThat(told.path("proxy").asString("")).startsWith("guarded-");
        assertThat(told.path("explanation").path("because").asString("")).contains("/ns/default/sa/shop");
        assertThat(told.path("explanation").path("at").path(0).path("line").asString(""))
                .endsWith("all.yaml:" + explained.line("allowed"));
    }

    @Test
    void saysThatAHostIsNotRegistered() throws IOException, InterruptedException {
        assertThat(mesh.ask("cases", "/fetch", "http://nowhere.test/")).startsWith("502");
        ExplainedMesh.Run run = explained.run("explain", explained.id("/fetch", 200, ""), "-o", "json");
        JsonNode told = json.readTree(run.out()).path("explanation");
        assertThat(told.path("cause").asString("")).as(run.out()).contains("knows no host nowhere.test");
        assertThat(told.path("change").asString("")).contains("ServiceEntry");
        assertThat(told.path("at").path(0).path("resource").asString("")).isEqualTo("Sidecar default/closed");
        assertThat(told.path("at").path(0).path("line").asString("")).endsWith("all.yaml:" + explained.line("blocked"));
    }

    /// What `--from` foretells, each of which the table above proves to be so.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "http://cases.test/canary      | 1 | nearly    route canary | canary",
                "http://cases.test/shop/denied | 1 | denied (403)           | denied",
                "http://cases.test/missing     | 1 | no such cluster        | ''",
                "http://cases.test/nobody      | 1 | 0 hosts                | ''",
                "http://cases.test/abort       | 1 | abort with 418         | ''",
                "http://cases.test/direct      | 1 | answers 410 by itself  | ''",
                "http://cases.test/slow-route  | 0 | 200 ms                 | ''",
                "http://cases.test/shop/warm   | 0 | allowed                | ''"
            })
    void foretellsWhatARequestWouldMeet(String url, int status, String words, String here)
            throws IOException, InterruptedException {
        ExplainedMesh.Run run = explained.run("explain", "--from", GATEWAY, url);
        assertThat(run.out()).contains(words).contains(here.isEmpty() ? "" : "all.yaml:" + explained.line(here));
        assertThat(run.status()).as(run.out()).isEqualTo(status);
    }

    @Test
    void foretellsByFieldsAndByCaller() throws IOException, InterruptedException {
        ExplainedMesh.Run canary =
                explained.run("explain", "--from", GATEWAY, "http://cases.test/canary", "-H", "x-canary: yes");
        assertThat(canary.out()).contains("canary of ").contains("outbound|80||shop.default.svc.cluster.local, 100%");
        assertThat(canary.status()).isZero();
        ExplainedMesh.Run guarded = explained.run("explain", "--from", "deploy/shop", "http://guarded.default/secret");
        assertThat(guarded.out()).contains("callers.default").contains("all.yaml:" + explained.line("allowed"));
        assertThat(guarded.status()).isEqualTo(1);
    }

    @Test
    void tapsRequestsAsTheyCome() throws IOException {
        List<String> tapped = new CopyOnWriteArrayList<>();
        Process tap = explained.start("tap", GATEWAY, "--path", "/shop/tapped");
        try {
            var _ = Thread.startVirtualThread(
                    () -> tap.inputReader(StandardCharsets.UTF_8).lines().forEach(tapped::add));
            for (int request = 1; request <= 3; request++) {
                assertThat(mesh.ask("cases", "/shop/tapped/" + request, "hidden"))
                        .startsWith("shop ");
                assertThat(mesh.ask("cases", "/shop/other" + request, "")).startsWith("shop ");
                int expected = request;
                await().atMost(SOON).until(() -> tapped.size() >= expected);
            }
        } finally {
            tap.destroy();
        }
        assertThat(tapped)
                .hasSize(3)
                .allSatisfy(
                        line -> assertThat(line)
                                .matches(
                                        "\\S+ istio-ingressgateway-\\S+ outbound GET cases.test/shop/tapped/[123] 200 \\d+ms [0-9a-f-]{36}"));
    }

    @Test
    void topCountsByRoute() throws IOException, InterruptedException {
        Process top = explained.start("top", "--once", "--interval", "4");
        while (top.isAlive()) {
            mesh.answer("cases", "/shop/topped", "");
            mesh.answer("cases", "/flaky", "");
        }
        String table = new String(top.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(top.waitFor()).isZero();
        String rate = " +[1-9]\\d*\\.\\d/s +";
        assertThat(table)
                .containsPattern("istio-ingressgateway-\\S+ +outbound +cases.test +shop +outbound\\|80\\|\\|shop\\S+"
                        + rate + "100.0%")
                .containsPattern(
                        "istio-ingressgateway-\\S+ +outbound +cases.test +flaky +outbound\\|80\\|\\|trouble\\S+" + rate
                                + "0.0%")
                .containsPattern("shop-\\S+ +inbound +cases.test ")
                .containsPattern("trouble-\\S+ +inbound +cases.test .*0.0%");
    }

    @Test
    void statAndEdgesShowWhoCallsWhom() throws Exception {
        AtomicBoolean enough = new AtomicBoolean();
        Thread caller = Thread.startVirtualThread(() -> {
            while (!enough.get()) {
                mesh.ask("cases", "/shop/counted", "");
                mesh.ask("cases", "/flaky", "");
            }
        });
        try {
            String rate = "[1-9]\\d*\\.\\d/s +";
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(
                                    explained.run("stat", "--window", "4").out())
                            .containsPattern("\nshop +default +" + rate + "100.0%")
                            .containsPattern("\ntrouble +default +" + rate + "0.0%"));
            assertThat(explained.run("edges", "--window", "4").out())
                    .containsPattern(
                            "istio-ingressgateway.istio-system +shop.default +http +" + rate + "100.0% .*100.0%\n")
                    .containsPattern("istio-ingressgateway.istio-system +trouble.default +http +" + rate + "0.0% ");
        } finally {
            enough.set(true);
            caller.join();
        }
    }
}
