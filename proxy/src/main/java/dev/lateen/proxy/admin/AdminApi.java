package dev.lateen.proxy.admin;

import dev.lateen.proxy.accesslog.AccessLogs;
import dev.lateen.proxy.cluster.Clusters;
import dev.lateen.proxy.decision.Decisions;
import dev.lateen.proxy.stream.Addresses;
import dev.lateen.proxy.telemetry.Stats;
import java.net.SocketAddress;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/// Envoy's admin API: the same paths, and answers that tools for Envoy can read. What changes something takes POST and
/// only from this machine. Pages of the web are told nothing, by whatever name they call us.
///
/// Thread: chores loop.
public final class AdminApi implements AdminPages {
    private static final String HELP = """
            admin commands are:
              /certs: print certificates on machine
              /clusters: upstream cluster status (format=json)
              /config_dump: dump current configuration, secrets redacted (resource=, include_eds)
              /decisions: print what became of the last requests (id=, status=, failures, path=, after=, limit=, …)
              /decisions/dry: print what would become of a request (authority=, path=, method=, header=, claim=)
              /drain_listeners: POST: drain listeners (graceful, inboundonly)
              /healthcheck/fail: POST: cause the server to fail health checks
              /healthcheck/ok: POST: cause the server to pass health checks
              /help: print this
              /listeners: print listener info (format=json)
              /logging: POST: query or change logging levels (level=, LOGGER=LEVEL)
              /memory: print memory in use
              /quitquitquit: POST: exit the server
              /ready: print server state, 200 if LIVE
              /reopen_logs: POST: reopen access logs
              /reset_counters: POST: reset all counters to zero
              /server_info: print server version and status
              /stats: print server stats (filter=REGEX, usedonly, format=json|prometheus)
              /stats/prometheus: print server stats in the Prometheus format
            """;

    static final AdminReply MISDIRECTED = AdminReply.text(
            421, "host: not a name of this proxy (expected: an address, localhost or a name of this network)\n");
    private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST");

    private final AdminBackend backend;
    private final Clusters clusters;
    private final Stats stats;
    private final AccessLogs logs;
    private final Decisions decisions;
    private final long startNanos = System.nanoTime();

    public AdminApi(AdminBackend backend, Clusters clusters, Stats stats, AccessLogs logs, Decisions decisions) {
        this.backend = backend;
        this.clusters = clusters;
        this.stats = stats;
        this.logs = logs;
        this.decisions = decisions;
        stats.computedGauge("server.uptime", this::uptimeSeconds);
        stats.computedGauge("server.live", () -> backend.state() == AdminBackend.State.LIVE ? 1 : 0);
        stats.computedGauge("server.state", () -> backend.state() == AdminBackend.State.LIVE ? 0 : 1);
        stats.computedGauge("server.memory_allocated", MemoryPage::usedBytes);
        stats.computedGauge("server.memory_heap_size", MemoryPage::heapBytes);
    }

    private long uptimeSeconds() {
        return (System.nanoTime() - startNanos) / 1_000_000_000L;
    }

    @Override
    public void handle(AdminRequest request, Consumer<AdminReply> reply) {
        if (!request.from().meant()) {
            reply.accept(MISDIRECTED);
            return;
        }
        if (!METHODS.contains(request.method())) {
            reply.accept(AdminReply.text(405, "Method Not Allowed (expected: GET, HEAD or POST)\n"));
            return;
        }
        if (request.path().equals("/decisions")) {
            new DecisionsPage(decisions, new InForce(backend), backend::later).answer(request, reply);
            return;
        }
        reply.accept(
                switch (request.path()) {
                    case "/drain_listeners",
                            "/healthcheck/fail",
                            "/healthcheck/ok",
                            "/quitquitquit",
                            "/reopen_logs",
                            "/reset_counters",
                            "/logging" -> changeSafely(request);
                    default -> show(request);
                });
    }

    private AdminReply changeSafely(AdminRequest request) {
        if (!request.method().equals("POST")) {
            return AdminReply.text(405, "Method Not Allowed: " + request.path() + " takes POST\n");
        }
        if (!request.from().local() || request.from().foreign()) {
            return AdminReply.text(403, "Forbidden: " + request.path() + " is for this machine only\n");
        }
        return change(request);
    }

    private AdminReply change(AdminRequest request) {
        switch (request.path()) {
            case "/drain_listeners" -> backend.drainListeners(request.has("inboundonly"));
            case "/healthcheck/fail" -> backend.failHealthCheck(true);
            case "/healthcheck/ok" -> backend.failHealthCheck(false);
            case "/quitquitquit" -> backend.quit();
            case "/reopen_logs" -> logs.reopen();
            case "/reset_counters" -> stats.resetCounters();
            default -> {
                return LoggingPage.change(request);
            }
        }
        return AdminReply.text("OK\n");
    }

    private AdminReply show(AdminRequest request) {
        return switch (request.path()) {
            case "/", "/help" -> AdminReply.text(HELP);
            case "/ready" -> ready();
            case "/server_info" -> AdminReply.json(serverInfo());
            case "/clusters" ->
                request.wantsJson()
                        ? AdminReply.json(ClustersPage.json(clusters))
                        : AdminReply.text(ClustersPage.text(clusters));
            case "/listeners" -> listeners(request);
            case "/config_dump" -> ConfigDumpPage.of(backend, request);
            case "/stats" -> StatsPage.of(stats, request);
            case "/stats/prometheus" -> StatsPage.prometheus(stats, request);
            case "/certs" -> AdminReply.json(backend.certificates());
            case "/decisions/dry" -> new DryRunPage(decisions.proxy(), backend, clusters).of(request);
            case "/memory" -> AdminReply.json(MemoryPage.json());
            case "/hot_restart_version" -> AdminReply.text("disabled\n");
            case "/runtime" -> AdminReply.json("{\"layers\":[],\"entries\":{}}\n");
            default -> AdminReply.text(404, "invalid path. " + HELP);
        };
    }

    private AdminReply ready() {
        AdminBackend.State state = backend.state();
        return AdminReply.text(state == AdminBackend.State.LIVE ? 200 : 503, state + "\n");
    }

    private AdminReply listeners(AdminRequest request) {
        if (request.wantsJson()) {
            JsonOut json = new JsonOut().object().array("listener_statuses");
            for (AdminBackend.ListenerView listener : backend.listeners()) {
                json.object().text("name", listener.name());
                List<SocketAddress> addresses = listener.addresses();
                if (!addresses.isEmpty()) {
                    json.address("local_address", addresses.getFirst());
                }
                json.end();
            }
            return AdminReply.json(json.end().end().toString());
        }
        StringBuilder text = new StringBuilder();
        for (AdminBackend.ListenerView listener : backend.listeners()) {
            for (SocketAddress address : listener.addresses()) {
                text.append(listener.name())
                        .append("::")
                        .append(Addresses.text(address))
                        .append('\n');
            }
        }
        return AdminReply.text(text.toString());
    }

    private String serverInfo() {
        JsonOut json = new JsonOut().object();
        json.text("version", backend.version());
        json.text("state", backend.state().name());
        json.text("uptime_current_epoch", uptimeSeconds() + "s");
        json.text("uptime_all_epochs", uptimeSeconds() + "s");
        json.text("hot_restart_version", "disabled");
        json.object("command_line_options").end();
        json.raw("node", ConfigDumpPage.print(backend.node()));
        return json.end().toString();
    }
}
