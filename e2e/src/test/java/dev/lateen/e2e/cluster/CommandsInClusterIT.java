package dev.lateen.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// Types each verb against a cluster in which the mesh and the shop run, and reads what it says; also where
/// something is broken.
@EnabledIfSystemProperty(named = "lateen.cluster", matches = "true", disabledReason = "./dev cluster runs it")
final class CommandsInClusterIT {
    private static InstalledMesh mesh;
    private static Kubectl cluster;

    @TempDir
    private Path directory;

    @BeforeAll
    static void install() throws IOException, InterruptedException {
        mesh = InstalledMesh.install();
        cluster = mesh.cluster();
        mesh.deploy("shop.yaml", "shop");
        cluster.apply("""
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: user-service, namespace: shop}
                spec:
                  hosts: [user-service]
                  http:
                    - match: [{headers: {version: {exact: v2}}}]
                      route: [{destination: {host: user-service, subset: v2}}]
                    - route: [{destination: {host: user-service, subset: v1}}]
                ---
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: user-service, namespace: shop}
                spec:
                  host: user-service
                  subsets: [{name: v1, labels: {version: v1}}, {name: v2, labels: {version: v2}}]
                """);
        assertThat(lateen("wait", "--for=distribution", "vs", "user-service.shop", "--timeout", "60s"))
                .contains("in force on");
    }

    @AfterAll
    static void uninstall() throws IOException, InterruptedException {
        if (!InstalledMesh.isKept()) {
            cluster.run("delete", "namespace", "commands", "--ignore-not-found", "--wait=true");
        }
        mesh.remove("shop");
    }

    @Test
    void countsControlPlanesAndProxies() throws IOException, InterruptedException {
        assertThat(lateen("version"))
                .contains("client version: ")
                .contains("control plane version: ")
                .contains("data plane version: ")
                .contains("(4 proxies)");
    }

    @Test
    void showsWhichProxiesAreInSync() throws IOException, InterruptedException {
        assertThat(lateen("proxy-status"))
                .contains("order-service-")
                .contains(".shop")
                .contains("istio-ingressgateway");
        assertThat(lateen("ps", "-v", "1", "-n", "shop")).contains("SYNCED").doesNotContain("STALE", "ingressgateway");
        assertThat(lateen("ps", "deploy/order-service", "-n", "shop"))
                .contains("Clusters Match", "Listeners Match", "Routes Match");
    }

    @Test
    void showsWhatAProxyHolds() throws IOException, InterruptedException {
        assertThat(lateen("pc", "clusters", "deploy/order-service.shop", "--fqdn", "user-service"))
                .contains("user-service.shop.svc.cluster.local", "v2");
        assertThat(lateen("pc", "routes", "svc/order-service", "-n", "shop")).contains("user-service.shop");
        assertThat(lateen("pc", "listeners", "deploy/order-service.shop", "--port", "15006"))
                .contains("15006");
        assertThat(lateen("pc", "endpoints", "deploy/order-service.shop", "--status", "healthy"))
                .contains("outbound|80|v2|user-service.shop.svc.cluster.local");
        assertThat(lateen("pc", "secrets", "deploy/order-service.shop"))
                .contains("ROOTCA")
                .doesNotContain("PRIVATE KEY");
        assertThat(lateen("pc", "bootstrap", "deploy/order-service.shop")).contains("node");
        assertThat(lateen("pc", "all", "deploy/order-service.shop")).contains("user-service");
        assertThat(lateen("pc", "log", "deploy/order-service.shop", "--level", "http:debug"))
                .contains("active loggers");
        lateen("pc", "log", "deploy/order-service.shop", "--reset");
    }

    @Test
    void asksBothEndsAboutTls() throws IOException, InterruptedException {
        assertThat(lateen("authn", "tls-check", "deploy/order-service.shop", "user-service.shop.svc.cluster.local"))
                .containsPattern("user-service.shop.svc.cluster.local:80 +AUTO +PERMISSIVE");
        assertThat(lateen("x", "authz", "check", "deploy/user-service-v1.shop")).isNotEmpty();
        assertThat(lateen("can", "deploy/order-service.shop", "GET", "user-service.shop/api/users"))
                .containsIgnoringCase("allowed");
    }

    @Test
    void describesPodsAndServices() throws IOException, InterruptedException {
        assertThat(lateen("x", "describe", "pod", "deploy/user-service-v2.shop"))
                .contains("Service: user-service.shop")
                .contains("Port: http 80/HTTP targets pod port 8080")
                .contains("Matching subsets: v2 (others: v1)")
                .contains("1. header version exact v2 → user-service subset v2")
                .contains("Workload mTLS mode: PERMISSIVE");
        assertThat(lateen("x", "describe", "service", "user-service.shop"))
                .contains("VirtualService: user-service.shop");
    }

    @Test
    void findsNothingBrokenInTheShop() throws IOException, InterruptedException {
        assertThat(lateen("check", "deploy/order-service.shop"))
                .contains("✔ label", "✔ webhook", "✔ sidecar", "✔ sync", "✔ service")
                .contains("no link is broken");
    }

    @Test
    void namesTheFirstBrokenLink() throws IOException, InterruptedException {
        cluster.apply("""
                apiVersion: v1
                kind: Namespace
                metadata: {name: commands}
                ---
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: lonely, namespace: commands}
                spec:
                  selector: {matchLabels: {app: lonely}}
                  template:
                    metadata: {labels: {app: lonely}}
                    spec: {containers: [{name: app, image: "${hub}/shop:${tag}", args: [UserService]}]}
                """.replace("${hub}/shop:${tag}", InstalledMesh.filled("${hub}/shop:${tag}")));
        cluster.run("-n", "commands", "rollout", "status", "deployment", "--timeout=60s");
        assertThat(failing("check", "deploy/lonely", "-n", "commands"))
                .contains("✘ label: namespace 'commands' has no label istio-injection=enabled")
                .contains("kubectl label namespace commands istio-injection=enabled --overwrite");
        assertThat(lateen("x", "check-inject", "-n", "commands")).containsPattern("lonely-\\S+ +no +no +namespace");
        assertThat(failing("pc", "clusters", "deploy/lonely.commands")).contains("has no sidecar", "x check-inject");

        cluster.run("label", "namespace", "commands", "istio-injection=enabled", "--overwrite");
        assertThat(failing("check", "deploy/lonely", "-n", "commands"))
                .contains("✔ label", "✔ webhook", "✘ sidecar")
                .contains("kubectl -n commands rollout restart deployment/lonely");
        assertThat(lateen("x", "check-inject", "deploy/lonely.commands")).containsPattern("lonely-\\S+ +no +yes +");
        assertThat(lateen("x", "injector", "list"))
                .containsPattern("commands +default +- +0/1 +istio-injection=enabled")
                .containsPattern("istio-sidecar-injector +default +- +istiod.istio-system +yes");

        cluster.apply("""
                apiVersion: security.istio.io/v1
                kind: AuthorizationPolicy
                metadata: {name: nothing, namespace: shop}
                spec: {selector: {matchLabels: {app: user-service, version: v1}}}
                """);
        lateen("wait", "authorizationpolicy", "nothing.shop");
        assertThat(failing("check", "deploy/user-service-v1.shop"))
                .contains("✘ policy: AuthorizationPolicy nothing.shop")
                .contains("denies every request");
        cluster.run("-n", "shop", "delete", "authorizationpolicy", "nothing");
    }

    @Test
    void namesTheNetworkPolicyThatIsInTheWay() throws IOException, InterruptedException {
        cluster.apply("""
                apiVersion: networking.k8s.io/v1
                kind: NetworkPolicy
                metadata: {name: closed, namespace: shop}
                spec:
                  podSelector: {matchLabels: {version: v2}}
                  policyTypes: [Ingress]
                """);
        assertThat(failing("check", "deploy/user-service-v2.shop"))
                .contains("✘ NetworkPolicy: closed lets nobody in at port 8080");
        cluster.run("-n", "shop", "delete", "networkpolicy", "closed");
    }

    @Test
    void setsTheLevelsOfTheControlPlanesLog() throws IOException, InterruptedException {
        assertThat(lateen("admin", "log", "--level", "control:debug")).containsPattern("dev.lateen.control +debug");
        assertThat(lateen("admin", "log", "--reset")).doesNotContainPattern("(?m) debug$");
        assertThat(failing("admin", "log", "--level", "no.such.part:debug")).contains("there is no such logger");
    }

    @Test
    void letsAnotherClusterRead() throws IOException, InterruptedException {
        String secret = lateen("create-remote-secret", "--name", "east");
        assertThat(secret).contains("istio-remote-secret-east", "istio/multiCluster", "token: ");
        String inner = Kubectl.command(
                List.of("kubectl", "create", "--dry-run=client", "-o", "jsonpath={.stringData.east}", "-f", "-"),
                secret);
        Path kubeconfig = Files.writeString(directory.resolve("east"), inner);
        assertThat(cluster.run("--kubeconfig", kubeconfig.toString(), "-n", "shop", "get", "pods", "-o", "name"))
                .contains("pod/order-service-");
    }

    @Test
    void collectsAReportWithoutSecrets() throws IOException, InterruptedException {
        cluster.apply("""
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: careless, namespace: istio-system}
                data: {url: "postgres://ann:hunter22@db/shop", "app.properties": "db.password=hunter22"}
                """);
        Path file = directory.resolve("report.zip");
        assertThat(lateen("bug-report", "--file", file.toString())).contains("report.zip");
        cluster.run("-n", "istio-system", "delete", "configmap", "careless");
        String key = cluster.run(
                "-n", "istio-system", "get", "secret", "istio-ca-secret", "-o", "jsonpath={.data.ca-key\\.pem}");
        assertThat(key).hasSizeGreaterThan(60);
        try (ZipFile report = new ZipFile(file.toFile())) {
            assertThat(report.stream().map(ZipEntry::getName))
                    .anyMatch(name -> name.matches("control-plane/istiod-.*/syncz.json"))
                    .anyMatch(name -> name.matches("control-plane/istiod-.*/discovery.log"))
                    .anyMatch(name -> name.matches("proxies/shop/order-service-.*/config_dump.json"))
                    .anyMatch(name -> name.matches("proxies/shop/order-service-.*/istio-proxy.log"))
                    .contains("namespaces/shop/Service.yaml", "namespaces/istio-system/ConfigMap.yaml");
            for (ZipEntry entry : report.stream().toList()) {
                String text = new String(report.getInputStream(entry).readAllBytes(), StandardCharsets.UTF_8);
                assertThat(text)
                        .as(entry.getName())
                        .doesNotContain("hunter22", key.substring(20, 60))
                        .doesNotContainPattern("BEGIN [A-Z ]*PRIVATE KEY")
                        .doesNotContainPattern("eyJ[A-Za-z0-9_-]{20,}\\.eyJ");
            }
        }
    }

    @Test
    void looksAtTheClusterBeforeAnInstallation() throws IOException, InterruptedException {
        assertThat(lateen("x", "precheck"))
                .contains("a control plane is there: istiod.istio-system")
                .contains("Nothing is in the way");
    }

    @Test
    void namesTheRightThatIsMissing() throws IOException, InterruptedException {
        cluster.run("-n", "shop", "create", "serviceaccount", "nobody");
        Path kubeconfig = Kubeconfig.of(cluster, "shop", "nobody", directory);
        assertThat(failing("ps", "--kubeconfig", kubeconfig.toString()))
                .contains("system:serviceaccount:shop:nobody")
                .contains("kubectl auth can-i list pods -n istio-system");
    }

    @Test
    void saysWhatIsNotThere() throws IOException, InterruptedException {
        assertThat(failing("ps", "-i", "nowhere"))
                .contains("there is no control plane in namespace nowhere")
                .contains("there is one in istio-system (revision default)");
        assertThat(failing("ps", "--context", "nowhere")).contains("no context 'nowhere'");
        assertThat(failing("pc", "clusters", "deploy/oder-service", "-n", "shop"))
                .contains("there is no Deployment 'oder-service' in namespace shop")
                .contains("order-service-");
        assertThat(failing("wait", "vs", "nothing.shop", "--timeout", "1s"))
                .contains("not known to every control plane");
    }

    private static String lateen(String... arguments) throws IOException, InterruptedException {
        return InstalledMesh.lateen(arguments);
    }

    private static String failing(String... arguments) throws InterruptedException {
        return InstalledMesh.failing(arguments);
    }
}
