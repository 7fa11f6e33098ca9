package dev.lateen.local.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.local.manifest.WorkloadSpec.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManifestsTest {
    private static final String DEPLOYMENT = """
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              name: users
            spec:
              replicas: 3
              template:
                metadata:
                  labels: {app: users}
                  annotations:
                    local.lateen.dev/command: run 'a b' --port 1
                spec:
                  containers:
                  - name: users
                    image: registry/users:1
                    args: [ignored]
                    ports:
                    - {containerPort: 8080, name: http}
                    readinessProbe:
                      httpGet: {path: /health, port: http}
            """;

    @TempDir
    Path directory = Path.of("");

    private ManifestSet load(String yaml) throws IOException {
        Files.writeString(directory.resolve("all.yaml"), yaml);
        return new Manifests(List.of(directory)).load();
    }

    @Test
    void takesTheAnnotationAsTheLocalCommandWithQuotesObserved() throws IOException {
        WorkloadSpec users = load(DEPLOYMENT).workloads().getFirst();

        assertThat(users.replicas()).isEqualTo(3);
        assertThat(users.containers().getFirst().command()).containsExactly("run", "a b", "--port", "1");
    }

    @Test
    void replacesAPodWhenWhatIsInForceForItsProxyChanges() throws IOException {
        String before = load(DEPLOYMENT).workloads().getFirst().fingerprint();
        WorkloadSpec configured = load(DEPLOYMENT + """
                ---
                apiVersion: networking.istio.io/v1beta1
                kind: ProxyConfig
                metadata: {name: users}
                spec: {selector: {matchLabels: {app: users}}, environmentVariables: {WHO: users}}
                ---
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: istio, namespace: istio-system}
                data:
                  mesh: |
                    defaultConfig: {drainDuration: 7s}
                """).workloads().getFirst();

        assertThat(configured.proxy().metadata()).containsEntry("WHO", "users");
        assertThat(configured.proxy().differences()).contains("\"drainDuration\":\"7s\"");
        assertThat(configured.fingerprint()).isNotEqualTo(before);
    }

    @Test
    void saysWhereAnAnnotationIsNoObject() throws IOException {
        ManifestSet set = load(
                DEPLOYMENT.replace("local.lateen.dev/command: run 'a b' --port 1", "proxy.istio.io/config: '[1]'"));

        assertThat(set.workloads()).isEmpty();
        assertThat(set.diagnostics().getFirst().toString())
                .contains("all.yaml:11:", "proxy.istio.io/config", "expected: a YAML object");
    }

    @Test
    void saysWhichAnnotationIsNotUnderstoodAndTakesTheOtherWorkloads() throws IOException {
        String other = DEPLOYMENT.replace("name: users\nspec", "name: others\nspec");
        ManifestSet set = load(other
                + "---\n"
                + DEPLOYMENT.replace(
                        "local.lateen.dev/command: run 'a b' --port 1", "sidecar.istio.io/interceptionMode: SIDEWAYS"));

        assertThat(set.workloads()).extracting(WorkloadSpec::name).containsExactly("others");
        assertThat(set.diagnostics().getFirst().toString())
                .contains("interceptionMode", "SIDEWAYS", "expected: REDIRECT, TPROXY or NONE");
    }

    @Test
    void leavesTheCommandEmptyWhenOnlyTheImageKnowsIt() throws IOException {
        String withoutAnnotation = DEPLOYMENT.replace("local.lateen.dev/command", "unrelated");

        assertThat(load(withoutAnnotation)
                        .workloads()
                        .getFirst()
                        .containers()
                        .getFirst()
                        .command())
                .isEmpty();
    }

    @Test
    void findsAProbesPortByItsName() throws IOException {
        ContainerSpec container =
                load(DEPLOYMENT).workloads().getFirst().containers().getFirst();

        assertThat(container.port("http")).contains(8080);
        assertThat(container.port("9090")).contains(9090);
        assertThat(container.port("metrics")).isEmpty();
    }

    @Test
    void injectsUnlessTheTemplateSaysNo() throws IOException {
        String refused = DEPLOYMENT.replace("annotations:", "annotations:\n        sidecar.istio.io/inject: \"false\"");

        assertThat(load(DEPLOYMENT).workloads().getFirst().role()).isEqualTo(Role.SIDECAR);
        assertThat(load(refused).workloads().getFirst().role()).isEqualTo(Role.NONE);
    }

    @Test
    void keepsTheFingerprintWhenAContainerOnlyMoves() throws IOException {
        String before = load(DEPLOYMENT).workloads().getFirst().fingerprint();
        String moved = load("# a comment\n" + DEPLOYMENT).workloads().getFirst().fingerprint();
        String changed = load(DEPLOYMENT.replace("--port 1", "--port 2"))
                .workloads()
                .getFirst()
                .fingerprint();

        assertThat(moved).isEqualTo(before);
        assertThat(changed).isNotEqualTo(before);
    }

    @Test
    void keepsTheGoodDocumentsOfAFileWithABrokenOne() throws IOException {
        ManifestSet set = load(DEPLOYMENT + "---\nkind: [broken\n");

        assertThat(set.workloads()).hasSize(1);
        assertThat(set.diagnostics()).isNotEmpty();
    }

    @Test
    void impliesTheIngressGatewayThatNoManifestDeclares() throws IOException {
        ManifestSet set = load("""
                apiVersion: networking.istio.io/v1
                kind: Gateway
                metadata: {name: app}
                spec:
                  selector: {istio: ingressgateway}
                  servers:
                  - port: {number: 80, name: http, protocol: HTTP}
                    hosts: ["*"]
                """);

        var implied = ImpliedGateways.of(set).getFirst();

        assertThat(implied.workload().namespace()).isEqualTo("istio-system");
        assertThat(implied.workload().name()).isEqualTo("istio-ingressgateway");
        assertThat(implied.workload().labels()).containsAllEntriesOf(Map.of("istio", "ingressgateway"));
        assertThat(implied.ports()).containsExactly(80);
    }

    @Test
    void impliesTheGatewayOfAnIngress() throws IOException {
        ManifestSet set = load("""
                apiVersion: networking.k8s.io/v1
                kind: Ingress
                metadata:
                  name: app
                  annotations: {kubernetes.io/ingress.class: istio}
                spec:
                  tls: [{secretName: cert}]
                  defaultBackend: {service: {name: app, port: {number: 80}}}
                """);

        var implied = ImpliedGateways.of(set).getFirst();

        assertThat(implied.workload().name()).isEqualTo("istio-ingressgateway");
        assertThat(implied.ports()).containsExactly(80, 443);
    }

    @Test
    void writesAPodThatParsesBackWithItsAddress() throws IOException {
        WorkloadSpec users = load(DEPLOYMENT).workloads().getFirst();
        Path written = directory.resolve("runtime");
        new PodManifest("users-x-0", users, "127.9.1.2", "127.9.0.1", java.time.Instant.EPOCH, "Running", true)
                .writeTo(written);

        ManifestSet read = new Manifests(List.of(written)).load();

        assertThat(read.diagnostics()).isEmpty();
        assertThat(read.resources().getFirst().metadata().labels()).containsEntry("app", "users");
    }
}
