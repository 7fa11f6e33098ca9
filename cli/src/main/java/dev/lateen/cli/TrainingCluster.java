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
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// An API server for training runs: it knows all kinds and holds a few objects that never change; what is written to
/// it,
/// it takes and forgets.
///
/// Thread: any.
final class TrainingCluster implements AutoCloseable {
    private static final Duration WATCH = Duration.ofSeconds(60);
    private static final List<String> CORE = List.of(
            "namespaces/Namespace",
            "services/Service",
            "pods/Pod",
            "secrets/Secret",
            "configmaps/ConfigMap",
            "events/Event");
    private static final Map<String, List<String>> OTHERS = Map.of(
            "discovery.k8s.io", List.of("endpointslices/EndpointSlice"),
            "networking.k8s.io", List.of("ingresses/Ingress", "ingressclasses/IngressClass"));

    private final List<ObjectNode> objects;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    private TrainingCluster(List<ObjectNode> objects, HttpServer server) {
        this.objects = objects;
        this.server = server;
    }

    static TrainingCluster start(List<ObjectNode> objects) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        TrainingCluster cluster = new TrainingCluster(objects, server);
        server.setExecutor(cluster.threads);
        server.createContext("/", cluster::answer);
        server.start();
        return cluster;
    }

    int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange;
                InputStream in = exchange.getRequestBody()) {
            byte[] body = in.readAllBytes();
            String path = exchange.getRequestURI().getPath();
            exchange.getResponseHeaders().set("content-type", "application/json");
            if (!exchange.getRequestMethod().equals("GET")) {
                send(exchange, 200, body);
            } else if ("websocket".equalsIgnoreCase(exchange.getRequestHeaders().getFirst("Upgrade"))) {
                exchange.sendResponseHeaders(200, -1); // no WebSocket: clients watch by a plain request then
            } else if (String.valueOf(exchange.getRequestURI().getQuery()).contains("watch=true")) {
                exchange.sendResponseHeaders(200, 0);
                exchange.getResponseBody().flush();
                Thread.sleep(WATCH);
            } else {
                List<String> parts = Arrays.stream(path.split("/", -1))
                        .filter(part -> !part.isEmpty())
                        .toList();
                boolean core = path.startsWith("/api/");
                int depth = parts.size() - (core ? 2 : 3);
                if (depth <= 0) {
                    send(exchange, 200, kinds(core ? "" : parts.get(1), parts.getLast()));
                } else if (depth == 1 || (depth == 3 && path.contains("/namespaces/"))) {
                    send(exchange, 200, list(parts.getLast()));
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

    /// Clients go by the kind of a list.
    private ObjectNode list(String plural) {
        List<ObjectNode> found = objects.stream()
                .filter(object -> plural(Trees.text(object, "kind")).equals(plural))
                .toList();
        String kind = found.isEmpty() ? "" : Trees.text(found.getFirst(), "kind");
        return Trees.object(
                "apiVersion",
                found.isEmpty() ? "v1" : Trees.text(found.getFirst(), "apiVersion"),
                "kind",
                kind + "List",
                "metadata",
                Trees.object("resourceVersion", "1"),
                "items",
                Trees.array(found));
    }

    private static String plural(String kind) {
        String name = kind.toLowerCase(Locale.ROOT);
        if (name.endsWith("s")) {
            return name + "es";
        }
        return name.endsWith("y") ? name.substring(0, name.length() - 1) + "ies" : name + "s";
    }

    private static ObjectNode kinds(String group, String version) {
        Stream<String> names = group.isEmpty()
                ? CORE.stream()
                : OTHERS.containsKey(group)
                        ? OTHERS.get(group).stream()
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
                !name.startsWith("namespaces/") && !name.startsWith("ingressclasses/"),
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
}
