package dev.lateen.proxy.http.filter;

import dev.lateen.net.http.Headers;
import dev.lateen.proxy.stream.ResponseFlag;

/// Refuses requests above a rate; a route's bucket takes the place of the chain's.
///
/// Source: Envoy's local rate limit filter. Thread: event loop of the request.
final class LocalRateLimitFilter implements RequestFilter {
    private final String name;
    private final RateLimit own;

    LocalRateLimitFilter(String name, RateLimit own) {
        this.name = name;
        this.own = own;
    }

    @Override
    public Verdict onRequest(Exchange exchange) {
        Object override = exchange.override(name);
        RateLimit limit = override instanceof FilterConfig.LocalRateLimit(RateLimit other) ? other : own;
        if (override != null && limit == own) {
            return Verdict.CONTINUE;
        }
        if (!FaultFilter.drawn(limit.enabled, exchange.nextRandom())
                || limit.tryTake(System.nanoTime())
                || !FaultFilter.drawn(limit.enforced, exchange.nextRandom())) {
            return Verdict.CONTINUE;
        }
        Headers headers = new Headers(4);
        headers.add("x-envoy-ratelimited", "true");
        limit.responseHeaders.applyTo(headers, exchange.info());
        exchange.reply(
                LocalReply.of(limit.status, "local_rate_limited", ResponseFlag.RATE_LIMITED, "local_rate_limited")
                        .with(headers));
        return Verdict.STOP;
    }
}
