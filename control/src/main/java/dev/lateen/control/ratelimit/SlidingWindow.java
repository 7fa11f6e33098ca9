package dev.lateen.control.ratelimit;

import dev.lateen.translate.policy.Algorithm;
import java.util.Arrays;

/// The hits of the last window, kept in ten slots and the one that is leaving, of which a share counts still.
final class SlidingWindow implements Counter {
    private static final int SLOTS = 10;

    private final long[] hits = new long[SLOTS + 1];
    private long slotNanos = 1;
    /// Number of the slot that is being filled.
    private long slot;

    SlidingWindow(Take take, long nowNanos) {
        slotNanos = slotNanos(take);
        slot = nowNanos / slotNanos;
    }

    private static long slotNanos(Take take) {
        return Math.max(1, take.rule().window().toNanos() / SLOTS);
    }

    @Override
    public Algorithm algorithm() {
        return Algorithm.SLIDING_WINDOW;
    }

    private void move(Take take, long nowNanos) {
        if (slotNanos(take) != slotNanos) {
            clear();
            slotNanos = slotNanos(take);
            slot = nowNanos / slotNanos;
        }
        long current = nowNanos / slotNanos;
        if (current - slot > SLOTS) {
            clear();
            slot = current;
        }
        while (slot < current) {
            slot++;
            hits[index(slot)] = 0;
        }
    }

    private static int index(long slot) {
        return Math.floorMod(slot, SLOTS + 1);
    }

    private double used(long nowNanos) {
        double sum = 0;
        for (long each : hits) {
            sum += each;
        }
        return sum - hits[index(slot + 1)] * leaving(nowNanos);
    }

    /// What share of the oldest slot has left.
    private double leaving(long nowNanos) {
        return Math.clamp((double) (nowNanos - slot * slotNanos) / slotNanos, 0, 1);
    }

    @Override
    public long room(Take take, long nowNanos) {
        move(take, nowNanos);
        return (long) Math.max(0, take.limit() - used(nowNanos) + 1e-9);
    }

    @Override
    public void add(Take take, long count, long nowNanos) {
        hits[index(slot)] += count;
    }

    @Override
    public void giveBack(long count) {
        hits[index(slot)] = Math.max(0, hits[index(slot)] - count);
    }

    @Override
    public long resetNanos(Take take, long count, long nowNanos) {
        double lacking = count - (take.limit() - used(nowNanos));
        long slotEnd = (slot + 1) * slotNanos;
        if (lacking <= 0) {
            return Math.max(0, slotEnd - nowNanos) + (SLOTS - 1) * slotNanos;
        }
        double leavesNow = hits[index(slot + 1)] * (1 - leaving(nowNanos));
        if (leavesNow >= lacking) {
            return (long) Math.ceil(lacking / Math.max(1, hits[index(slot + 1)]) * slotNanos);
        }
        lacking -= leavesNow;
        long end = slotEnd;
        for (int age = 2; age <= SLOTS + 1; age++, end += slotNanos) {
            long leaves = hits[index(slot + age)];
            if (leaves >= lacking) {
                return end - nowNanos + (long) Math.ceil(lacking / leaves * slotNanos);
            }
            lacking -= leaves;
        }
        return end - nowNanos;
    }

    @Override
    public long used(Take take, long nowNanos) {
        move(take, nowNanos);
        return (long) Math.ceil(used(nowNanos));
    }

    @Override
    public boolean isFresh(long nowNanos) {
        return nowNanos / slotNanos - slot > SLOTS;
    }

    @Override
    public void clear() {
        Arrays.fill(hits, 0);
    }
}
