package dev.lateen.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lateen.e2e.cluster.Curl.Answer;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// Types the seed's document on a cluster, from the installation to its end, and looks at what each of its
/// resources does to requests from inside pods and through the ingress gateway's address.
@EnabledIfSystemProperty(named = "lateen.cluster", matches = "true", disabledReason = "./dev cluster runs it")
@ParameterizedClass
@EnumSource(Sidecars.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class SeedInClusterIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static Set<String> before = Set.of();
    private static InstalledMesh mesh;
    private static Kubectl cluster;
    private static SeedShop shop;

    @Parameter
    Sidecars sidecars = Sidecars.OURS;

    @BeforeParameterizedClassInvocation
    static void install(Sidecars sidecars) throws IOException, InterruptedException {
        try (Kubectl untouched = Kubectl.start()) {
            before = ClusterObjects.of(untouched);
        }
        mesh = InstalledMesh.install(sidecars.with("--set", "profile=default"));
        cluster = mesh.cluster();
        shop = new SeedShop(mesh);
        cluster.run("label", "namespace", "default", "istio-injection=enabled");
        shop.deploy();
    }

    @AfterParameterizedClassInvocation
    static void clean() throws IOException, InterruptedException {
        if (InstalledMesh.isKept() || mesh == null) {
            return;
        }
        shop.remove();
        cluster.run("label", "namespace", "default", "istio-injection-");
        mesh.uninstall();
        mesh.close();
    }

    @AfterEach
    void takeBack() throws IOException, InterruptedException {
        if (!InstalledMesh.isKept()) {
            shop.takeBack();
        }
    }

    @Test
    @Order(1)
    void runsControlPlaneAndIngressGateway() throws IOException, InterruptedException {
        assertThat(cluster.run("get", "pods", "-n", "istio-system", "--no-headers")
                        .lines())
                .anyMatch(line -> line.matches("istiod-\\S+ +1/1 +Running.*"))
                .anyMatch(line -> line.matches("istio-ingressgateway-\\S+ +1/1 +Running.*"));
        assertThat(InstalledMesh.lateen("verify-install")).contains("everything is there and ready");
    }

    @Test
    @Order(2)
    void putsASidecarIntoTheSeedsDeploymentAndAllOthers() throws IOException, InterruptedException {
        String containers = cluster.run(
                "get",
                "pods",
                "-o",
                "jsonpath={range .items[*]}{.metadata.labels.app} {.spec.initContainers[*].name}{'\\n'}{end}");
        assertThat(containers.strip().lines())
                .hasSize(5)
                .allMatch(line -> line.endsWith(" istio-init istio-proxy"))
                .filteredOn(line -> line.startsWith("user-service "))
                .hasSize(3);
    }

    @Test
    @Order(3)
    void routesByHeaderAndWeight() throws IOException, InterruptedException {
        // Two of three pods are of the second version.
        assertThat(shop.second(60)).isBetween(20L, 58L);
        shop.apply("03-destinationrule-user-service");
        shop.apply("02-virtualservice-user-service");
        soon(() -> assertThat(shop.second(10, "-H", "version: v2")).isEqualTo(10));
        assertThat(shop.second(300)).as("of 300, at 10 percent").isBetween(10L, 55L);
    }

    @Test
    @Order(4)
    void ejectsAPodThatFailsFiveTimes() throws IOException, InterruptedException {
        shop.apply("03-destinationrule-user-service");
        shop.apply("02-virtualservice-user-service");
        soon(() -> assertThat(shop.second(10, "-H", "version: v2")).isEqualTo(10));
        shop.page(secondPod(), 8080, "/control?failing=true", "-X", "POST");
        try {
            List<Integer> failed = shop.ask(60, "order-service", "", "-H", "version: v2").stream()
                    .map(Answer::status)
                    .filter(status -> status != 200)
                    .toList();
            assertThat(failed).as("failures before it is ejected").hasSizeBetween(5, 12);
            assertThat(shop.second(30, "-H", "version: v2")).isEqualTo(30);
        } finally {
            shop.page(secondPod(), 8080, "/control?failing=false", "-X", "POST");
        }
    }

    private static String secondPod() throws IOException, InterruptedException {
        return "pod/" + cluster.run("get", "pods", "-l", "version=v2", "-o", "jsonpath={.items[0].metadata.name}");
    }

    @Test
    @Order(5)
    void opensTheGatewaysAddress() throws IOException, InterruptedException {
        String address = gateway();
        String plain = "http://api.example.com/api/orders";
        String secured = "https://api.example.com/api/orders";
        String[] at = {"-k", "--resolve", "api.example.com:80:" + address, "--resolve", "api.example.com:443:" + address
        };
        shop.apply("04-gateway-app-gateway");
        // It has no routes yet.
        soon(() -> assertThat(Curl.once(plain, at).status()).isEqualTo(404));
        shop.apply("edge");
        soon(() -> assertThat(Curl.once(plain, at).status()).isEqualTo(200));
        assertThat(Curl.once("http://" + address + "/api/orders").status())
                .as("another host")
                .isEqualTo(404);
        cluster.apply(TlsSecret.of("istio-system", "api-cert", "api.example.com"));
        soon(() -> assertThat(Curl.once(secured, at).status()).isEqualTo(200));
        assertThat(Kubectl.command(List.of("curl", "-skv", at[1], at[2], at[3], at[4], "-o", "/dev/null", secured), ""))
                .contains("CN=api.example.com");
    }

    private static String gateway() throws IOException, InterruptedException {
        return cluster.run(
                "-n",
                "istio-system",
                "get",
                "service",
                "istio-ingressgateway",
                "-o",
                "jsonpath={.status.loadBalancer.ingress[0].ip}");
    }

    @Test
    @Order(6)
    void rollsOutACanary() throws IOException, InterruptedException {
        shop.apply("03-destinationrule-user-service");
        shop.apply("02-virtualservice-user-service");
        Instant second = Instant.now().plusSeconds(1);
        await().until(() -> Instant.now().isAfter(second));
        // The older of two VirtualServices for a host holds.
        shop.apply("05-virtualservice-canary");
        soon(() -> assertThat(conditions("virtualservice/canary-rollout")).contains("Accepted=True"));
        assertThat(shop.second(40, "-H", "x-canary: true"))
                .as("while the older one holds")
                .isLessThan(20);
        shop.delete("02-virtualservice-user-service");
        soon(() -> assertThat(shop.second(10, "-H", "x-canary: true")).isEqualTo(10));
        assertThat(shop.second(300)).as("of 300, at 5 percent").isBetween(2L, 35L);
    }

    @Test
    @Order(7)
    void triesAgainAndGivesUpInTime() throws IOException, InterruptedException {
        shop.apply("06-virtualservice-timeout-retry");
        soon(() ->
                assertThat(shop.ask("order-service", "?failtries=3").status()).isEqualTo(200));
        assertThat(shop.ask("order-service", "?failtries=4").status())
                .as("four tries")
                .isEqualTo(503);
        Answer late = shop.ask("order-service", "?delay=4000");
        assertThat(late.status()).isEqualTo(504);
        assertThat(late.seconds()).isGreaterThan(4.8);
    }

    @Test
    @Order(8)
    void breaksTheCircuit() throws IOException, InterruptedException {
        shop.apply("07-destinationrule-circuit-breaker");
        soon(() -> {
            List<Integer> statuses = shop
                    .ask(200, "order-service", "?delay=1500", "-Z", "--parallel-immediate", "--parallel-max", "200")
                    .stream()
                    .map(Answer::status)
                    .toList();
            assertThat(statuses).containsOnly(200, 503);
            assertThat(statuses).filteredOn(status -> status == 200).hasSizeBetween(90, 180);
        });
        assertThat(shop.ask(20, "order-service", "")).allMatch(answer -> answer.status() == 200);
    }

    @Test
    @Order(9)
    void leavesTheSidecarOutWhereThePodSaysSo() throws IOException, InterruptedException {
        String fragment =
                InstalledMesh.text("seed/15-annotation-inject-false.yaml").indent(4);
        cluster.run("patch", "deployment", "stranger", "--patch", "spec:\n  template:\n" + fragment);
        cluster.run("rollout", "status", "deployment/stranger", "--timeout=120s");
        soon(() -> assertThat(cluster.run(
                        "get",
                        "pods",
                        "-l",
                        "app=stranger",
                        "-o",
                        "jsonpath={range .items[*]}[{.spec.initContainers[*].name}]{end}"))
                .isEqualTo("[]"));
        shop.forget();
        assertThat(shop.ask("stranger", "").status()).as("without mutual TLS").isEqualTo(200);
    }

    @Test
    @Order(10)
    void wantsMutualTls() throws IOException, InterruptedException {
        shop.apply("08-peerauthentication-global-strict");
        soon(() -> assertThat(shop.ask("stranger", "").status()).as("STRICT").isEqualTo(502));
        assertThat(shop.ask("order-service", "").status()).isEqualTo(200);
        shop.apply("09-peerauthentication-user-service");
        soon(() ->
                assertThat(shop.ask("stranger", "").status()).as("PERMISSIVE").isEqualTo(200));
        assertThat(shop.ask("order-service", "").status()).isEqualTo(200);
    }

    @Test
    @Order(11)
    void allowsWhomThePolicyNames() throws IOException, InterruptedException {
        shop.apply("10-authorizationpolicy-user-service");
        soon(() -> assertThat(shop.ask("stranger", "/1").status())
                .as("no identity")
                .isEqualTo(403));
        assertThat(shop.ask("order-service", "/1").status()).isEqualTo(200);
        // Each pod hears of the policy by itself.
        soon(() -> assertThat(shop.ask("order-service", "").status())
                .as("another path")
                .isEqualTo(403));
        assertThat(cluster.run("get", "authorizationpolicies")).contains("user-service-policy");
        shop.delete("10-authorizationpolicy-user-service");
        soon(() -> assertThat(shop.ask("stranger", "/1").status()).isEqualTo(200));
    }

    @Test
    @Order(12)
    void refusesTokensThatNobodyIssued() throws IOException, InterruptedException {
        String token = "Authorization: Bearer eyJhbGciOiJSUzI1NiIsImtpZCI6ImEifQ"
                + ".eyJpc3MiOiJodHRwczovL2F1dGguZXhhbXBsZS5jb20iLCJhdWQiOiJ1c2VyLXNlcnZpY2UifQ.c2ln";
        soon(() ->
                assertThat(shop.ask("order-service", "", "-H", token).status()).isEqualTo(200));
        shop.apply("11-requestauthentication-jwt");
        soon(() ->
                assertThat(shop.ask("order-service", "", "-H", token).status()).isEqualTo(401));
        assertThat(shop.ask("order-service", "").status()).as("no token").isEqualTo(200);
    }

    @Test
    @Order(13)
    void countsByTheSeedsDimensions() throws IOException, InterruptedException {
        soon(() -> assertThat(shop.ask("order-service", "").status()).isEqualTo(200));
        assertThat(requests()).contains("request_protocol=\"http\"").doesNotContain("request_protocol=\"HTTP/1.1\"");
        shop.apply("12-telemetry-custom-metrics");
        if (sidecars == Sidecars.ENVOY) {
            // Its agent counts what it logs, under the standard labels.
            soon(() -> assertThat(conditions("telemetry/custom-metrics")).contains("Accepted=True"));
            assertThat(shop.ask("order-service", "").status()).isEqualTo(200);
            assertThat(requests()).doesNotContain("request_protocol=\"HTTP/1.1\"");
            return;
        }
        soon(() -> {
            assertThat(shop.ask("order-service", "").status()).isEqualTo(200);
            assertThat(requests()).contains("request_protocol=\"HTTP/1.1\"");
        });
    }

    @Test
    @Order(14)
    void showsTheShopInTheDashboard() throws IOException, InterruptedException {
        SeedDashboard.assertShowsTheCalls(shop, sidecars.name().toLowerCase(Locale.ROOT));
    }

    private static String requests() throws IOException, InterruptedException {
        return String.join(
                "\n",
                shop.page("deployment/order-service", 15020, "/stats/prometheus")
                        .lines()
                        .filter(line -> line.startsWith("istio_requests_total"))
                        .toList());
    }

    @Test
    @Order(15)
    void answersTheQuestionsOfTheSeed() throws IOException, InterruptedException {
        assertThat(cluster.run("get", "namespace", "-L", "istio-injection").lines())
                .anyMatch(line -> line.matches("default +Active .* enabled *"));
        assertThat(cluster.run("get", "mutatingwebhookconfigurations")).contains("istio-sidecar-injector");
        cluster.run("label", "namespace", "default", "istio-injection=enabled", "--overwrite");
        String client =
                cluster.run("get", "pods", "-l", "app=order-service", "-o", "jsonpath={.items[0].metadata.name}");
        assertThat(InstalledMesh.lateen("authn", "tls-check", client, "user-service"))
                .containsPattern("(?m)^user-service\\S+ +(OK|AUTO) +PERMISSIVE ");
        assertThat(cluster.run("get", "networkpolicies")).contains("No resources found");
    }

    @Test
    @Order(16)
    void takesTheSeedsOperatorFiles() throws IOException, InterruptedException {
        mesh.installAgain(sidecars.with("-f", seedFile("01-istiooperator-install")));
        assertThat(cluster.run(
                        "-n",
                        "istio-system",
                        "get",
                        "deployment/istiod",
                        "-o",
                        "jsonpath={.spec.template.spec.containers[0].resources.requests}"))
                .contains("\"cpu\":\"200m\"", "\"memory\":\"256Mi\"");
        shop.ask(5, "order-service", "");
        soon(() -> assertThat(cluster.run("logs", "deployment/order-service", "-c", "istio-proxy"))
                .contains("GET /api/users?n="));
        mesh.installAgain(sidecars.with("-f", seedFile("13-istiooperator-tracing")));
        cluster.run("rollout", "restart", "deployment");
        cluster.run("rollout", "status", "deployment", "--timeout=120s");
        cluster.run("-n", "istio-system", "rollout", "restart", "deployment/istio-ingressgateway");
        cluster.run("-n", "istio-system", "rollout", "status", "deployment/istio-ingressgateway", "--timeout=120s");
        shop.forget();
        shop.apply("04-gateway-app-gateway");
        shop.apply("edge");
        String[] at = {"--resolve", "api.example.com:80:" + gateway()};
        soon(() -> assertThat(Curl.once("http://api.example.com/api/orders", at).trace())
                .hasSize(32));
        List<Answer> answers = Curl.times(10, "http://api.example.com/api/orders", at);
        try (PortForward collector = PortForward.start("istio-system", "deployment/jaeger", 8080)) {
            soon(() -> {
                List<String> spans = Kubectl.command(
                                List.of("curl", "-sS", "http://127.0.0.1:" + collector.port() + "/spans"), "")
                        .lines()
                        .toList();
                assertThat(answers)
                        .allSatisfy(answer -> assertThat(spans.stream()
                                        .filter(line -> line.contains(answer.trace()))
                                        .toList()
                                        .toString())
                                .contains("istio-ingressgateway", "order-service.default", "user-service.default"));
            });
        }
    }

    private static String seedFile(String name) {
        return InstalledMesh.HOME
                .resolve("e2e/src/test/resources/dev/lateen/e2e/cluster/seed/" + name + ".yaml")
                .toString();
    }

    @Test
    @Order(17)
    void leavesNothingBehind() throws IOException, InterruptedException {
        shop.remove();
        cluster.run("label", "namespace", "default", "istio-injection-");
        mesh.uninstall();
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(ClusterObjects.changes(before, ClusterObjects.of(cluster)))
                        .isEmpty());
    }

    private static String conditions(String resource) throws IOException, InterruptedException {
        return cluster.run(
                "get", resource, "-o", "jsonpath={range .status.conditions[*]}{.type}={.status} {.message}{end}");
    }

    /// What a change of configuration brings about, as soon as it has arrived.
    private static void soon(ThrowingRunnable check) {
        await().atMost(PATIENCE)
                .ignoreExceptionsMatching(IOException.class::isInstance)
                .untilAsserted(check);
    }
}
