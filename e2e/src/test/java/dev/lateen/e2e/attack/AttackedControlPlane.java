package dev.lateen.e2e.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lateen.control.ControlPlaneSettings;
import dev.lateen.control.identity.JoinTokens;
import dev.lateen.identity.CertificateRequest;
import dev.lateen.identity.SpiffeId;
import dev.lateen.identity.WorkloadCertificate;
import dev.lateen.identity.WorkloadKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/// A control plane with a small heap, of a mesh with two namespaces and a gateway whose key is in a secret.
///
/// Thread: any.
final class AttackedControlPlane implements AutoCloseable {
    static final SpiffeId USER = new SpiffeId("cluster.local", "shop", "user");
    static final SpiffeId GATEWAY = new SpiffeId("cluster.local", "istio-system", "gateway");
    static final String CREDENTIAL = "kubernetes://gate";
    /// Of the gateway's key.
    static final String KEY_MARK = "not a key but nobody may have it";
    private static final Duration STARTED_WITHIN = Duration.ofSeconds(60);
    private static final String MESH = """
            apiVersion: v1
            kind: Service
            metadata: {name: user, namespace: shop}
            spec:
              selector: {app: user}
              clusterIP: 10.96.0.1
              ports: [{name: http, port: 80, targetPort: 8080}]
            ---
            apiVersion: networking.istio.io/v1
            kind: Gateway
            metadata: {name: gate, namespace: istio-system}
            spec:
              selector: {istio: ingressgateway}
              servers:
              - port: {number: 443, name: https, protocol: HTTPS}
                hosts: ["shop.test"]
                tls: {mode: SIMPLE, credentialName: gate}
            ---
            apiVersion: v1
            kind: Secret
            metadata: {name: gate, namespace: istio-system}
            type: kubernetes.io/tls
            stringData: {tls.crt: "a chain", tls.key: "%s"}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: till-1, namespace: shop}
            spec: {serviceAccountName: till}
            status: {podIP: 10.9.0.9}
            ---
            apiVersion: networking.istio.io/v1
            kind: WorkloadGroup
            metadata: {name: user, namespace: shop}
            spec: {template: {serviceAccount: user}}
            ---
            apiVersion: networking.istio.io/v1
            kind: WorkloadGroup
            metadata: {name: many, namespace: shop}
            spec: {template: {serviceAccount: user}}
            ---
            apiVersion: networking.istio.io/v1
            kind: WorkloadGroup
            metadata: {name: till, namespace: shop}
            spec: {template: {serviceAccount: till}}
            """.formatted(KEY_MARK);

    private final Victim victim;
    private final Path state;
    private final int plaintext;
    private final int secure;
    private final int debug;
    private final int webhook;
    private final int ready;

    private AttackedControlPlane(Path directory, List<String> more) throws IOException {
        Path config = Files.createDirectories(directory.resolve("config"));
        Files.writeString(config.resolve("mesh.yaml"), MESH);
        state = directory.resolve("state");
        plaintext = Victim.freePort();
        secure = Victim.freePort();
        debug = Victim.freePort();
        webhook = Victim.freePort();
        ready = Victim.freePort();
        List<String> words = new java.util.ArrayList<>(List.of(
                "control-plane",
                "--config",
                config.toString(),
                "--state",
                state.toString(),
                "--grpc-port",
                "" + plaintext,
                "--secure-grpc-port",
                "" + secure,
                "--monitoring-port",
                "" + debug,
                "--http-port",
                "" + ready,
                "--webhook-port",
                "" + webhook));
        words.addAll(more);
        victim = Victim.start(directory, words, Map.of("LATEEN_CONTROL_HEAP", "96m", "LATEEN_CONTROL_DIRECT", "64m"));
    }

    static AttackedControlPlane start(Path directory, String... more) throws IOException {
        AttackedControlPlane started = new AttackedControlPlane(directory, List.of(more));
        await().atMost(STARTED_WITHIN).until(() -> {
            assertThat(started.victim.isAlive()).as(started.victim.output()).isTrue();
            try {
                return Victim.get(started.ready, "/ready").statusCode() == 200;
            } catch (IOException _) {
                return false;
            }
        });
        return started;
    }

    Victim process() {
        return victim;
    }

    int plaintextPort() {
        return plaintext;
    }

    int securePort() {
        return secure;
    }

    int debugPort() {
        return debug;
    }

    int readyPort() {
        return ready;
    }

    int webhookPort() {
        return webhook;
    }

    String roots() throws IOException {
        return Files.readString(ControlPlaneSettings.authority(state).resolve("root-cert.pem"));
    }

    String token(SpiffeId id) throws IOException {
        return token(id, "", Duration.ofMinutes(10));
    }

    /// @param pod that alone may use it; empty for any
    String token(SpiffeId id, String pod, Duration lifetime) throws IOException {
        return JoinTokens.open(ControlPlaneSettings.joinKey(state), id.trustDomain(), InstantSource.system())
                .issue(id, pod, lifetime)
                .token();
    }

    GrpcCaller stranger() throws IOException {
        return GrpcCaller.secure(secure, roots());
    }

    /// A workload that has proved who it is.
    GrpcCaller workload(SpiffeId id) throws IOException {
        return GrpcCaller.secure(secure, roots(), certificate(id));
    }

    WorkloadCertificate certificate(SpiffeId id) throws IOException {
        KeyPair keys = WorkloadKeys.EC_P256.generate();
        try (GrpcCaller caller = stranger().with(token(id))) {
            return WorkloadCertificate.of(
                    caller.sign(CertificateRequest.create(keys, id).pem(), "pod"), keys);
        }
    }

    double metric(String name, String label) throws IOException {
        return Victim.metric(debug, "/metrics", name, label);
    }

    /// A workload gets its certificate and its configuration, an operator the debug pages, and nothing has broken.
    void assertUnharmed() throws IOException {
        try (GrpcCaller user = workload(USER)) {
            assertThat(user.discover("sidecar~10.9.0.1~user.shop~shop.svc.cluster.local", Map.of()))
                    .contains("outbound|80||user.shop.svc.cluster.local");
        }
        assertThat(Victim.get(debug, "/debug/syncz").statusCode()).isEqualTo(200);
        assertThat(Victim.get(ready, "/ready").statusCode()).isEqualTo(200);
        victim.assertUnharmed();
    }

    @Override
    public void close() {
        victim.close();
    }
}
