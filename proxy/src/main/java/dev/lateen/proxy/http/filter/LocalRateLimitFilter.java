package dev.lateen.proxy.http.filter;

import dev.lateen.net.http.Headers;
import dev.lateen.net.http.ResponseHead;
import dev.lateen.proxy.ratelimit.Descriptor;
import dev.lateen.proxy.ratelimit.DescriptorBuilder;
import dev.lateen.proxy.ratelimit.LocalLimits;
import dev.lateen.proxy.ratelimit.LocalRateLimitConfig;
import dev.lateen.proxy.ratelimit.TokenBucket;
import dev.lateen.proxy.route.RouteAction.Forward;
import dev.lateen.proxy.route.RouteEntry;
import dev.lateen.proxy.stream.ResponseFlag;
import dev.lateen.proxy.telemetry.Counter;
import dev.lateen.proxy.telemetry.Stats;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Refuses requests above a rate that this proxy counts by itself; a route's configuration takes the place of the
/// chain's.
///
/// Source: Envoy's local rate limit filter. Thread: event loop of the request.
final class LocalRateLimitFilter implements RequestFilter {
    private static final int MOST_COUNTED = 1000;

    private final String name;
    private final LocalRateLimitConfig own;
    private final FilterEnvironment environment;
    /// Of this filter's own, since a chain may have several of one name.
    private final String stateKey;
    private final IdentityHashMap<LocalRateLimitConfig, Counters> counters = new IdentityHashMap<>();

    LocalRateLimitFilter(String name, LocalRateLimitConfig own, FilterEnvironment environment) {
        this.name = name;
        this.own = own;
        this.environment = environment;
        this.stateKey = name + "#local";
    }

    @Override
    public RequestFilter on(EventLoop loop) {
        return new LocalRateLimitFilter(name, own, environment);
    }

    private static final class Counters {
        private final Counter enabled;
        private final Counter ok;
        private final Counter limited;
        private final Counter enforced;

        Counters(Stats stats, String prefix) {
            String all = prefix + ".http_local_rate_limit.";
            enabled = stats.counter(all + "enabled");
            ok = stats.counter(all + "ok");
            limited = stats.counter(all + "rate_limited");
            enforced = stats.counter(all + "enforced");
        }
    }

    @Override
    public Verdict onRequest(Exchange exchange) {
        LocalRateLimitConfig config = config(exchange);
        if (config == null || !FaultFilter.drawn(config.enabled(), exchange.nextRandom())) {
            return Verdict.CONTINUE;
        }
        Counters counted = counters(config);
        counted.enabled.increment();
        LocalLimits limits = limits(exchange, config);
        LocalLimits.Verdict verdict =
                limits.take(limits.describes() ? descriptors(exchange, config) : List.of(), System.nanoTime());
        TokenBucket decided = verdict.bucket();
        if (decided != null && config.refusal().tellsLimits()) {
            exchange.state(stateKey, decided);
        }
        if (verdict.allowed()) {
            counted.ok.increment();
            return Verdict.CONTINUE;
        }
        counted.limited.increment();
        if (!FaultFilter.drawn(config.enforced(), exchange.nextRandom())) {
            config.unenforcedRequestHeaders().applyTo(exchange.head(), exchange.info());
            return Verdict.CONTINUE;
        }
        counted.enforced.increment();
        if (decided != null) {
            exchange.info().evidence().note("limit", config.statPrefix() + ": " + decided.describe(System.nanoTime()));
        }
        refuse(exchange, config.refusal());
        return Verdict.STOP;
    }

    /// Null where the route switches the filter off.
    private @Nullable LocalRateLimitConfig config(Exchange exchange) {
        return switch (exchange.override(name)) {
            case null -> own;
            case FilterConfig.LocalRateLimit(LocalRateLimitConfig other) -> other;
            default -> null;
        };
    }

    private Counters counters(LocalRateLimitConfig config) {
        Counters known = counters.get(config);
        if (known == null) {
            if (counters.size() >= MOST_COUNTED) {
                counters.clear(); // Those of routes that are gone; the numbers themselves stay.
            }
            known = new Counters(environment.stats(), config.statPrefix());
            counters.put(config, known);
        }
        return known;
    }

    private static LocalLimits limits(Exchange exchange, LocalRateLimitConfig config) {
        if (!config.perConnection()) {
            return config.limits();
        }
        if (exchange.connectionState(config) instanceof LocalLimits kept) {
            return kept;
        }
        LocalLimits made = config.limits().anew();
        exchange.connectionState(config, made);
        return made;
    }

    private List<Descriptor> descriptors(Exchange exchange, LocalRateLimitConfig config) {
        List<Descriptor> descriptors = new ArrayList<>(2);
        String ahead = exchange.clusterAhead();
        DescriptorBuilder builder = new DescriptorBuilder(
                exchange.head(), exchange.info(), environment.own().serviceCluster(), ahead == null ? "" : ahead);
        LocalRateLimitConfig.Descriptors described = config.descriptors();
        if (described.policies().isPresent()) {
            builder.addTo(descriptors, described.policies().get(), -1, false);
            return descriptors;
        }
        RouteEntry entry = exchange.route();
        if (entry == null || !(entry.route().action() instanceof Forward forward)) {
            return descriptors;
        }
        var route = forward.rateLimits();
        builder.addTo(descriptors, route.policies(), described.stage(), false);
        boolean inherits = route.includesVirtualHost()
                || switch (described.virtualHosts()) {
                    case OVERRIDE -> route.policies().isEmpty();
                    case INCLUDE -> true;
                    case IGNORE -> false;
                };
        if (inherits) {
            builder.addTo(descriptors, entry.virtualHost().rateLimits(), described.stage(), false);
        }
        return descriptors;
    }

    private static void refuse(Exchange exchange, LocalRateLimitConfig.Refusal refusal) {
        Headers headers = new Headers(4);
        headers.add("x-envoy-ratelimited", "true");
        refusal.headers().applyTo(headers, exchange.info());
        LocalReply reply = LocalReply.of(
                        refusal.status(), "local_rate_limited", ResponseFlag.RATE_LIMITED, "local_rate_limited")
                .with(headers);
        exchange.reply(refusal.exhausted() ? reply.withGrpcStatus(8) : reply);
    }

    @Override
    public void onResponse(Exchange exchange, ResponseHead head) {
        if (exchange.state(stateKey) instanceof TokenBucket bucket) {
            long now = System.nanoTime();
            head.headers().set("x-ratelimit-limit", Long.toString(bucket.size().maxTokens()));
            head.headers().set("x-ratelimit-remaining", Long.toString(bucket.remaining(now)));
            head.headers().set("x-ratelimit-reset", Long.toString(bucket.resetSeconds(now)));
        }
    }
}
