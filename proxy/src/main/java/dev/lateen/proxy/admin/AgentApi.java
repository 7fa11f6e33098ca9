package dev.lateen.proxy.admin;

import dev.lateen.proxy.bootstrap.AppMetrics;
import dev.lateen.proxy.config.Decoded;
import dev.lateen.proxy.decision.Decisions;
import dev.lateen.proxy.telemetry.PrometheusText;
import dev.lateen.proxy.telemetry.Rendering;
import dev.lateen.proxy.telemetry.Stats;
import java.util.Optional;
import java.util.function.Consumer;

/// What Istio's agent serves beside its proxy: readiness on 15020 and 15021, and on 15020 (and 15090) the numbers
/// of the proxy, on 15020 together with those of the application. The control plane may also ask, with TLS, what became
/// of requests, which certificates are held, and what is logged, and may change the latter.
///
/// Thread: chores loop; the application is asked on a virtual thread.
public final class AgentApi implements AdminPages {
    private static final String SECRETS = "dynamic_active_secrets";
    private static final AdminReply STRANGER =
            AdminReply.text(403, "Only the control plane may ask here, by its certificate\n");

    private final AdminBackend backend;
    private final DecisionsPage decisions;
    private final Stats stats;
    private final AppProber prober;
    private final MergedPage metrics;

    /// @param application where it shows metrics, for the page that merges them
    public AgentApi(
            AdminBackend backend,
            Stats stats,
            Decisions decisions,
            AppProber prober,
            Optional<AppMetrics> application) {
        this.backend = backend;
        this.decisions = new DecisionsPage(decisions, new InForce(backend), backend::later);
        this.prober = prober;
        this.stats = stats;
        this.metrics = new MergedPage(application, (rendering, out) -> {
            PrometheusText.write(stats, rendering, out);
            return true;
        });
    }

    @Override
    public void handle(AdminRequest request, Consumer<AdminReply> reply) {
        switch (request.path()) {
            case "/healthz/ready" -> reply.accept(ready());
            case "/stats/prometheus", "/metrics" -> metrics(request, reply);
            case "/decisions" -> decisions(request, reply);
            case "/config_dump" -> reply.accept(secrets(request));
            case "/logging" -> reply.accept(logging(request));
            case "/quitquitquit" -> reply.accept(quit(request));
            case "/drain" -> reply.accept(drain(request));
            default ->
                prober.probe(request.path())
                        .ifPresentOrElse(
                                probe -> prober.ask(probe, reply),
                                () -> reply.accept(AdminReply.text(404, "not found\n")));
        }
    }

    private void decisions(AdminRequest request, Consumer<AdminReply> reply) {
        if (request.from().proven()) {
            decisions.answer(request, reply);
        } else {
            reply.accept(STRANGER);
        }
    }

    /// The secrets, without keys, and nothing else of the dump.
    private AdminReply secrets(AdminRequest request) {
        if (!request.from().proven()) {
            return STRANGER;
        }
        return request.parameter("resource").filter(SECRETS::equals).isPresent()
                ? ConfigDumpPage.of(backend, request)
                : AdminReply.text(404, "only resource=" + SECRETS + " is shown here\n");
    }

    private static AdminReply logging(AdminRequest request) {
        if (!request.from().proven()) {
            return STRANGER;
        }
        return request.method().equals("POST")
                ? LoggingPage.change(request)
                : AdminReply.text(405, "Method Not Allowed\n");
    }

    private AdminReply ready() {
        AdminBackend.State state = backend.state();
        return state == AdminBackend.State.LIVE
                ? AdminReply.text("")
                : AdminReply.text(503, "not ready: " + state + "\n");
    }

    private AdminReply quit(AdminRequest request) {
        return change(request, backend::quit);
    }

    private AdminReply drain(AdminRequest request) {
        return change(request, backend::drain);
    }

    private static AdminReply change(AdminRequest request, Runnable action) {
        if (!request.method().equals("POST")) {
            return AdminReply.text(405, "Method Not Allowed\n");
        }
        if (!request.from().local() || !request.from().meant() || request.from().foreign()) {
            return AdminReply.text(403, "Only requests from localhost are allowed\n");
        }
        action.run();
        return AdminReply.text("OK\n");
    }

    private void metrics(AdminRequest request, Consumer<AdminReply> reply) {
        switch (StatsPage.rendering(stats, request)) {
            case Decoded.Rejected<Rendering>(String reason) -> reply.accept(AdminReply.text(400, reason + "\n"));
            case Decoded.Ok<Rendering>(Rendering wanted) ->
                Thread.ofVirtual().name("metrics").start(() -> {
                    MergedPage.Page page = metrics.ask(wanted, request.scrapeTimeout());
                    reply.accept(AdminReply.streamed(page.format().contentType(), page.body()));
                });
        }
    }
}
