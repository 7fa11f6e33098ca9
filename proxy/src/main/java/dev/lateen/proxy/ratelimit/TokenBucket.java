package dev.lateen.proxy.ratelimit;

import java.util.concurrent.atomic.AtomicLong;

/// A token bucket that all loops draw from. It fills evenly: one token is a stretch of time.
///
/// Source: envoy.type.v3.TokenBucket, as Envoy's local rate limits use it. Thread: any.
public final class TokenBucket {
    private static final long NANOS = 1_000_000_000L;

    private final Size size;
    private final long tokenNanos;
    private final long capacityNanos;
    /// The time up to which tokens have been used.
    private final AtomicLong usedUntil;
    private volatile long lastUse;

    /// @param maxTokens at least 1
    /// @param fillNanos for `tokensPerFill`
    public record Size(long maxTokens, long tokensPerFill, long fillNanos) {
        double perSecond() {
            return (double) tokensPerFill * NANOS / fillNanos;
        }
    }

    /// Full at first.
    public TokenBucket(Size size, long now) {
        this.size = size;
        this.tokenNanos = Math.max(1, size.fillNanos() / size.tokensPerFill());
        this.capacityNanos = size.maxTokens() * tokenNanos;
        this.usedUntil = new AtomicLong(now - capacityNanos);
        this.lastUse = now;
    }

    /// Takes tokens; false where there are too few, which takes none.
    public boolean tryTake(long tokens, long now) {
        lastUse = now;
        long cost = tokens * tokenNanos;
        while (true) {
            long used = usedUntil.get();
            long from = Math.max(used, now - capacityNanos);
            if (from + cost > now) {
                return false;
            }
            if (usedUntil.compareAndSet(used, from + cost)) {
                return true;
            }
        }
    }

    public Size size() {
        return size;
    }

    public long remaining(long now) {
        long from = Math.max(usedUntil.get(), now - capacityNanos);
        return Math.max(0, (now - from) / tokenNanos);
    }

    /// Until there is another token than those there are; rounded up.
    public long resetSeconds(long now) {
        long from = Math.max(usedUntil.get(), now - capacityNanos);
        long next = from + tokenNanos - now;
        return next <= 0 ? 0 : (next + NANOS - 1) / NANOS;
    }

    long lastUse() {
        return lastUse;
    }

    /// Such as `2 per 3600 s, 0 left, one more in 1800 s`.
    public String describe(long now) {
        long seconds = Math.max(1, size.maxTokens() * tokenNanos / NANOS);
        return size.maxTokens() + " per " + seconds + " s, " + remaining(now) + " left, one more in "
                + resetSeconds(now) + " s";
    }
}
