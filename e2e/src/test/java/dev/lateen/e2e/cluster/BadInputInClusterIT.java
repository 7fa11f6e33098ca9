package dev.lateen.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// Installations that cannot be, or only in part: one clear message, nothing applied that is not said, and a command
/// to go on or back.
@EnabledIfSystemProperty(named = "lateen.cluster", matches = "true", disabledReason = "./dev cluster runs it")
final class BadInputInClusterIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String SPACE = "bad-input";

    private static Kubectl cluster;
    private static Set<String> before = Set.of();

    @TempDir
    private Path directory;

    @BeforeAll
    static void look() throws IOException, InterruptedException {
        InstalledMesh.loadImages();
        cluster = Kubectl.start();
        cluster.run("create", "namespace", SPACE);
        cluster.run("-n", SPACE, "create", "serviceaccount", "nobody");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(cluster.run("-n", SPACE, "get", "serviceaccounts,configmaps"))
                        .contains("nobody", "default", "kube-root-ca.crt"));
        before = ClusterObjects.of(cluster);
    }

    @AfterAll
    static void remove() throws IOException, InterruptedException {
        cluster.run("delete", "namespace", SPACE, "--wait=true");
        cluster.close();
    }

    /// Whatever a test leaves, the next one finds the cluster as it was.
    @AfterEach
    void leavesNothing() throws IOException, InterruptedException {
        InstalledMesh.lateen("uninstall", "-y", "--purge");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(ClusterObjects.changes(before, ClusterObjects.of(cluster)))
                        .isEmpty());
    }

    @Test
    void changesNothingWhereWhatIsAskedIsWrong() throws IOException, InterruptedException {
        assertThat(install("--set", "values.pilot.autoscaleMinn=2"))
                .contains("--set values.pilot.autoscaleMinn=2: error:", "did you mean 'autoscaleMin'?");
        assertThat(install("--set", "profile=dmeo")).contains("no such profile (value: dmeo", "did you mean 'demo'?");
        assertThat(install("-f", overlay("""
                        - kind: Deployment
                          name: istiodd
                          patches: [{path: spec.replicas, value: 2}]
                """))).contains("iop.yaml", "istiodd");
        assertThat(install("-f", overlay("""
                        - kind: Deployment
                          name: istiod
                          patches: [{path: "spec.template.spec.containers.[name:discoveryy].image", value: x}]
                """))).contains("iop.yaml", "discoveryy");
        assertThat(install("-f", directory.resolve("nowhere.yaml").toString())).contains("nowhere.yaml");
        assertUnchanged();
    }

    @Test
    void changesNothingWhereTheClusterIsNotTheOneThatIsMeant() throws IOException, InterruptedException {
        assertThat(install("--context", "nowhere")).contains("no context 'nowhere'");
        Path kubeconfig = Files.writeString(directory.resolve("closed"), """
                apiVersion: v1
                kind: Config
                clusters: [{name: c, cluster: {server: "https://127.0.0.1:1"}}]
                users: [{name: u, user: {token: t}}]
                contexts: [{name: here, context: {cluster: c, user: u}}]
                current-context: here
                """);
        for (List<String> verb : List.of(
                List.of("install", "-y"),
                List.of("upgrade", "-y"),
                List.of("uninstall", "-y"),
                List.of("verify-install"))) {
            List<String> words = new ArrayList<>(verb);
            words.addAll(List.of("--kubeconfig", kubeconfig.toString()));
            assertThat(InstalledMesh.failing(words.toArray(String[]::new)))
                    .as(verb.getFirst())
                    .doesNotStartWith("succeeded")
                    .contains("https://127.0.0.1:1", "Is this the cluster that you mean", "kubectl cluster-info");
        }
        assertThat(InstalledMesh.failing("upgrade", "-y"))
                .contains("there is no installation", "lateen install makes one");
        assertUnchanged();
    }

    @Test
    void saysWhichRightIsMissingAndGoesOnWithIt() throws IOException, InterruptedException {
        String nobody = Kubeconfig.of(cluster, SPACE, "nobody", directory).toString();
        assertThat(install("--kubeconfig", nobody))
                .contains("system:serviceaccount:bad-input:nobody", "lacks a right: kubectl auth can-i");
        assertUnchanged();
        assertThat(InstalledMesh.failing("x", "precheck", "--kubeconfig", nobody))
                .contains("rights are missing: create namespaces", "An installation would fail");
        cluster.apply("""
                apiVersion: rbac.authorization.k8s.io/v1
                kind: ClusterRole
                metadata: {name: bad-input-half}
                rules:
                  - {apiGroups: [""], resources: [namespaces], verbs: ["*"]}
                  - {apiGroups: [apiextensions.k8s.io], resources: [customresourcedefinitions], verbs: ["*"]}
                  - {apiGroups: [apps], resources: [deployments], verbs: [list]}
                """);
        cluster.run(
                "create",
                "clusterrolebinding",
                "bad-input-half",
                "--clusterrole=bad-input-half",
                "--serviceaccount=bad-input:nobody");
        try {
            assertThat(install("--kubeconfig", nobody))
                    .contains("applying Namespace istio-system", "lacks a right")
                    .contains("What was done so far stays; with the right the same command goes on from there");
        } finally {
            cluster.run("delete", "clusterrolebinding,clusterrole", "bad-input-half");
        }
        assertThat(InstalledMesh.failing("verify-install"))
                .contains("✘ Deployment istio-system/istiod: missing", "lateen install brings it in line");
        assertThat(install()).startsWith("succeeded").contains("installed");
        assertThat(InstalledMesh.lateen("verify-install")).contains("everything is there and ready");
    }

    @Test
    void bringsHalfAnInstallationInLine() throws IOException, InterruptedException {
        assertThat(install()).startsWith("succeeded");
        cluster.run("-n", "istio-system", "delete", "service/istiod", "deployment/istio-ingressgateway");
        cluster.run("delete", "clusterrolebinding", "istiod-clusterrole-istio-system", "--ignore-not-found");
        assertThat(InstalledMesh.failing("verify-install"))
                .contains("✘ Service istio-system/istiod: missing")
                .contains("✘ Deployment istio-system/istio-ingressgateway: missing")
                .contains("lateen install brings it in line");
        assertThat(install()).startsWith("succeeded");
        assertThat(InstalledMesh.lateen("verify-install")).contains("everything is there and ready");
    }

    @Test
    void leavesAnotherMeshAlone() throws IOException, InterruptedException {
        cluster.run("create", "namespace", "istio-system");
        try {
            for (String version : List.of("1.18.0", "9.9.0")) {
                cluster.apply("""
                        apiVersion: apps/v1
                        kind: Deployment
                        metadata: {name: istiod, namespace: istio-system, labels: {app: istiod}}
                        spec:
                          replicas: 0
                          selector: {matchLabels: {app: istiod}}
                          template:
                            metadata: {labels: {app: istiod}}
                            spec:
                              containers: [{name: discovery, image: "istio/pilot:%s", args: [discovery]}]
                        """.formatted(version));
                assertThat(install())
                        .contains("another mesh is on this cluster", "istio/pilot:" + version)
                        .contains("istioctl uninstall", "--force");
                assertThat(InstalledMesh.failing("x", "precheck"))
                        .contains("another mesh has the names of this one", "istio/pilot:" + version);
            }
            assertThat(cluster.run("-n", "istio-system", "get", "deployment,service,serviceaccount", "-o", "name"))
                    .isEqualToIgnoringNewLines("deployment.apps/istiodserviceaccount/default");
        } finally {
            cluster.run("delete", "namespace", "istio-system", "--wait=true");
        }
    }

    /// A newer Istio has stored resources in a version that is not known here: nobody could read them any more.
    @Test
    void refusesToReplaceDefinitionsOfANewerIstio() throws IOException, InterruptedException {
        cluster.apply("""
                apiVersion: apiextensions.k8s.io/v1
                kind: CustomResourceDefinition
                metadata: {name: proxyconfigs.networking.istio.io}
                spec:
                  group: networking.istio.io
                  names: {kind: ProxyConfig, plural: proxyconfigs, singular: proxyconfig}
                  scope: Namespaced
                  versions:
                    - name: v7
                      served: true
                      storage: true
                      schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
                """);
        cluster.run("wait", "--for=condition=established", "crd/proxyconfigs.networking.istio.io", "--timeout=30s");
        try {
            assertThat(InstalledMesh.failing("x", "precheck"))
                    .contains("has stored proxyconfigs.networking.istio.io as v7", "An installation would fail");
            assertThat(install())
                    .contains("proxyconfigs.networking.istio.io", "v7", "a version that this mesh does not know")
                    .doesNotContain("applying");
        } finally {
            cluster.run("delete", "crd", "proxyconfigs.networking.istio.io");
        }
        assertUnchanged();
    }

    /// An older Istio's definitions lack versions of today; its resources stay.
    @Test
    void takesOverResourcesOfAnOlderIstio() throws IOException, InterruptedException {
        cluster.apply("""
                apiVersion: apiextensions.k8s.io/v1
                kind: CustomResourceDefinition
                metadata: {name: virtualservices.networking.istio.io}
                spec:
                  group: networking.istio.io
                  names: {kind: VirtualService, plural: virtualservices, singular: virtualservice, shortNames: [vs]}
                  scope: Namespaced
                  versions:
                    - name: v1alpha3
                      served: true
                      storage: true
                      schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
                """);
        cluster.run("wait", "--for=condition=established", "crd/virtualservices.networking.istio.io", "--timeout=30s");
        cluster.apply("""
                apiVersion: networking.istio.io/v1alpha3
                kind: VirtualService
                metadata: {name: old, namespace: bad-input}
                spec:
                  hosts: [old.example]
                  http: [{timeout: 3s, route: [{destination: {host: old.example}}]}]
                """);
        assertThat(InstalledMesh.lateen("x", "precheck"))
                .contains("lack versions of today: virtualservices.networking.istio.io");
        assertThat(install("--set", "profile=minimal")).startsWith("succeeded");
        assertThat(cluster.run(
                        "-n",
                        SPACE,
                        "get",
                        "virtualservices.v1.networking.istio.io",
                        "old",
                        "-o",
                        "jsonpath={.spec.hosts} {.spec.http[0].timeout}"))
                .isEqualTo("[\"old.example\"] 3s");
    }

    private static void assertUnchanged() throws IOException, InterruptedException {
        assertThat(ClusterObjects.changes(before, ClusterObjects.of(cluster))).isEmpty();
    }

    private static String install(String... options) throws InterruptedException {
        List<String> words = new ArrayList<>(List.of("install", "-y"));
        words.addAll(InstalledMesh.IMAGES);
        words.addAll(List.of(options));
        return InstalledMesh.failing(words.toArray(String[]::new));
    }

    private String overlay(String overlay) throws IOException {
        return Files.writeString(directory.resolve("iop.yaml"), """
                apiVersion: install.istio.io/v1alpha1
                kind: IstioOperator
                spec:
                  components:
                    pilot:
                      k8s:
                        overlays:
                """ + overlay.indent(0))
                .toString();
    }
}
