package dev.lateen.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/// Envoy and our proxy in one mesh: beside workloads, as a gateway, in jobs, and what life-cycle hooks ask of both.
@EnabledIfSystemProperty(named = "lateen.cluster", matches = "true", disabledReason = "./dev cluster runs it")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class DataPlanesInClusterIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static InstalledMesh mesh;
    private static Kubectl cluster;

    @BeforeAll
    static void install() throws IOException, InterruptedException {
        mesh = InstalledMesh.install(
                "--set", "values.gateways.istio-ingressgateway.podAnnotations.lateen\\.dev/data-plane=envoy");
        cluster = mesh.cluster();
        mesh.deploy("planes.yaml", "planes");
    }

    @AfterAll
    static void uninstall() throws IOException, InterruptedException {
        mesh.remove("planes");
    }

    @Test
    @Order(1)
    void givesEachPodTheProxyThatItAsksFor() throws IOException, InterruptedException {
        assertThat(image("planes", "app=user-service", "initContainers")).contains("/proxy-envoy:");
        assertThat(image("planes", "app=order-service", "containers")).contains("/proxy:");
        assertThat(image("istio-system", "istio=ingressgateway", "containers")).contains("/proxy-envoy:");
    }

    @Test
    @Order(2)
    void leadsRequestsFromAGatewayOfEnvoyThroughBothProxies() throws IOException, InterruptedException {
        String gateway = cluster.run(
                "-n",
                "istio-system",
                "get",
                "service",
                "istio-ingressgateway",
                "-o",
                "jsonpath={.status.loadBalancer.ingress[0].ip}");
        Awaitility.await()
                .atMost(PATIENCE)
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(Kubectl.command(
                                List.of(
                                        "curl",
                                        "-s",
                                        "-m",
                                        "5",
                                        "-H",
                                        "host: planes.example",
                                        "http://" + gateway + "/api/orders"),
                                ""))
                        .contains("\"status\":200", "\"version\":\"v1\""));
    }

    @Test
    @Order(2)
    void answersWhatIsAskedInTheContainersOfBoth() throws IOException, InterruptedException {
        for (String deployment : List.of("user-service", "order-service")) {
            assertThat(agent(deployment, "wait")).as(deployment).isEmpty();
            assertThat(agent(deployment, "request", "GET", "stats"))
                    .as(deployment)
                    .contains("server.state: 0");
        }
    }

    @Test
    @Order(3)
    void letsJobsComplete() throws IOException, InterruptedException {
        cluster.apply(InstalledMesh.manifest("jobs.yaml"));
        cluster.run("-n", "planes", "wait", "--for=condition=complete", "job", "--all", "--timeout=90s");
    }

    @Test
    @Order(4)
    void endsWithoutAComplaintOfItsHooks() throws IOException, InterruptedException {
        cluster.run("-n", "planes", "delete", "deployment", "--all", "--wait=true");
        cluster.run("-n", "planes", "wait", "--for=delete", "pod", "-l", "app in (user-service,order-service)");
        assertThat(cluster.run("-n", "planes", "get", "events", "-o", "jsonpath={.items[*].reason}"))
                .doesNotContain("FailedPreStopHook", "FailedPostStartHook");
    }

    private static String agent(String deployment, String... words) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(
                List.of("-n", "planes", "exec", "deploy/" + deployment, "-c", "istio-proxy", "--", "pilot-agent"));
        all.addAll(List.of(words));
        return cluster.run(all.toArray(String[]::new));
    }

    private static String image(String namespace, String labels, String list) throws IOException, InterruptedException {
        return cluster.run(
                "-n",
                namespace,
                "get",
                "pods",
                "-l",
                labels,
                "-o",
                "jsonpath={.items[*].spec." + list + "[?(@.name=='istio-proxy')].image}");
    }
}
