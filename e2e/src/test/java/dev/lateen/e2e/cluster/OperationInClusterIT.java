package dev.lateen.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/// What happens to a mesh in operation, while one pod calls another 50 times a second: no call may fail.
///
/// `LATEEN_API_RESTART`, where it is set, is a command that ends the API server and starts it again.
@EnabledIfSystemProperty(named = "lateen.cluster", matches = "true", disabledReason = "./dev cluster runs it")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class OperationInClusterIT {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final String SPACE = "operation";
    private static final int LEAST = 500;
    private static final Duration LIFETIME = Duration.ofSeconds(20);
    private static final Pattern CERTIFICATE = Pattern.compile("(?m)^default +Cert Chain +ACTIVE +true +(\\S+)");

    private static InstalledMesh mesh;
    private static Kubectl cluster;

    @BeforeAll
    static void install() throws IOException, InterruptedException {
        mesh = InstalledMesh.install();
        cluster = mesh.cluster();
        mesh.deploy("operation.yaml", SPACE);
        SteadyCalls.begin(cluster, SPACE).assertNoneFailed("nothing happens", LEAST);
    }

    @AfterAll
    static void uninstall() throws IOException, InterruptedException {
        if (mesh != null) {
            mesh.remove(SPACE);
        }
    }

    @Test
    @Order(1)
    void rollsOutAnotherVersion() throws IOException, InterruptedException {
        SteadyCalls calls = SteadyCalls.begin(cluster, SPACE);
        cluster.run("-n", SPACE, "rollout", "restart", "deployment/user-service");
        cluster.run("-n", SPACE, "rollout", "status", "deployment/user-service", "--timeout=120s");
        awaitPods(2);
        calls.assertNoneFailed("rolling update", LEAST);
    }

    @Test
    @Order(2)
    void evictsAPod() throws IOException, InterruptedException {
        SteadyCalls calls = SteadyCalls.begin(cluster, SPACE);
        String pod = pods().getFirst();
        Kubectl.command(
                List.of(
                        "kubectl",
                        "create",
                        "--raw",
                        "/api/v1/namespaces/" + SPACE + "/pods/" + pod + "/eviction",
                        "-f",
                        "-"),
                """
                {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": "%s", "namespace": "%s"}}
                """.formatted(pod, SPACE));
        awaitPods(2);
        calls.assertNoneFailed("eviction", LEAST);
    }

    @Test
    @Order(3)
    void losesItsControlPlane() throws IOException, InterruptedException {
        SteadyCalls calls = SteadyCalls.begin(cluster, SPACE);
        cluster.run("-n", "istio-system", "delete", "pod", "-l", "app=istiod", "--grace-period=0", "--force");
        cluster.run("-n", "istio-system", "rollout", "status", "deployment/istiod", "--timeout=120s");
        calls.assertNoneFailed("control plane killed", LEAST);
    }

    @Test
    @Order(4)
    void losesItsLeader() throws IOException, InterruptedException {
        cluster.run("-n", "istio-system", "scale", "deployment/istiod", "--replicas=2");
        cluster.run("-n", "istio-system", "rollout", "status", "deployment/istiod", "--timeout=120s");
        SteadyCalls calls = SteadyCalls.begin(cluster, SPACE);
        Awaitility.await().atMost(PATIENCE).until(() -> !leader().isEmpty());
        String leader = leader();
        cluster.run("-n", "istio-system", "delete", "pod", podOf(leader), "--grace-period=0", "--force");
        Awaitility.await().atMost(PATIENCE).until(() -> !leader().isEmpty() && !leader().equals(leader));
        cluster.apply("""
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: users, namespace: operation}
                spec: {host: user-service, trafficPolicy: {loadBalancer: {simple: ROUND_ROBIN}}}
                """);
        Awaitility.await()
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(cluster.run(
                                "-n",
                                SPACE,
                                "get",
                                "destinationrule",
                                "users",
                                "-o",
                                "jsonpath={.status.conditions[*].type}"))
                        .as("who leads now")
                        .contains("Accepted"));
        calls.assertNoneFailed("leader killed", LEAST);
        cluster.run("-n", "istio-system", "scale", "deployment/istiod", "--replicas=1");
    }

    @Test
    @Order(5)
    void losesItsWebhooks() throws IOException, InterruptedException {
        SteadyCalls calls = SteadyCalls.begin(cluster, SPACE);
        cluster.run("-n", "istio-system", "scale", "deployment/istiod", "--replicas=0");
        cluster.run("-n", "istio-system", "wait", "--for=delete", "pod", "-l", "app=istiod", "--timeout=60s");
        // What cannot be checked is taken; a pod that cannot get its sidecar does not come up without one.
        cluster.apply("""
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: users, namespace: operation}
                spec: {host: user-service, trafficPolicy: {loadBalancer: {simple: LEAST_REQUEST}}}
                """);
        cluster.run("-n", SPACE, "scale", "deployment/user-service", "--replicas=3");
        assertThat(pods()).hasSize(2);
        cluster.run("-n", "istio-system", "scale", "deployment/istiod", "--replicas=1");
        cluster.run("-n", "istio-system", "rollout", "status", "deployment/istiod", "--timeout=120s");
        awaitPods(3);
        calls.assertNoneFailed("webhooks out", LEAST);
    }

    @Test
    @Order(6)
    void losesTheApiServer() throws IOException, InterruptedException {
        String restart = System.getenv().getOrDefault("LATEEN_API_RESTART", "");
        Assumptions.assumeFalse(restart.isEmpty(), "LATEEN_API_RESTART names no command that restarts the API server");
        SteadyCalls calls = SteadyCalls.begin(cluster, SPACE);
        Kubectl.command(List.of(restart), "");
        Awaitility.await()
                .atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> cluster.run("get", "--raw", "/readyz").contains("ok"));
        cluster.run("-n", SPACE, "rollout", "restart", "deployment/user-service");
        cluster.run("-n", SPACE, "rollout", "status", "deployment/user-service", "--timeout=120s");
        calls.assertNoneFailed("API server restarted", LEAST);
    }

    /// Certificates of proxies and of the control plane, which its webhooks show too, live for less than the calls
    /// last.
    @Test
    @Order(7)
    void outlivesItsCertificates() throws IOException, InterruptedException {
        int wanted = Integer.parseInt(
                cluster.run("-n", SPACE, "get", "deployment", "user-service", "-o", "jsonpath={.spec.replicas}"));
        mesh.installAgain(
                "--set",
                "meshConfig.defaultConfig.proxyMetadata.SECRET_TTL=" + LIFETIME.toSeconds() + "s",
                "--set",
                "values.pilot.env.LATEEN_OWN_CERT_TTL=" + LIFETIME);
        cluster.run("-n", SPACE, "rollout", "restart", "deployment");
        cluster.run("-n", SPACE, "rollout", "status", "deployment/user-service", "--timeout=120s");
        cluster.run("-n", SPACE, "rollout", "status", "deployment/load", "--timeout=120s");
        awaitPods(wanted);
        SteadyCalls calls = SteadyCalls.begin(cluster, SPACE);
        String called = pods().getFirst();
        Set<String> workload = new HashSet<>();
        Set<BigInteger> webhook = new HashSet<>();
        Instant end = Instant.now().plus(LIFETIME.multipliedBy(3));
        try (PortForward port = PortForward.start("istio-system", "deployment/istiod", 15017)) {
            Awaitility.await()
                    .atMost(LIFETIME.multipliedBy(5))
                    .pollInterval(Duration.ofSeconds(3))
                    .until(() -> {
                        workload.add(serial(called));
                        X509Certificate shown = port.certificate();
                        shown.checkValidity();
                        webhook.add(shown.getSerialNumber());
                        return Instant.now().isAfter(end);
                    });
        }
        assertThat(workload).as("certificates of one workload").hasSizeGreaterThanOrEqualTo(3);
        assertThat(webhook).as("certificates of the webhook").hasSizeGreaterThanOrEqualTo(3);
        // The webhook is still believed: it refuses what is wrong, and makes sidecars.
        assertThatThrownBy(() -> cluster.apply("""
                        apiVersion: networking.istio.io/v1
                        kind: DestinationRule
                        metadata: {name: nobodys, namespace: operation}
                        spec: {host: ""}
                        """)).hasMessageContaining("denied the request");
        cluster.run("-n", SPACE, "rollout", "restart", "deployment/user-service");
        cluster.run("-n", SPACE, "rollout", "status", "deployment/user-service", "--timeout=120s");
        calls.assertNoneFailed("certificates expired", LEAST);
    }

    /// Of the certificate that a pod's proxy holds, which must be valid.
    private static String serial(String pod) throws IOException, InterruptedException {
        String secrets = InstalledMesh.lateen("proxy-config", "secret", pod + "." + SPACE);
        Matcher certificate = CERTIFICATE.matcher(secrets);
        assertThat(certificate.find()).as(secrets).isTrue();
        return certificate.group(1);
    }

    private static void awaitPods(int wanted) {
        Awaitility.await()
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(cluster.run(
                                "-n",
                                SPACE,
                                "get",
                                "deployment",
                                "user-service",
                                "-o",
                                "jsonpath={.status.readyReplicas}"))
                        .isEqualTo(Integer.toString(wanted)));
        Awaitility.await()
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(pods()).hasSize(wanted));
    }

    private static List<String> pods() throws IOException, InterruptedException {
        return cluster.run(
                        "-n",
                        SPACE,
                        "get",
                        "pods",
                        "-l",
                        "app=user-service",
                        "-o",
                        "jsonpath={range .items[*]}{.metadata.name}{'\\n'}")
                .lines()
                .filter(line -> !line.isBlank())
                .toList();
    }

    private static String leader() throws IOException, InterruptedException {
        return cluster.run(
                "-n", "istio-system", "get", "lease", "istio-leader", "-o", "jsonpath={.spec.holderIdentity}");
    }

    /// Of an identity: the pod's name and the process's number.
    private static String podOf(String identity) {
        return identity.substring(0, identity.lastIndexOf('-'));
    }
}
