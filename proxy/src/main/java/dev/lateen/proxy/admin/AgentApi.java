package dev.lateen.proxy.admin;

import dev.lateen.proxy.telemetry.PrometheusText;
import dev.lateen.proxy.telemetry.Stats;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// What Istio's agent serves beside its proxy: readiness on 15020 and 15021, and on 15020 (and 15090) the numbers
/// of the proxy together with those of the application.
///
/// Limits: 16 MiB of the application's numbers, within 5 s.
///
/// Thread: chores loop; the application is asked on a virtual thread.
public final class AgentApi implements AdminPages {
    private static final int MAX_BYTES = 16 << 20;
    private static final int TIMEOUT_MILLIS = 5_000;

    private final AdminBackend backend;
    private final Stats stats;
    private final Optional<URI> application;
    private final AppProber prober;

    private AgentApi(AdminBackend backend, Stats stats, Optional<URI> application, AppProber prober) {
        this.backend = backend;
        this.stats = stats;
        this.application = application;
        this.prober = prober;
    }

    /// Readiness and the proxy's own numbers, and the probes that the environment tells of.
    public static AgentApi of(AdminBackend backend, Stats stats, Map<String, String> environment) {
        return new AgentApi(backend, stats, Optional.empty(), AppProber.of(environment));
    }

    /// With the numbers of an application on this machine.
    ///
    /// @param port where it serves them
    /// @param path empty: `/metrics`
    public static AgentApi withApplication(AdminBackend backend, Stats stats, int port, String path) {
        try {
            URI uri = new URI("http", null, "localhost", port, path.isEmpty() ? "/metrics" : path, null, null);
            return new AgentApi(backend, stats, Optional.of(uri), AppProber.of(Map.of()));
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("the path of the application's metrics: '" + path + "'", e);
        }
    }

    @Override
    public void handle(AdminRequest request, Consumer<AdminReply> reply) {
        switch (request.path()) {
            case "/healthz/ready" -> reply.accept(ready());
            case "/stats/prometheus", "/metrics" -> metrics(reply);
            case "/quitquitquit" -> reply.accept(quit(request));
            case "/drain" -> reply.accept(drain(request));
            default ->
                prober.probe(request.path())
                        .ifPresentOrElse(
                                probe -> prober.ask(probe, reply),
                                () -> reply.accept(AdminReply.text(404, "not found\n")));
        }
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

    private void metrics(Consumer<AdminReply> reply) {
        String own = PrometheusText.of(stats, false);
        if (application.isEmpty()) {
            reply.accept(new AdminReply(200, PrometheusText.CONTENT_TYPE, own));
            return;
        }
        URI uri = application.get();
        Thread.ofVirtual()
                .name("scrape")
                .start(() -> reply.accept(new AdminReply(200, PrometheusText.CONTENT_TYPE, own + scrape(uri))));
    }

    /// What the application says; nothing where it does not answer.
    private String scrape(URI uri) {
        try {
            URLConnection connection = uri.toURL().openConnection();
            connection.setConnectTimeout(TIMEOUT_MILLIS);
            connection.setReadTimeout(TIMEOUT_MILLIS);
            connection.setRequestProperty("accept", "text/plain; version=0.0.4");
            try (InputStream in = connection.getInputStream()) {
                String text = new String(in.readNBytes(MAX_BYTES), StandardCharsets.UTF_8);
                return text.isEmpty() || text.endsWith("\n") ? text : text + "\n";
            }
        } catch (IOException _) {
            stats.counter("agent.scrape_failures_total").increment();
            return "";
        }
    }
}
