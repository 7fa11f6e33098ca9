package dev.lateen.control.dashboard;

import com.sun.net.httpserver.HttpExchange;
import dev.lateen.control.debug.DebugServer;
import dev.lateen.control.debug.MeshView;
import dev.lateen.dashboard.Assets;
import dev.lateen.dashboard.traffic.History;
import dev.lateen.identity.ca.IssuedCertificate;
import dev.lateen.kubernetes.cluster.Cluster;
import dev.lateen.xds.server.GrpcListener.Tls;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The dashboard on the debug port, below `/dashboard/`: its pages, which are the same for everybody, and below
/// `/dashboard/api/` what they show, which is for those who may see debug pages or have logged in with a token that
/// may.
///
/// Pages may load nothing from elsewhere, hold no script of their own, and be in nobody's frame.
///
/// Thread: any; each request has a virtual thread.
public final class Dashboard implements DebugServer.Guest, AutoCloseable {
    public static final String PATH = "/dashboard";

    private static final String API = PATH + "/api/";
    private static final JsonMapper JSON = new JsonMapper();
    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
                    + " connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

    private final Collector collector;
    private final Sessions sessions;
    private final LiveGraphs graphs;
    private final Changes changes;
    private final Map<String, Function<Map<String, String>, Optional<JsonNode>>> pages;

    /// What the control plane knows beside the mesh.
    ///
    /// @param issued the certificates of workloads
    /// @param own how it proves to proxies who it is
    public record Authority(Supplier<List<IssuedCertificate>> issued, Tls own) {}

    /// @param directories that are watched, and saved to
    public static Dashboard ofDirectories(
            MeshView mesh, InstantSource clock, List<Path> directories, DashboardSettings settings, Authority authority)
            throws IOException {
        return new Dashboard(mesh, clock, new FileHome(directories, mesh), false, settings, authority);
    }

    public static Dashboard ofCluster(
            MeshView mesh, InstantSource clock, Cluster cluster, DashboardSettings settings, Authority authority)
            throws IOException {
        return new Dashboard(mesh, clock, new ClusterHome(cluster, mesh), true, settings, authority);
    }

    private Dashboard(
            MeshView mesh,
            InstantSource clock,
            ResourceHome home,
            boolean inCluster,
            DashboardSettings settings,
            Authority authority)
            throws IOException {
        History history = new History();
        LongHistory longAgo = new LongHistory(settings, clock);
        this.collector = new Collector(mesh, history, clock, settings.idleInterval());
        this.sessions = new Sessions(clock);
        this.graphs = new LiveGraphs(mesh, history, collector, clock, longAgo);
        InventoryPages inventory = new InventoryPages(mesh);
        ResourcePages resources = new ResourcePages(mesh);
        ResourceEditor editor = new ResourceEditor(mesh, home, settings.readOnly());
        ProxyQuestions questions = new ProxyQuestions(authority.own());
        ProxyState proxies = new ProxyState(mesh, questions, settings.readOnly());
        this.changes = new Changes(editor, new TrafficWizard(mesh, home, editor), proxies, sessions, inCluster);
        this.pages = Map.of(
                "graph", graphs::now,
                "series", graphs::series,
                "inventory", _ -> Optional.of(inventory.json().put("long", longAgo.isThere())),
                "resource", resources::one,
                "proxy", proxies::json,
                "traces", new TracePages(settings.traces(clock))::json,
                "history", longAgo::json,
                "certificates", new CertificatePages(authority.issued())::json,
                "explain", new ExplainPages(mesh, questions)::json);
        collector.start();
    }

    @Override
    public void close() {
        collector.close();
    }

    @Override
    public void answer(HttpExchange exchange, DebugServer host) throws IOException {
        String path = exchange.getRequestURI().getPath();
        exchange.getResponseHeaders().set("Content-Security-Policy", POLICY);
        exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
        exchange.getResponseHeaders().set("Referrer-Policy", "no-referrer");
        exchange.getResponseHeaders().set("Cache-Control", path.startsWith(API) ? "no-store" : "no-cache");
        switch (exchange.getRequestMethod()) {
            case "GET", "HEAD" -> {
                if (path.startsWith(API)) {
                    api(exchange, host, path.substring(API.length()));
                } else {
                    asset(exchange, path);
                }
            }
            case "POST" -> {
                if (path.equals(API + "login") || path.equals(API + "logout")) {
                    session(exchange, host, path);
                } else if (path.startsWith(API)) {
                    changes.answer(exchange, host, path.substring(API.length()));
                } else {
                    Replies.text(exchange, 404, "there is no such page\n");
                }
            }
            default -> Replies.text(exchange, 405, "GET or POST is expected\n");
        }
    }

    private static void asset(HttpExchange exchange, String path) throws IOException {
        if (path.equals(PATH)) {
            exchange.getResponseHeaders().set("Location", PATH + "/");
            exchange.sendResponseHeaders(302, -1);
            return;
        }
        String name = path.substring(PATH.length() + 1);
        Optional<Assets.Asset> asset = Assets.of(name.isEmpty() ? "index.html" : name);
        if (asset.isPresent()) {
            Replies.send(exchange, 200, asset.get().type(), asset.get().text().getBytes(StandardCharsets.UTF_8));
        } else {
            Replies.text(exchange, 404, "there is no such page\n");
        }
    }

    private void api(HttpExchange exchange, DebugServer host, String name) throws IOException {
        Optional<String> stranger = sessions.isOpen(exchange.getRequestHeaders().getFirst("cookie"))
                ? Optional.empty()
                : host.stranger(exchange);
        if (stranger.isPresent()) {
            Replies.text(exchange, 401, stranger.get());
            return;
        }
        Map<String, String> query = DebugServer.query(exchange);
        if (name.equals("edit") || name.equals("traffic")) {
            changes.open(exchange, name, query);
            return;
        }
        if (name.equals("live")) {
            graphs.stream(exchange, GraphParameters.of(query));
            return;
        }
        try {
            Optional<JsonNode> content = name.startsWith("debug/")
                    ? host.page(name.substring("debug/".length()), query)
                    : Optional.ofNullable(pages.get(name)).flatMap(page -> page.apply(query));
            if (content.isPresent()) {
                Replies.send(exchange, 200, "application/json", JSON.writeValueAsBytes(content.get()));
            } else {
                Replies.text(exchange, 404, "there is nothing by that name\n");
            }
        } catch (UncheckedIOException failure) {
            Replies.text(exchange, 502, failure.getMessage() + "\n");
        }
    }

    /// Begins a session for a token, and ends one.
    private void session(HttpExchange exchange, DebugServer host, String path) throws IOException {
        if (path.equals(API + "logout")) {
            String cookies = exchange.getRequestHeaders().getFirst("cookie");
            exchange.getResponseHeaders().set("Set-Cookie", sessions.end(cookies));
            Replies.text(exchange, 200, "logged out\n");
            return;
        }
        Optional<String> stranger = host.stranger(exchange);
        if (stranger.isPresent()) {
            Replies.text(exchange, 401, stranger.get());
        } else {
            exchange.getResponseHeaders()
                    .set("Set-Cookie", sessions.begin(host.proven(exchange).orElse("")));
            Replies.text(exchange, 200, "logged in\n");
        }
    }
}
