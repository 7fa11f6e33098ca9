package dev.lateen.control.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.lateen.kubernetes.cluster.Cluster;
import dev.lateen.kubernetes.cluster.ClusterEvent;
import dev.lateen.kubernetes.tree.Trees;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/// The leader writes into Ingresses at which addresses they are reached, over the wire of an API server that keeps what
/// it is given.
final class IngressAddressesIT {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String INGRESS = "/apis/networking.k8s.io/v1/namespaces/shop/ingresses/web";

    @TempDir
    Path directory = Path.of("");

    private final Map<String, String> objects = new ConcurrentHashMap<>();
    private final List<String> written = new CopyOnWriteArrayList<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            asked.add(exchange.getRequestMethod() + " " + path);
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            switch (exchange.getRequestMethod()) {
                case "GET" -> get(exchange, path);
                case "POST" -> {
                    String name = Trees.text(Trees.parse(body), "metadata", "name");
                    objects.put(path + "/" + name, body);
                    reply(exchange, 201, body);
                }
                default -> {
                    if (path.equals(INGRESS + "/status")) {
                        written.add(body);
                    }
                    objects.put(path, body);
                    reply(exchange, 200, body);
                }
            }
        }
    }

    private void get(HttpExchange exchange, String path) throws IOException {
        if (objects.containsKey(path)) {
            reply(exchange, 200, objects.get(path));
        } else {
            ObjectNode missing = Trees.object(
                    "apiVersion", "v1", "kind", "Status", "status", "Failure", "reason", "NotFound", "code", 404);
            reply(exchange, 404, missing.toString());
        }
    }

    private static void reply(HttpExchange exchange, int status, String json) throws IOException {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("content-type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    private Cluster cluster() throws IOException {
        Path file = Files.writeString(directory.resolve("kubeconfig"), """
                apiVersion: v1
                kind: Config
                clusters: [{name: c, cluster: {server: "http://127.0.0.1:%d"}}]
                users: [{name: u, user: {token: t}}]
                contexts: [{name: x, context: {cluster: c, user: u}}]
                current-context: x
                """.formatted(
                        server.getAddress().getPort()));
        return Cluster.of(file);
    }

    private static ClusterEvent seen(String kind, String namespace, String name, ObjectNode object) {
        object.put("apiVersion", kind.equals("Service") ? "v1" : "networking.k8s.io/v1")
                .put("kind", kind);
        Trees.into(object, "metadata").put("name", name).put("namespace", namespace);
        return new ClusterEvent.Seen(kind, namespace, name, object);
    }

    private static ClusterEvent service(String ip) {
        ObjectNode ingress = Trees.object("ingress", Trees.array(Trees.object("ip", ip)));
        return seen(
                "Service",
                "istio-system",
                "istio-ingressgateway",
                Trees.object("status", Trees.object("loadBalancer", ingress)));
    }

    @Test
    void writesWhereTheGatewayIsReached() throws Exception {
        ClusterEvents events = new ClusterEvents("default");
        ClusterSettings settings = new ClusterSettings(Optional.empty(), "istio-system", "default");
        ObjectNode ingress = Trees.object();
        Trees.into(ingress, "metadata", "annotations").put("kubernetes.io/ingress.class", "istio");
        events.facts.onEvent(seen("Ingress", "shop", "web", ingress));
        objects.put(INGRESS, ingress.toString());
        events.facts.onEvent(service("10.0.0.1"));
        try (Cluster cluster = cluster();
                ClusterDuties duties = new ClusterDuties(cluster, settings, events.facts, () -> "pem", "me")) {
            duties.start();
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(written)
                            .as("%s", asked)
                            .containsExactly("{\"status\":{\"loadBalancer\":{\"ingress\":[{\"ip\":\"10.0.0.1\"}]}}}"));
            events.facts.onEvent(service("10.0.0.2"));
            await().atMost(SOON)
                    .untilAsserted(() ->
                            assertThat(written).hasSize(2).last().asString().contains("10.0.0.2"));
        }
    }
}
