package dev.lateen.proxy.http.filter;

import dev.lateen.proxy.config.Fraction;
import dev.lateen.proxy.route.HeaderChanges.Change;
import java.util.concurrent.atomic.AtomicLong;

/// A token bucket that all loops draw from, and what happens to requests that find it empty.
///
/// Source: envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit. Thread: any.
public final class RateLimit {
    private final long maxTokens;
    private final long nanosPerFill;
    private final long tokensPerFill;
    final int status;
    final Fraction enabled;
    final Fraction enforced;
    final Change responseHeaders;
    /// The time up to which tokens have been used, in nanoseconds: one token is a stretch of time.
    private final AtomicLong usedUntil;

    RateLimit(
            long maxTokens,
            long tokensPerFill,
            long nanosPerFill,
            int status,
            Fraction enabled,
            Fraction enforced,
            Change responseHeaders) {
        this.maxTokens = maxTokens;
        this.tokensPerFill = tokensPerFill;
        this.nanosPerFill = nanosPerFill;
        this.status = status;
        this.enabled = enabled;
        this.enforced = enforced;
        this.responseHeaders = responseHeaders;
        this.usedUntil = new AtomicLong(System.nanoTime() - capacityNanos());
    }

    private long capacityNanos() {
        return maxTokens * nanosPerFill / tokensPerFill;
    }

    /// Takes a token; false where there is none.
    boolean tryTake(long nowNanos) {
        long cost = Math.max(1, nanosPerFill / tokensPerFill);
        while (true) {
            long used = usedUntil.get();
            long from = Math.max(used, nowNanos - capacityNanos());
            if (from + cost > nowNanos) {
                return false;
            }
            if (usedUntil.compareAndSet(used, from + cost)) {
                return true;
            }
        }
    }
}
