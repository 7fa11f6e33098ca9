package dev.lateen.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/// Installs the mesh in a cluster, deploys the shop and sends requests from pod to pod.
@EnabledIfSystemProperty(named = "lateen.cluster", matches = "true", disabledReason = "./dev cluster runs it")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class ShopInClusterIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static InstalledMesh mesh;
    private static Kubectl cluster;
    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(
                    HttpClient.Version.HTTP_1_1) // API servers take an offer of HTTP/2 for an upgrade of the connection
            .build();

    @BeforeAll
    static void install() throws IOException, InterruptedException {
        mesh = InstalledMesh.install();
        cluster = mesh.cluster();
        mesh.deploy("shop.yaml", "shop");
        cluster.apply(routing());
    }

    @AfterAll
    static void uninstall() throws IOException, InterruptedException {
        if (mesh != null) {
            mesh.remove("shop");
        }
    }

    @Test
    @Order(1)
    void injectsTheSidecarIntoEachPod() throws IOException, InterruptedException {
        String containers = cluster.run(
                "-n", "shop", "get", "pods", "-o", "jsonpath={range .items[*]}{.spec.initContainers[*].name}{'\\n'}");
        assertThat(containers.strip().lines()).hasSize(3).allMatch(line -> line.equals("istio-init istio-proxy"));
    }

    @Test
    @Order(2)
    void routesByTheSeedsVirtualService() {
        Awaitility.await()
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(order("version", "v2").body()).contains("\"version\":\"v2\""));
        for (int i = 0; i < 20; i++) {
            assertThat(order("version", "v2").body()).contains("\"status\":200", "\"version\":\"v2\"");
        }
        int first = 0;
        for (int i = 0; i < 100; i++) {
            first += order("x-any", "1").body().contains("\"version\":\"v1\"") ? 1 : 0;
        }
        assertThat(first).isBetween(75, 99);
    }

    @Test
    @Order(3)
    void speaksMutualTlsBetweenTheSidecars() throws IOException, InterruptedException {
        cluster.apply("""
                apiVersion: security.istio.io/v1
                kind: PeerAuthentication
                metadata: {name: strict, namespace: shop}
                spec:
                  selector: {matchLabels: {app: user-service}}
                  mtls: {mode: STRICT}
                """);
        // The API server has no certificate of the mesh.
        String direct = cluster.service("shop", "user-service", 80, "/api/users");
        Awaitility.await()
                .atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(get(direct, "x-any", "1").statusCode()).isNotEqualTo(200));
        assertThat(order("version", "v2").body()).contains("\"status\":200");
    }

    @Test
    @Order(4)
    void refusesABrokenResourceWithItsField() {
        assertThat(refusal("""
                        apiVersion: security.istio.io/v1
                        kind: PeerAuthentication
                        metadata: {name: broken, namespace: shop}
                        spec:
                          selector: {matchLabels: {app: user-service}}
                          portLevelMtls: {"0": {mode: STRICT}}
                        """)).contains("portLevelMtls");
    }

    @Test
    @Order(5)
    void saysInEachResourceWhatBecameOfIt() throws IOException, InterruptedException {
        Awaitility.await()
                .atMost(PATIENCE)
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(status("virtualservice/user-service"))
                        .contains("Accepted=True", "PassedAnalysis=True"));
        cluster.apply("""
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: dangling, namespace: shop}
                spec:
                  hosts: [user-service]
                  gateways: [no-such-gateway]
                  http: [{route: [{destination: {host: no-such-service}}]}]
                """);
        Awaitility.await()
                .atMost(PATIENCE)
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(status("virtualservice/dangling"))
                        .contains("Accepted=True", "PassedAnalysis=False", "no-such-service"));
        cluster.run("-n", "shop", "delete", "virtualservice", "dangling");
    }

    private static String status(String resource) throws IOException, InterruptedException {
        return cluster.run(
                "-n",
                "shop",
                "get",
                resource,
                "-o",
                "jsonpath={range .status.conditions[*]}{.type}={.status} {end}{.status.validationMessages[*].message}");
    }

    @Test
    @Order(5)
    void injectsWhatAPodAsksForInANamespaceWithoutLabel() throws IOException, InterruptedException {
        for (String[] one : new String[][] {{"labels", "with-label"}, {"annotations", "with-annotation"}}) {
            cluster.apply("""
                    apiVersion: v1
                    kind: Pod
                    metadata: {name: %s, namespace: default, %s: {sidecar.istio.io/inject: "true"}}
                    spec: {containers: [{name: app, image: "none.local/none:1", imagePullPolicy: Never}]}
                    """.formatted(one[1], one[0]));
            assertThat(cluster.run(
                            "-n", "default", "get", "pod", one[1], "-o", "jsonpath={.spec.initContainers[*].name}"))
                    .as(one[1])
                    .contains("istio-proxy");
            cluster.run("-n", "default", "delete", "pod", one[1], "--grace-period=0", "--force");
        }
    }

    @Test
    @Order(5)
    void givesAGatewayItsCertificateFromASecret() throws IOException, InterruptedException {
        // Its Service's port is the pod's 8443, which any user may bind.
        mesh.deploy("gateway.yaml", "istio-system");
        for (String name : List.of("first.example", "second.example")) {
            cluster.apply(TlsSecret.of("istio-system", "edge-cert", name));
            // A forward ends with the first connection that the pod refuses, as it does while it has no certificate.
            Awaitility.await().atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> {
                try (PortForward edge = PortForward.start("istio-system", "service/edge", 443)) {
                    assertThat(edge.certificate().getSubjectX500Principal().getName())
                            .contains("CN=" + name);
                }
            });
        }
        assertThat(get(cluster.service("istio-system", "https:edge", 443, "/api/orders"), "version", "v2")
                        .body())
                .contains("\"version\":\"v2\"");
    }

    @Test
    @Order(5)
    void servesWhileTheControlPlaneIsReplaced() throws IOException, InterruptedException {
        cluster.run("-n", "istio-system", "rollout", "restart", "deployment/istiod");
        int failed = 0;
        int asked = 0;
        long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (System.nanoTime() < end) {
            asked++;
            failed += order("version", "v2").body().contains("\"version\":\"v2\"") ? 0 : 1;
        }
        cluster.run("-n", "istio-system", "rollout", "status", "deployment/istiod", "--timeout=120s");
        assertThat(failed).as("failed of %s", asked).isZero();
    }

    @Test
    @Order(6)
    void verifiesItsInstallation() throws IOException, InterruptedException {
        assertThat(InstalledMesh.lateen("verify-install")).contains("everything is there and ready");
    }

    private static HttpResponse<String> order(String header, String value) {
        return get(cluster.service("shop", "order-service", 80, "/api/orders"), header, value);
    }

    private static HttpResponse<String> get(String address, String header, String value) {
        try {
            return CLIENT.send(
                    HttpRequest.newBuilder(URI.create(address))
                            .header(header, value)
                            .timeout(Duration.ofSeconds(15))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new AssertionError(address, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(address, e);
        }
    }

    private static String refusal(String yaml) {
        try {
            cluster.apply(yaml);
            return "accepted";
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }

    /// The demo's own, in the shop's namespace.
    private static String routing() throws IOException {
        return Files.readString(InstalledMesh.HOME.resolve("demo/manifests/user-service-routing.yaml"))
                .replace("  name: user-service\n", "  name: user-service\n  namespace: shop\n");
    }
}
