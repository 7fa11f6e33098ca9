package dev.lateen.cli;

import dev.lateen.control.ControlPlaneSettings;
import dev.lateen.control.identity.JoinTokens;
import dev.lateen.identity.SpiffeId;
import dev.lateen.kubernetes.tree.Trees;
import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import tools.jackson.databind.node.ObjectNode;

/// Does what every control plane in a cluster does first, then ends: reads an API server of its own, which holds a
/// small
/// mesh, becomes ready, answers reviews, and serves a proxy, which is another process. The build of images runs it to
/// have
/// JVMs record what was loaded (their AOT caches), so that pods are ready sooner: its own, and, with another proxy, the
/// proxy's.
///
/// Usage: `ControlPlaneTraining DIRECTORY COMMAND …`: its state goes there. The command runs in that directory, with
/// the
/// environment and the files of an injected pod, and ends by itself.
///
/// Errors: exit status 1 where something was not answered, or the command failed.
///
/// Thread: main.
public final class ControlPlaneTraining {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final String LOOPBACK = "127.0.0.1";
    private static final String POD_ADDRESS = "127.83.1.2";
    private static final String NAMESPACE = "default";
    private static final String ACCOUNT = "training";
    private static final String POD = "training-1";
    private static final int REVIEWS = 20;

    private final Path directory;
    private final int xds;
    private final int webhooks;
    private final int ready;

    private ControlPlaneTraining(Path directory) throws IOException {
        this.directory = directory;
        this.xds = freePort();
        this.webhooks = freePort();
        this.ready = freePort();
    }

    public static void main(String[] arguments) throws IOException, InterruptedException, GeneralSecurityException {
        ControlPlaneTraining training = new ControlPlaneTraining(Path.of(arguments[0]));
        int status;
        try (TrainingCluster cluster =
                TrainingCluster.start(Trees.objects(resource("training-cluster.json"), "items"))) {
            status = training.run(cluster, List.of(arguments).subList(1, arguments.length));
        }
        ExitStatus.exit(status); // by itself the JVM would end with the status of its hooks
    }

    private int run(TrainingCluster cluster, List<String> command)
            throws IOException, InterruptedException, GeneralSecurityException {
        Path kubeconfig = Files.writeString(directory.resolve("kubeconfig"), """
                apiVersion: v1
                kind: Config
                current-context: training
                clusters: [{name: training, cluster: {server: "http://127.0.0.1:%d"}}]
                contexts: [{name: training, context: {cluster: training, user: training}}]
                users: [{name: training, user: {}}]
                """.formatted(cluster.port()));
        String[] options = {
            "control-plane",
            "--kubeconfig=" + kubeconfig,
            "--state=" + state(),
            "--grpc-port=" + freePort(),
            "--secure-grpc-port=" + xds,
            "--monitoring-port=" + freePort(),
            "--webhook-port=" + webhooks,
            "--http-port=" + ready
        };
        Thread.ofPlatform().daemon().start(() -> Lateen.main(options));
        if (!await(URI.create("http://" + LOOPBACK + ":" + ready + "/ready"))) {
            return 1;
        }
        Thread.sleep(PAUSE.multipliedBy(30)); // what the leader does then belongs to it
        review("/inject", "inject-review.json");
        review("/validate", "validate-review.json");
        return serve(command);
    }

    private Path state() {
        return directory.resolve("state");
    }

    private Path roots() {
        return ControlPlaneSettings.authority(state()).resolve("root-cert.pem");
    }

    private static boolean await(URI ready) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        try (HttpClient client = HttpClient.newHttpClient()) {
            while (System.nanoTime() - end < 0) {
                Thread.sleep(PAUSE);
                try {
                    if (client.send(HttpRequest.newBuilder(ready).build(), HttpResponse.BodyHandlers.discarding())
                                    .statusCode()
                            == 200) {
                        return true;
                    }
                } catch (IOException _) {
                    // Not yet.
                }
            }
        }
        return false;
    }

    /// Asks as an API server does.
    private void review(String path, String name) throws IOException, InterruptedException, GeneralSecurityException {
        try (HttpClient client =
                HttpClient.newBuilder().sslContext(trusting(roots())).build()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create("https://" + LOOPBACK + ":" + webhooks + path))
                    .header("content-type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(resource(name).toString()))
                    .build();
            for (int i = 0; i < REVIEWS; i++) {
                HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
                if (!Trees.flag(Trees.parse(answer.body()), "response", "allowed")) {
                    throw new IOException(path + ": " + answer.body());
                }
            }
        }
    }

    private static SSLContext trusting(Path roots) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        try (InputStream in = Files.newInputStream(roots)) {
            for (var one : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry("root-" + store.size(), one);
            }
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    private int serve(List<String> command) throws IOException, InterruptedException {
        write(
                "var/run/secrets/tokens/istio-token",
                JoinTokens.open(ControlPlaneSettings.joinKey(state()), "cluster.local", InstantSource.system())
                        .issue(new SpiffeId("cluster.local", NAMESPACE, ACCOUNT), POD, PATIENCE.multipliedBy(2))
                        .token());
        write("var/run/secrets/istio/root-cert.pem", Files.readString(roots()));
        write("etc/istio/pod/labels", "app=\"training\"\nversion=\"v1\"\n");
        write("etc/istio/pod/annotations", "kubernetes.io/config.source=\"api\"\n");
        ProcessBuilder proxy =
                new ProcessBuilder(command).directory(directory.toFile()).inheritIO();
        String server = LOOPBACK + ":" + xds;
        proxy.environment()
                .putAll(Map.ofEntries(
                        Map.entry("POD_NAME", POD),
                        Map.entry("POD_NAMESPACE", NAMESPACE),
                        Map.entry("INSTANCE_IP", POD_ADDRESS),
                        Map.entry("SERVICE_ACCOUNT", ACCOUNT),
                        Map.entry("CA_ADDR", server),
                        Map.entry("PROXY_CONFIG", "{discoveryAddress: \"" + server + "\"}"),
                        Map.entry("LATEEN_ADMIN_ADDRESS", POD_ADDRESS),
                        Map.entry("ISTIO_META_CLUSTER_ID", "Kubernetes"),
                        Map.entry("ISTIO_META_WORKLOAD_NAME", "training"),
                        Map.entry("ISTIO_META_APP_CONTAINERS", "training"),
                        Map.entry("ISTIO_META_POD_PORTS", "[{\"containerPort\":8080,\"protocol\":\"TCP\"}]"),
                        // Nothing is redirected here, and other proxies of this machine may have the usual ports.
                        Map.entry("ISTIO_META_INTERCEPTION_MODE", "NONE"),
                        Map.entry("ISTIO_METAJSON_APP_PORTS", "{\"8080\":\"18080\"}"),
                        Map.entry("ISTIO_META_HTTP_PROXY_PORT", "15007")));
        return proxy.start().waitFor();
    }

    private void write(String name, String text) throws IOException {
        Path file = directory.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private static ObjectNode resource(String name) throws IOException {
        try (InputStream in = ControlPlaneTraining.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException(name + " is not on the class path");
            }
            return Trees.parseObject(new String(in.readAllBytes(), StandardCharsets.UTF_8))
                    .orElseThrow(() -> new IOException(name + " is no object"));
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
