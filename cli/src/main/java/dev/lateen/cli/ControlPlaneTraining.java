package dev.lateen.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.lateen.kubernetes.crd.ResourceDefinitions;
import dev.lateen.kubernetes.tree.Trees;
import dev.lateen.model.schema.Schemas;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Does what every control plane in a cluster does first, then ends: reads an API server of its own, which holds
/// next to nothing, and becomes ready. The build of images runs it once and has the JVM record what was loaded (its
/// AOT cache), so that a pod is ready sooner.
///
/// Usage: `ControlPlaneTraining DIRECTORY`: its state goes there.
///
/// Thread: main.
public final class ControlPlaneTraining {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final List<String> CORE = List.of(
            "namespaces/Namespace",
            "services/Service",
            "pods/Pod",
            "secrets/Secret",
            "configmaps/ConfigMap",
            "events/Event");

    private ControlPlaneTraining() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path directory = Path.of(arguments[0]);
        HttpServer api = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        api.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        api.createContext("/", ControlPlaneTraining::answer);
        api.start();
        Path kubeconfig = Files.writeString(
                directory.resolve("kubeconfig"), """
                apiVersion: v1
                kind: Config
                current-context: training
                clusters: [{name: training, cluster: {server: "http://127.0.0.1:%d"}}]
                contexts: [{name: training, context: {cluster: training, user: training}}]
                users: [{name: training, user: {}}]
                """.formatted(api.getAddress().getPort()));
        int ready = freePort();
        String[] command = {
            "control-plane",
            "--kubeconfig=" + kubeconfig,
            "--state=" + directory.resolve("state"),
            "--grpc-port=" + freePort(),
            "--secure-grpc-port=" + freePort(),
            "--monitoring-port=" + freePort(),
            "--webhook-port=" + freePort(),
            "--http-port=" + ready
        };
        Thread.ofPlatform().daemon().start(() -> Lateen.main(command));
        boolean became = await(URI.create("http://127.0.0.1:" + ready + "/ready"));
        System.exit(became ? 0 : 1);
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
                        Thread.sleep(PAUSE.multipliedBy(30)); // what the leader does then belongs to it
                        return true;
                    }
                } catch (IOException _) {
                    // Not yet.
                }
            }
        }
        return false;
    }

    /// An API server that knows all kinds and holds nothing; what is written to it, it takes.
    private static void answer(HttpExchange exchange) throws IOException {
        try (exchange;
                InputStream in = exchange.getRequestBody()) {
            byte[] body = in.readAllBytes();
            String path = exchange.getRequestURI().getPath();
            exchange.getResponseHeaders().set("content-type", "application/json");
            if (!exchange.getRequestMethod().equals("GET")) {
                send(exchange, 200, body);
            } else if (String.valueOf(exchange.getRequestURI().getQuery()).contains("watch=true")) {
                exchange.sendResponseHeaders(200, 0);
                exchange.getResponseBody().flush();
                Thread.sleep(PATIENCE);
            } else {
                List<String> parts = Arrays.stream(path.split("/", -1))
                        .filter(part -> !part.isEmpty())
                        .toList();
                boolean core = path.startsWith("/api/");
                int depth = parts.size() - (core ? 2 : 3);
                if (depth <= 0) {
                    send(exchange, 200, kinds(core ? "" : parts.get(1), parts.getLast()));
                } else if (depth == 1 || (depth == 3 && path.contains("/namespaces/"))) {
                    send(
                            exchange,
                            200,
                            Trees.object(
                                    "apiVersion",
                                    "v1",
                                    "kind",
                                    "List",
                                    "metadata",
                                    Trees.object("resourceVersion", "1"),
                                    "items",
                                    Trees.array()));
                } else {
                    send(
                            exchange,
                            404,
                            Trees.object(
                                    "apiVersion",
                                    "v1",
                                    "kind",
                                    "Status",
                                    "status",
                                    "Failure",
                                    "reason",
                                    "NotFound",
                                    "message",
                                    "not found",
                                    "code",
                                    404));
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private static ObjectNode kinds(String group, String version) {
        Stream<String> names = group.isEmpty()
                ? CORE.stream()
                : group.equals("discovery.k8s.io")
                        ? Stream.of("endpointslices/EndpointSlice")
                        : ResourceDefinitions.all(Schemas.standard()).stream()
                                .filter(one -> Trees.text(one, "spec", "group").equals(group))
                                .map(one -> Trees.text(one, "spec", "names", "plural") + "/"
                                        + Trees.text(one, "spec", "names", "kind"));
        ArrayNode resources = Trees.array();
        names.forEach(name -> resources.add(Trees.object(
                "name",
                name.substring(0, name.indexOf('/')),
                "kind",
                name.substring(name.indexOf('/') + 1),
                "namespaced",
                !name.startsWith("namespaces/"),
                "verbs",
                Trees.array("get", "list", "watch", "create", "patch"))));
        return Trees.object(
                "kind",
                "APIResourceList",
                "apiVersion",
                "v1",
                "groupVersion",
                group.isEmpty() ? version : group + "/" + version,
                "resources",
                resources);
    }

    private static void send(HttpExchange exchange, int status, ObjectNode answer) throws IOException {
        send(exchange, status, answer.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static void send(HttpExchange exchange, int status, byte[] answer) throws IOException {
        exchange.sendResponseHeaders(status, answer.length == 0 ? -1 : answer.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(answer);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
