package dev.lateen.control.debug;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.lateen.control.identity.TokenAuthenticator;
import dev.lateen.control.ratelimit.MeshLimiter;
import dev.lateen.control.trust.SpiffeBundle;
import dev.lateen.net.http.OwnHost;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/// Serves debug pages, metrics, version and readiness under istiod's paths, to whom `DebugAccess` says.
///
/// Limits: those of `HttpBounds`; GET and HEAD, and POST to let counts of limits begin anew or to change levels of
/// logs; each request has a virtual thread.
///
/// Thread: any.
public final class DebugServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DebugServer.class);
    /// What Prometheus, kubelets and other meshes ask for.
    private static final Set<String> OPEN = Set.of("/ready", "/metrics", "/version", "/spiffe/bundle");
    private static final String RESET = "/debug/ratelimitz/reset";
    private static final String LOGGING = "/debug/logging";
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private final HttpServer debug;
    private final HttpServer readiness;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final MeshView mesh;
    private final ControlMetrics metrics;
    private final LimitPages limits;
    private final DebugAccess access;
    private final LogLevels logLevels = new LogLevels();
    private final Map<String, Function<Map<String, String>, Optional<JsonNode>>> pages = new TreeMap<>();
    private final Map<String, Guest> guests = new ConcurrentHashMap<>();

    private DebugServer(
            InetSocketAddress debugAddress,
            InetSocketAddress readyAddress,
            MeshView mesh,
            Caller caller,
            MeshLimiter limiter,
            ControlMetrics m)
            throws IOException {
        this.mesh = mesh;
        this.access = new DebugAccess(
                debugAddress.getAddress(), new OwnHost(caller.names()), caller.tokens(), caller.namespace());
        this.limits = new LimitPages(limiter);
        this.metrics = m;
        this.debug = bind(debugAddress);
        try {
            this.readiness = bind(readyAddress);
        } catch (IOException e) {
            debug.stop(0);
            throw e;
        }
        addPages();
        for (HttpServer server : List.of(debug, readiness)) {
            server.setExecutor(threads);
            server.createContext("/", exchange -> answer(exchange, server.equals(debug)));
            server.start();
        }
    }

    /// Whom the debug port knows.
    ///
    /// @param names by which it may be called, in lower case
    /// @param tokens prove who asks from elsewhere
    /// @param namespace the control plane's own, whose workloads may look
    public record Caller(Set<String> names, TokenAuthenticator tokens, String namespace) {}

    public static DebugServer start(
            InetSocketAddress debugAddress,
            InetSocketAddress readyAddress,
            MeshView mesh,
            Caller caller,
            MeshLimiter limiter,
            ControlMetrics metrics)
            throws IOException {
        return new DebugServer(debugAddress, readyAddress, mesh, caller, limiter, metrics);
    }

    /// What is served on the debug port below a path of its own, and looks after access to it by itself.
    public interface Guest {
        /// @param host what the guest may ask
        void answer(HttpExchange exchange, DebugServer host) throws IOException;
    }

    /// @param prefix of its paths, such as `/dashboard`
    public void serve(String prefix, Guest guest) {
        guests.put(prefix, guest);
    }

    /// Why a caller may not see what is below `/debug/`; empty where it may. May block for a token.
    public Optional<String> stranger(HttpExchange exchange) {
        return access.refusal(exchange).map(DebugAccess.Refusal::reason);
    }

    /// Who a request's token proves to be of the control plane's namespace; empty without one. May block.
    public Optional<String> proven(HttpExchange exchange) {
        return access.proven(exchange);
    }

    /// The content of a debug page; empty where there is none.
    public Optional<JsonNode> page(String name, Map<String, String> query) {
        return Optional.ofNullable(pages.get(name)).flatMap(page -> page.apply(query));
    }

    /// The parameters of a request.
    public static Map<String, String> query(HttpExchange exchange) {
        return query(exchange.getRequestURI().getRawQuery());
    }

    public int debugPort() {
        return debug.getAddress().getPort();
    }

    public int readyPort() {
        return readiness.getAddress().getPort();
    }

    @Override
    public void close() {
        debug.stop(0);
        readiness.stop(0);
        threads.shutdownNow();
    }

    private void addPages() {
        ProxyPages proxies = new ProxyPages(mesh);
        MeshPages meshPages = new MeshPages(mesh);
        page("syncz", _ -> proxies.sync());
        page("adsz", query -> {
            if (query.containsKey("push")) {
                mesh.pushNow();
            }
            return proxies.connections();
        });
        page("connections", _ -> proxies.connections());
        page("edsz", query -> proxies.endpoints(query.getOrDefault("proxyID", "")));
        pages.put("config_dump", query -> proxies.configDump(query.getOrDefault("proxyID", "")));
        page("configz", _ -> meshPages.configuration());
        page("statusz", _ -> new StatusPage(mesh).json());
        page("accessz", query -> new AccessPage(mesh).json(query));
        page("placez", query -> new PlacePage(new StoredPlaces(mesh)).json(query));
        page("authenticationz", _ -> new AuthenticationPage(mesh).json());
        page("trustz", _ -> new TrustPage(mesh).json());
        page("registryz", _ -> meshPages.services());
        page("endpointz", _ -> meshPages.endpoints());
        page("endpointShardz", _ -> meshPages.endpoints());
        page("mesh", _ -> meshPages.settings());
        page("ratelimitz", limits::limits);
        page("logging", _ -> logLevels.json());
        page("push_status", _ -> meshPages.push());
        page("list", _ -> {
            ArrayNode list = JSON.createArrayNode();
            pages.keySet().forEach(name -> list.add("/debug/" + name));
            return list;
        });
    }

    private void page(String name, Function<Map<String, String>, JsonNode> content) {
        pages.put(name, query -> Optional.of(content.apply(query)));
    }

    private void answer(HttpExchange exchange, boolean withPages) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            String method = exchange.getRequestMethod();
            Optional<Guest> guest = withPages ? guest(path) : Optional.empty();
            if (guest.isPresent()) {
                Optional<DebugAccess.Refusal> foreign = access.foreign(exchange);
                if (foreign.isPresent()) {
                    text(exchange, foreign.get().status(), foreign.get().reason());
                } else {
                    guest.get().answer(exchange, this);
                }
                return;
            }
            Optional<DebugAccess.Refusal> refusal =
                    withPages && !OPEN.contains(path) ? access.refusal(exchange) : Optional.empty();
            if (refusal.isPresent()) {
                text(exchange, refusal.get().status(), refusal.get().reason());
            } else if (withPages && method.equals("POST") && path.equals(RESET)) {
                reset(exchange);
            } else if (withPages && method.equals("POST") && path.equals(LOGGING)) {
                setLevels(exchange);
            } else if (!method.equals("GET") && !method.equals("HEAD")) {
                text(exchange, 405, "only GET is served here\n");
            } else if (path.equals("/ready")) {
                boolean ready = mesh.ready();
                text(exchange, ready ? 200 : 503, ready ? "ready\n" : "the configuration is not loaded yet\n");
            } else if (withPages && path.equals("/metrics")) {
                ByteArrayOutputStream body = new ByteArrayOutputStream();
                List<String> accept = exchange.getRequestHeaders().getOrDefault("Accept", List.of());
                String type = metrics.write(String.join(",", accept), body);
                send(exchange, 200, type, body.toByteArray());
            } else if (withPages && path.equals("/spiffe/bundle")) {
                byte[] bundle = SpiffeBundle.of(mesh.roots()).json().getBytes(StandardCharsets.UTF_8);
                send(exchange, 200, "application/json", bundle);
            } else if (withPages && path.equals("/version")) {
                text(exchange, 200, BuildVersion.read().toString());
            } else if (withPages && path.startsWith("/debug/")) {
                debugPage(exchange, path.substring("/debug/".length()));
            } else {
                text(exchange, 404, "there is no such page; /debug/list names those there are\n");
            }
        } catch (RuntimeException e) {
            LOG.atError().setCause(e).log("a debug page failed");
        }
    }

    private Optional<Guest> guest(String path) {
        int end = path.indexOf('/', 1);
        return Optional.ofNullable(guests.get(end < 0 ? path : path.substring(0, end)));
    }

    /// Changes are only for those who send a header of ours, which no page of another origin can without being asked
    /// about.
    private static boolean isForeign(HttpExchange exchange) throws IOException {
        if (exchange.getRequestHeaders().getFirst("x-lateen-operator") == null) {
            text(exchange, 403, "the header x-lateen-operator is expected\n");
            return true;
        }
        return false;
    }

    private void setLevels(HttpExchange exchange) throws IOException {
        if (isForeign(exchange)) {
            return;
        }
        Optional<String> wrong = logLevels.set(query(exchange.getRequestURI().getRawQuery()));
        if (wrong.isPresent()) {
            text(exchange, 400, wrong.get() + "\n");
            return;
        }
        send(exchange, 200, "application/json", JSON.writeValueAsBytes(logLevels.json()));
    }

    private void reset(HttpExchange exchange) throws IOException {
        if (isForeign(exchange)) {
            return;
        }
        Optional<JsonNode> done = limits.reset(query(exchange.getRequestURI().getRawQuery()));
        if (done.isEmpty()) {
            text(exchange, 404, "there is no such rule in force (expected: rule=KIND/NAMESPACE/NAME/0)\n");
            return;
        }
        send(exchange, 200, "application/json", JSON.writeValueAsBytes(done.get()));
    }

    private void debugPage(HttpExchange exchange, String name) throws IOException {
        var page = pages.get(name);
        if (page == null) {
            text(exchange, 404, "there is no such page; /debug/list names those there are\n");
            return;
        }
        Optional<JsonNode> content = page.apply(query(exchange.getRequestURI().getRawQuery()));
        if (content.isEmpty()) {
            text(exchange, 404, "no such proxy is connected (expected: proxyID=<pod>.<namespace>)\n");
            return;
        }
        send(exchange, 200, "application/json", JSON.writeValueAsBytes(content.get()));
    }

    private static Map<String, String> query(@org.jspecify.annotations.Nullable String raw) {
        Map<String, String> query = new HashMap<>();
        if (raw != null) {
            for (String pair : raw.split("&", -1)) {
                int equals = pair.indexOf('=');
                String name = equals < 0 ? pair : pair.substring(0, equals);
                String value = equals < 0 ? "" : pair.substring(equals + 1);
                query.put(decode(name), decode(value));
            }
        }
        return query;
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException _) {
            return text;
        }
    }

    private static void text(HttpExchange exchange, int status, String body) throws IOException {
        send(exchange, status, "text/plain; charset=utf-8", body.getBytes(StandardCharsets.UTF_8));
    }

    private static void send(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        boolean head = exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(status, head || body.length == 0 ? -1 : body.length);
        if (!head) {
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(body);
            }
        }
    }

    private static HttpServer bind(InetSocketAddress address) throws IOException {
        try {
            return HttpServer.create(address, 0);
        } catch (IOException e) {
            throw new IOException("cannot listen on " + address + ": " + e.getMessage(), e);
        }
    }
}
