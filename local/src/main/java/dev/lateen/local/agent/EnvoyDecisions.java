package dev.lateen.local.agent;

import com.sun.net.httpserver.HttpExchange;
import dev.lateen.net.http.Headers;
import dev.lateen.net.http.HttpVersion;
import dev.lateen.net.http.RequestHead;
import dev.lateen.proxy.admin.AdminReply;
import dev.lateen.proxy.admin.DecisionsPage;
import dev.lateen.proxy.decision.Decisions;
import dev.lateen.proxy.stream.StreamInfo;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/// What became of the last requests of Envoy, from its access log: the same ring and the same page as those of our
/// proxy.
///
/// Limits: those of `Decisions`; an answer that takes longer than `LONGEST` is given up. Its page is for this machine,
/// as
/// Envoy's admin API is: other parts of the agent's port are open to the pod's network.
///
/// Thread: any; the ring is one event loop's.
final class EnvoyDecisions {
    private static final Duration LONGEST = Duration.ofSeconds(15);
    private static final String TEXT = "text/plain; charset=utf-8";

    private final Executor loop;
    private final Decisions decisions;
    private final DecisionsPage page;
    private final boolean adminIsLocal;

    /// @param loop whose the decisions are
    /// @param admin where Envoy's admin API is: where that is not for this machine alone, our page is not either
    EnvoyDecisions(Executor loop, Decisions decisions, InetSocketAddress admin, EnvoyAdmin envoy) {
        this.loop = loop;
        this.decisions = decisions;
        // Envoy is asked for what it has in force, which blocks.
        this.page = new DecisionsPage(
                decisions, new EnvoyBackground(envoy), Thread.ofVirtual().name("decisions")::start);
        this.adminIsLocal = admin.getAddress().isLoopbackAddress();
    }

    /// @param ended what Envoy logged at one time; not changed any more
    void log(List<StreamInfo> ended) {
        if (decisions.kept() && !ended.isEmpty()) {
            loop.execute(() -> ended.forEach(decisions::log));
        }
    }

    AdminReply answer(HttpExchange exchange) {
        InetSocketAddress peer = exchange.getRemoteAddress();
        if (adminIsLocal && !peer.getAddress().isLoopbackAddress()) {
            return new AdminReply(403, TEXT, "Only requests from localhost are allowed\n");
        }
        RequestHead head = new RequestHead(
                HttpVersion.HTTP_1_1,
                exchange.getRequestMethod(),
                "http",
                Objects.requireNonNullElse(exchange.getRequestHeaders().getFirst("host"), ""),
                exchange.getRequestURI().toString(),
                new Headers(0));
        CompletableFuture<AdminReply> reply = new CompletableFuture<>();
        page.answer(head, peer, reply::complete);
        AdminReply late = new AdminReply(503, TEXT, "Envoy does not answer\n");
        return reply.completeOnTimeout(late, LONGEST.toSeconds(), TimeUnit.SECONDS)
                .join();
    }
}
