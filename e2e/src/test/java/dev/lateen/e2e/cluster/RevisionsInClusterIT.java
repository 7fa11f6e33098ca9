package dev.lateen.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/// Two control planes beside each other: a namespace goes from one to the other by its tag, and the old one goes, while
/// one pod calls another 50 times a second by mutual TLS.
@EnabledIfSystemProperty(named = "lateen.cluster", matches = "true", disabledReason = "./dev cluster runs it")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class RevisionsInClusterIT {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final String SPACE = "revisions";
    private static final String OTHER_SPACE = "revisions-outside";
    private static final int LEAST = 300;

    private static InstalledMesh mesh;
    private static Kubectl cluster;
    private static String authority = "";

    @BeforeAll
    static void install() throws IOException, InterruptedException {
        mesh = InstalledMesh.install();
        cluster = mesh.cluster();
        authority = secret();
        InstalledMesh.lateen("tag", "set", "prod", "--revision", "default", "--overwrite");
        mesh.deploy("revisions.yaml", SPACE);
        SteadyCalls.begin(cluster, SPACE).assertNoneFailed("one control plane", LEAST);
    }

    @AfterAll
    static void uninstall() throws IOException, InterruptedException {
        cluster.run("delete", "namespace", OTHER_SPACE, "--ignore-not-found", "--wait=true");
        mesh.remove(SPACE);
    }

    @Test
    @Order(1)
    void standsBesideAnother() throws IOException, InterruptedException {
        assertThat(revisions("user-service")).containsExactly("default");
        SteadyCalls calls = SteadyCalls.begin(cluster, SPACE);
        install("canary");
        assertThat(cluster.run("-n", "istio-system", "get", "deployments", "-o", "name"))
                .contains("deployment.apps/istiod\n", "deployment.apps/istiod-canary");
        assertThat(secret()).as("the authority is shared").isEqualTo(authority);
        assertThat(InstalledMesh.lateen("tag", "list")).containsPattern("prod\\s+default\\s+" + SPACE);
        calls.assertNoneFailed("another control plane installed", LEAST);
    }

    @Test
    @Order(2)
    void takesANamespaceOverByItsTag() throws IOException, InterruptedException {
        SteadyCalls calls = SteadyCalls.begin(cluster, SPACE);
        InstalledMesh.lateen("tag", "set", "prod", "--revision", "canary", "--overwrite");
        restart("user-service");
        assertThat(revisions("user-service")).containsExactly("canary");
        assertThat(revisions("load")).containsExactly("default");
        calls.assertNoneFailed("called pods moved", LEAST);
        restart("load");
        assertThat(revisions("load")).containsExactly("canary");
        SteadyCalls.begin(cluster, SPACE).assertNoneFailed("callers moved", LEAST);
    }

    @Test
    @Order(3)
    void goesWhenNobodyUsesIt() throws IOException, InterruptedException {
        SteadyCalls calls = SteadyCalls.begin(cluster, SPACE);
        InstalledMesh.lateen("tag", "set", "default", "--revision", "canary");
        InstalledMesh.lateen("uninstall", "--revision", "default", "-y");
        cluster.run("-n", "istio-system", "wait", "--for=delete", "deployment/istiod", "--timeout=60s");
        assertThat(cluster.run("get", "mutatingwebhookconfigurations", "-o", "name"))
                .contains("istio-sidecar-injector-canary", "istio-revision-tag-prod", "istio-revision-tag-default")
                .doesNotContain("istio-sidecar-injector\n");
        assertThat(secret()).as("the authority stays").isEqualTo(authority);
        restart("user-service");
        calls.assertNoneFailed("the old control plane removed", LEAST);
        assertThat(cluster.run("-n", "istio-system", "get", "deployments", "-o", "name"))
                .contains("istio-ingressgateway");
        assertThat(InstalledMesh.lateen("verify-install", "--revision", "canary"))
                .contains("everything is there and ready");
    }

    @Test
    @Order(4)
    void checksResourcesAndSaysWhatBecameOfThem() throws IOException, InterruptedException {
        Awaitility.await()
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(applied("""
                        apiVersion: networking.istio.io/v1
                        kind: DestinationRule
                        metadata: {name: wrong, namespace: revisions}
                        spec: {host: user-service, trafficPolicy: {loadBalancer: {simple: FASTEST}}}
                        """)).contains("FASTEST"));
        rule(SPACE);
        Awaitility.await().atMost(PATIENCE).until(() -> status(SPACE).contains("Accepted"));
    }

    @Test
    @Order(5)
    void servesTheNamespacesThatItsSettingsSelect() throws IOException, InterruptedException {
        String before = settings("istio-canary", "mesh");
        patch("istio-canary", "mesh", before + "\ndiscoverySelectors:\n- matchLabels: {mesh: \"yes\"}\n");
        Awaitility.await().atMost(PATIENCE).until(() -> metric("pilot_services") == 1);
        cluster.run("create", "namespace", OTHER_SPACE);
        rule(OTHER_SPACE);
        cluster.run("-n", SPACE, "annotate", "destinationrule", "users", "touched=now");
        SteadyCalls calls = SteadyCalls.begin(cluster, SPACE);
        calls.assertNoneFailed("other namespaces left out", LEAST);
        assertThat(status(OTHER_SPACE)).isEmpty();
        assertThat(cluster.run("-n", OTHER_SPACE, "get", "configmaps", "-o", "name"))
                .doesNotContain("istio-ca-root-cert");
        cluster.run("label", "namespace", OTHER_SPACE, "mesh=yes");
        Awaitility.await().atMost(PATIENCE).until(() -> status(OTHER_SPACE).contains("Accepted"));
        assertThat(cluster.run("-n", OTHER_SPACE, "get", "configmaps", "-o", "name"))
                .contains("istio-ca-root-cert");
        patch("istio-canary", "mesh", before);
        Awaitility.await().atMost(PATIENCE).until(() -> metric("pilot_services") > 1);
    }

    @Test
    @Order(6)
    void keepsGoodSettingsWhereNewOnesAreBroken() throws IOException, InterruptedException {
        String injector = settings("istio-sidecar-injector-canary", "values");
        patch("istio-sidecar-injector-canary", "values", "global: {proxy: {logLevel: [");
        Awaitility.await().atMost(PATIENCE).until(() -> refused("istio-sidecar-injector-canary"));
        patch("istio-canary", "mesh", settings("istio-canary", "mesh") + "\nconnectTimeout: soon\n");
        Awaitility.await().atMost(PATIENCE).until(() -> refused("istio-canary"));
        SteadyCalls calls = SteadyCalls.begin(cluster, SPACE);
        restart("user-service");
        assertThat(revisions("user-service")).containsExactly("canary");
        calls.assertNoneFailed("broken settings", LEAST);
        patch("istio-sidecar-injector-canary", "values", injector.replace("logLevel: warning", "logLevel: info"));
        Awaitility.await().atMost(PATIENCE).until(() -> !refused("istio-sidecar-injector-canary"));
        restart("user-service");
        assertThat(cluster.run("-n", SPACE, "get", "pods", "-l", "app=user-service", "-o", "yaml"))
                .contains("--proxyLogLevel=info");
    }

    private static void install(String revision) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of("install", "-y", "--revision", revision));
        words.addAll(InstalledMesh.IMAGES);
        InstalledMesh.lateen(words.toArray(String[]::new));
    }

    /// Until the pods of before have gone, with their logs.
    private static void restart(String deployment) throws IOException, InterruptedException {
        List<String> before = pods(deployment);
        cluster.run("-n", SPACE, "rollout", "restart", "deployment/" + deployment);
        cluster.run("-n", SPACE, "rollout", "status", "deployment/" + deployment, "--timeout=120s");
        for (String pod : before) {
            cluster.run("-n", SPACE, "wait", "--for=delete", pod, "--timeout=60s");
        }
    }

    private static List<String> pods(String app) throws IOException, InterruptedException {
        return cluster.run("-n", SPACE, "get", "pods", "-l", "app=" + app, "-o", "name")
                .lines()
                .filter(line -> !line.isBlank())
                .toList();
    }

    /// Of the pods that are not about to go.
    private static Set<String> revisions(String app) throws IOException, InterruptedException {
        String template =
                "{range .items[*]}{.metadata.deletionTimestamp}|{.metadata.annotations.istio\\.io/rev}{'\\n'}{end}";
        Set<String> found = new TreeSet<>();
        cluster.run("-n", SPACE, "get", "pods", "-l", "app=" + app, "-o", "jsonpath=" + template)
                .lines()
                .filter(line -> line.startsWith("|"))
                .forEach(line -> found.add(line.substring(1)));
        return found;
    }

    private static void rule(String namespace) throws IOException, InterruptedException {
        cluster.apply("""
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: users, namespace: %s}
                spec: {host: user-service, trafficPolicy: {loadBalancer: {simple: ROUND_ROBIN}}}
                """.formatted(namespace));
    }

    private static String status(String namespace) throws IOException, InterruptedException {
        return cluster.run(
                "-n",
                namespace,
                "get",
                "destinationrule",
                "users",
                "-o",
                "jsonpath={.status.conditions[?(@.status==\"True\")].type}");
    }

    private static String applied(String yaml) throws InterruptedException {
        try {
            cluster.apply(yaml);
            return "accepted";
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }

    /// The authority's certificate and key.
    private static String secret() throws IOException, InterruptedException {
        return cluster.run("-n", "istio-system", "get", "secret", "istio-ca-secret", "-o", "jsonpath={.data}");
    }

    private static String settings(String configMap, String key) throws IOException, InterruptedException {
        return cluster.run("-n", "istio-system", "get", "configmap", configMap, "-o", "jsonpath={.data." + key + "}");
    }

    private static void patch(String configMap, String key, String text) throws IOException, InterruptedException {
        String quoted = text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
        cluster.run(
                "-n",
                "istio-system",
                "patch",
                "configmap",
                configMap,
                "--type=merge",
                "-p",
                "{\"data\": {\"" + key + "\": \"" + quoted + "\"}}");
    }

    private static boolean refused(String configMap) throws IOException, InterruptedException {
        return metric("lateen_refused_settings{configmap=\"" + configMap + "\"}") == 1;
    }

    /// 0 for none.
    private static double metric(String name) throws IOException, InterruptedException {
        String page = "/api/v1/namespaces/istio-system/services/istiod-canary:15014/proxy/metrics";
        return cluster.run("get", "--raw", page)
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElse(0);
    }
}
