package dev.lateen.control.ratelimit;

import dev.lateen.translate.policy.Algorithm;

/// A bucket that fills evenly.
final class TokenBucket implements Counter {
    private double missing;
    private double perNano;
    private long lastNanos;

    TokenBucket(long nowNanos) {
        lastNanos = nowNanos;
    }

    @Override
    public Algorithm algorithm() {
        return Algorithm.TOKEN_BUCKET;
    }

    private void fill(Take take, long nowNanos) {
        perNano = (double) take.limit() / take.rule().window().toNanos();
        settle(nowNanos);
    }

    private void settle(long nowNanos) {
        if (nowNanos > lastNanos) {
            missing = Math.max(0, missing - (nowNanos - lastNanos) * perNano);
            lastNanos = nowNanos;
        }
    }

    @Override
    public long room(Take take, long nowNanos) {
        fill(take, nowNanos);
        // A token that lacks a billionth is there: sums of fractions are never exact.
        return (long) Math.max(0, take.burst() - missing + 1e-9);
    }

    @Override
    public void add(Take take, long hits, long nowNanos) {
        missing += hits;
    }

    @Override
    public void giveBack(long hits) {
        missing = Math.max(0, missing - hits);
    }

    @Override
    public long resetNanos(Take take, long hits, long nowNanos) {
        double have = take.burst() - missing;
        double wanted = have >= hits ? missing : hits - have;
        return (long) Math.ceil(wanted / perNano);
    }

    @Override
    public long used(Take take, long nowNanos) {
        fill(take, nowNanos);
        return (long) Math.ceil(missing);
    }

    @Override
    public boolean isFresh(long nowNanos) {
        return missing - Math.max(0, nowNanos - lastNanos) * perNano <= 0;
    }

    @Override
    public void clear() {
        missing = 0;
    }
}
