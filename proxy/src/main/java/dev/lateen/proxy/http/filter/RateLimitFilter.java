package dev.lateen.proxy.http.filter;

import dev.lateen.net.http.Headers;
import dev.lateen.net.http.ResponseHead;
import dev.lateen.proxy.cluster.Cluster;
import dev.lateen.proxy.cluster.Clusters;
import dev.lateen.proxy.ratelimit.Descriptor;
import dev.lateen.proxy.ratelimit.DescriptorBuilder;
import dev.lateen.proxy.ratelimit.LimitAnswer;
import dev.lateen.proxy.ratelimit.LimitAnswer.Counted;
import dev.lateen.proxy.ratelimit.LimitClient;
import dev.lateen.proxy.ratelimit.LimitHeaders;
import dev.lateen.proxy.ratelimit.RateLimitConfig;
import dev.lateen.proxy.ratelimit.RateLimitConfig.Route;
import dev.lateen.proxy.route.RateLimitPolicy;
import dev.lateen.proxy.route.RouteAction.Forward;
import dev.lateen.proxy.route.RouteEntry;
import dev.lateen.proxy.stream.ResponseFlag;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Asks a rate limit service whether a request may pass. The request waits, nothing else does.
///
/// Source: Envoy's rate limit filter. Thread: event loop of the request.
final class RateLimitFilter implements RequestFilter {
    private static final String NAMESPACE = "envoy.filters.http.ratelimit";

    private final String name;
    private final RateLimitConfig config;
    private final FilterEnvironment environment;
    private final Clusters clusters;
    private final @Nullable LimitClient client;
    /// Of this filter's own, since a chain may have several of one name.
    private final String stateKey;

    RateLimitFilter(String name, RateLimitConfig config, FilterEnvironment environment) {
        this(name, config, environment, null);
    }

    private RateLimitFilter(
            String name, RateLimitConfig config, FilterEnvironment environment, @Nullable LimitClient client) {
        this.name = name;
        this.config = config;
        this.environment = environment;
        this.clusters = environment.clusters();
        this.client = client;
        this.stateKey = name + "#" + config.stage();
    }

    @Override
    public RequestFilter on(EventLoop loop) {
        return new RateLimitFilter(
                name, config, environment, new LimitClient(config.service(), clusters, loop, environment.stats()));
    }

    /// A question under way, and what is left of the answer for the response.
    private static final class Asking {
        private final Cluster cluster;
        private LimitClient.@Nullable Ticket ticket;
        private @Nullable Counted answer;
        private boolean answered;
        private boolean passed;
        private boolean returned;

        Asking(Cluster cluster) {
            this.cluster = cluster;
        }
    }

    @Override
    public Verdict onRequest(Exchange exchange) {
        if (!FaultFilter.drawn(config.enabled(), exchange.nextRandom()) || !concerns(exchange)) {
            return Verdict.CONTINUE;
        }
        Cluster cluster = target(exchange);
        Route route = route(exchange);
        if (cluster == null || route == null) {
            return Verdict.CONTINUE;
        }
        List<Descriptor> descriptors = descriptors(exchange, route, cluster, false);
        if (descriptors.isEmpty()) {
            return Verdict.CONTINUE;
        }
        Asking asking = new Asking(cluster);
        exchange.state(stateKey, asking);
        LimitClient.Ticket ticket =
                client().ask(route.domain(), descriptors, answer -> decide(exchange, asking, answer));
        if (!asking.answered) {
            asking.ticket = ticket;
        }
        asking.returned = true;
        return asking.passed ? Verdict.CONTINUE : Verdict.STOP;
    }

    private LimitClient client() {
        if (client == null) {
            throw new IllegalStateException("a filter works on a loop only");
        }
        return client;
    }

    private boolean concerns(Exchange exchange) {
        return switch (config.requests()) {
            case BOTH -> true;
            case INTERNAL -> isInternal(exchange);
            case EXTERNAL -> !isInternal(exchange);
        };
    }

    private static boolean isInternal(Exchange exchange) {
        return "true".equals(exchange.head().headers().get("x-envoy-internal"));
    }

    /// Only what is forwarded to a cluster that there is has a limit.
    private @Nullable Cluster target(Exchange exchange) {
        RouteEntry entry = exchange.route();
        if (entry == null || !(entry.route().action() instanceof Forward)) {
            return null;
        }
        String ahead = exchange.clusterAhead();
        return ahead == null ? null : clusters.get(ahead);
    }

    /// Null where the route switches the filter off.
    private @Nullable Route route(Exchange exchange) {
        return switch (exchange.override(name)) {
            case null -> Route.NONE;
            case FilterConfig.RateLimitRoute(Route own) -> own;
            default -> null;
        };
    }

    private List<Descriptor> descriptors(Exchange exchange, Route route, Cluster cluster, boolean done) {
        List<Descriptor> descriptors = new ArrayList<>(2);
        DescriptorBuilder builder = new DescriptorBuilder(
                exchange.head(),
                exchange.info(),
                environment.own().serviceCluster(),
                cluster.config().name());
        if (route.policies().isPresent()) {
            builder.addTo(descriptors, route.policies().get(), config.stage(), done);
            return descriptors;
        }
        RouteEntry entry = exchange.route();
        if (entry == null || !(entry.route().action() instanceof Forward forward)) {
            return descriptors;
        }
        var own = forward.rateLimits();
        builder.addTo(descriptors, own.policies(), config.stage(), done);
        boolean inherits = own.includesVirtualHost()
                || switch (route.virtualHosts()) {
                    case OVERRIDE -> own.policies().isEmpty();
                    case INCLUDE -> true;
                    case IGNORE -> false;
                };
        if (inherits) {
            builder.addTo(descriptors, entry.virtualHost().rateLimits(), config.stage(), done);
        }
        return descriptors;
    }

    private void decide(Exchange exchange, Asking asking, LimitAnswer answer) {
        asking.answered = true;
        asking.ticket = null;
        switch (answer) {
            case LimitAnswer.Failed _ -> fail(exchange, asking);
            case Counted counted -> {
                asking.answer = counted;
                if (!counted.metadata().isEmpty()) {
                    exchange.info().metadata().putAll(NAMESPACE, counted.metadata());
                }
                if (counted.over()) {
                    count(asking, "over_limit");
                    refuse(exchange, asking, counted);
                } else {
                    count(asking, "ok");
                    exchange.head().headers().addAll(AnswerChanges.clean(counted.requestHeaders()));
                    pass(exchange, asking);
                }
            }
        }
    }

    private void refuse(Exchange exchange, Asking asking, Counted counted) {
        if (!FaultFilter.drawn(config.enforced(), exchange.nextRandom())) {
            exchange.head().headers().addAll(AnswerChanges.clean(counted.requestHeaders()));
            pass(exchange, asking);
            return;
        }
        counted.statuses().forEach(status -> note(exchange, status));
        RateLimitConfig.Refusal refusal = config.refusal();
        Headers headers = new Headers(8);
        if (refusal.marks()) {
            headers.add("x-envoy-ratelimited", "true");
        }
        refusal.headers().applyTo(headers, exchange.info());
        LocalReply reply = LocalReply.of(
                        refusal.status(), counted.body(), ResponseFlag.RATE_LIMITED, "request_rate_limited")
                .with(headers);
        exchange.reply(refusal.exhausted() ? reply.withGrpcStatus(8) : reply);
    }

    private static void note(Exchange exchange, LimitAnswer.Status status) {
        if (status.over()) {
            String window = status.windowSeconds() == 0 ? "" : " per " + status.windowSeconds() + " s";
            exchange.info()
                    .evidence()
                    .note(
                            "limit",
                            status.name() + ": " + status.requests() + window + ", " + status.remaining()
                                    + " left, more in " + status.resetSeconds() + " s");
        }
    }

    private void fail(Exchange exchange, Asking asking) {
        count(asking, "error");
        exchange.info()
                .evidence()
                .note("limit", "the rate limit service " + config.service().cluster() + " gave no answer");
        if (config.failure().denies()) {
            exchange.reply(LocalReply.of(
                    config.failure().status(), "", ResponseFlag.RATE_LIMIT_SERVICE_ERROR, "rate_limiter_error"));
            return;
        }
        count(asking, "failure_mode_allowed");
        pass(exchange, asking);
    }

    private void count(Asking asking, String what) {
        String prefix = asking.cluster.stats().prefix() + "ratelimit.";
        environment
                .stats()
                .counter(config.statPrefix().isEmpty() ? prefix + what : prefix + config.statPrefix() + "." + what)
                .increment();
    }

    private static void pass(Exchange exchange, Asking asking) {
        asking.passed = true;
        if (asking.returned) {
            exchange.resume();
        }
    }

    @Override
    public void onResponse(Exchange exchange, ResponseHead head) {
        if (exchange.state(stateKey) instanceof Asking asking && asking.answer != null) {
            if (config.refusal().tellsLimits()) {
                LimitHeaders.addTo(head.headers(), asking.answer.statuses());
            }
            head.headers().addAll(AnswerChanges.clean(asking.answer.responseHeaders()));
        }
    }

    @Override
    public void onEnd(Exchange exchange) {
        if (exchange.state(stateKey) instanceof Asking asking && asking.ticket != null) {
            asking.ticket.cancel();
            asking.ticket = null;
        }
        countAtEnd(exchange);
    }

    /// What counts only once the exchange has ended refuses nothing.
    private void countAtEnd(Exchange exchange) {
        Cluster cluster = target(exchange);
        Route route = cluster == null ? null : route(exchange);
        if (cluster == null || route == null || !hasLatePolicies(exchange, route.policies())) {
            return;
        }
        List<Descriptor> descriptors = descriptors(exchange, route, cluster, true);
        if (!descriptors.isEmpty()) {
            var _ = client().ask(route.domain(), descriptors, _ -> {});
        }
    }

    private static boolean hasLatePolicies(Exchange exchange, Optional<List<RateLimitPolicy>> own) {
        RouteEntry entry = exchange.route();
        return (own.isPresent() && anyLate(own.get()))
                || (entry != null && anyLate(entry.virtualHost().rateLimits()))
                || (entry != null
                        && entry.route().action() instanceof Forward forward
                        && anyLate(forward.rateLimits().policies()));
    }

    private static boolean anyLate(List<RateLimitPolicy> policies) {
        for (int index = 0; index < policies.size(); index++) {
            if (policies.get(index).onStreamDone()) {
                return true;
            }
        }
        return false;
    }
}
