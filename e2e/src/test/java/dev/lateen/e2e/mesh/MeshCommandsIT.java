package dev.lateen.e2e.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lateen.e2e.mesh.Launcher.Run;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// What `route`, `status`, `analyze` and `x describe` say of a mesh that runs, typed as an operator does.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class MeshCommandsIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String GATEWAY = "deploy/istio-ingressgateway.istio-system";
    private static final String ROUTES = """
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: routed, namespace: default}
            spec:
              hosts: [routed.test]
              gateways: [entry]
              http:
              - name: moved
                match: [{uri: {prefix: /old/}, headers: {x-canary: {exact: "yes"}}}]
                rewrite: {uri: /new/}
                timeout: 2s
                retries: {attempts: 4, retryOn: 5xx}
                route: [{destination: {host: shop, subset: v1, port: {number: 80}}}]
              - name: lost
                match: [{uri: {prefix: /lost}}]
                route: [{destination: {host: shopp, port: {number: 80}}}]
            ---
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: shop, namespace: default}
            spec:
              host: shop
              trafficPolicy: {connectionPool: {tcp: {maxConnections: 50}}}
              subsets: [{name: v1, labels: {app: shop}}]
            ---
            apiVersion: v1
            kind: Secret
            metadata: {name: careless, namespace: default}
            stringData: {user: hunter22}
            ---
            """;

    private RunningMesh mesh;

    @BeforeAll
    void start() throws IOException {
        RunningMesh.assumeRuns("explicit", "lateen");
        Path directory = Files.createTempDirectory("commands");
        mesh = RunningMesh.of(
                directory,
                ROUTES + RunningMesh.peer("shop", "", "") + RunningMesh.gateway("shop"),
                "--capture",
                "explicit");
        await().atMost(SOON).until(() -> mesh.answer("shop", "/", "").statusCode() == 200);
    }

    @AfterAll
    void stop() {
        if (mesh != null) {
            mesh.close();
        }
    }

    @Test
    void routeSaysWhichRuleTakesARequestAndWhatBecomesOfIt() throws IOException, InterruptedException {
        Run run = run(
                "route",
                "--from",
                GATEWAY,
                "http://localhost/old/cart",
                "-H",
                "Host: routed.test",
                "-H",
                "x-canary: yes");
        assertThat(run.status()).as(run.out()).isZero();
        assertThat(run.out())
                .contains("route     moved of ")
                .contains("all.yaml:8")
                .contains("path      /new/cart")
                .contains("timeout   2000 ms")
                .contains("retries   4")
                .contains("outbound|80|v1|shop.default.svc.cluster.local, 100%")
                .contains("subset    v1 of shop.default.svc.cluster.local, port 80");
    }

    @Test
    void routeSaysWhatARequestMissesARuleBy() throws IOException, InterruptedException {
        Run run = run("route", "--from", GATEWAY, "http://routed.test/old/cart");
        assertThat(run.status()).as(run.out()).isEqualTo(1);
        assertThat(run.out()).contains("nearly    route moved").contains("x-canary");
    }

    @Test
    void upSaysWhatIsNotInForce() {
        mesh.said(Pattern.compile("all.yaml:\\d+:\\d+: error: .*no service has this host"));
        assertThat(mesh.output()).doesNotContain("DestinationRule/shop");
    }

    @Test
    void statusCountsProxiesAndMultipliesLimits() throws IOException, InterruptedException {
        Run run = run("status", "destinationrule/shop");
        assertThat(run.status()).as(run.out()).isZero();
        assertThat(run.out())
                .containsPattern("DestinationRule/shop.default +ACCEPTED +2/2")
                .contains("up to 100 from 2 proxies");
    }

    @Test
    void analyzeReadsWhatTheMeshGoesBy() throws IOException, InterruptedException {
        Run run = run("analyze", "-A");
        assertThat(run.status()).as(run.out()).isEqualTo(79);
        assertThat(run.out())
                .containsPattern("Error \\[IST0101\\] \\(VirtualService default/routed \\S+all.yaml:16\\)"
                        + " Referenced host not found: \"shopp\"");
    }

    @Test
    void collectsAReportWithoutSecrets() throws IOException, InterruptedException {
        Path file = Files.createTempDirectory("report").resolve("report.zip");
        Run run = run("bug-report", "--file", file.toString());
        assertThat(run.status()).as(run.out()).isZero();
        try (ZipFile report = new ZipFile(file.toFile())) {
            assertThat(report.stream().map(ZipEntry::getName))
                    .contains("manifests.yaml", "logs/control-plane.log", "problems.txt")
                    .anyMatch(name -> name.matches("control-plane/istiod-.*/syncz.json"))
                    .anyMatch(name -> name.matches("proxies/default/shop-.*/config_dump.json"))
                    .anyMatch(name -> name.matches("logs/shop-.*.istio-proxy.log"));
            for (ZipEntry entry : report.stream().toList()) {
                assertThat(new String(report.getInputStream(entry).readAllBytes(), StandardCharsets.UTF_8))
                        .as(entry.getName())
                        .doesNotContain("hunter22")
                        .doesNotContainPattern("BEGIN [A-Z ]*PRIVATE KEY");
            }
        }
    }

    @Test
    void describeTellsOfAPodOfThisMachine() throws IOException, InterruptedException {
        Run pod = run("x", "describe", "pod", "deploy/shop");
        assertThat(pod.status()).as(pod.out()).isZero();
        assertThat(pod.out())
                .contains("Pod: shop-")
                .contains("Sidecar: a process of this machine, connected")
                .contains("Service: shop.default")
                .contains("DestinationRule: shop.default");
        Run service = run("x", "describe", "service", "shop");
        assertThat(service.status()).as(service.out()).isZero();
        assertThat(service.out()).contains("Service: shop.default").contains("DestinationRule: shop.default");
    }

    private Run run(String... words) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--mesh", mesh.name()));
        return Launcher.run(all.toArray(String[]::new));
    }
}
