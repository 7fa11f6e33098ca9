package dev.lateen.proxy.ratelimit;

import dev.lateen.proxy.ratelimit.LimitAnswer.Counted;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// What Lateen's own service has granted ahead for one list of descriptors, or that it has refused, and who waits
/// for its next answer. Times are `System.nanoTime()` values.
///
/// Limits: a refusal is remembered for a second at most, so that an operator's reset takes effect.
///
/// Thread: one event loop.
final class Leased {
    private static final long MAX_REFUSAL = TimeUnit.SECONDS.toNanos(1);
    private static final long SPAN = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long SHORTEST_SPAN = TimeUnit.MILLISECONDS.toNanos(10);
    /// What is wanted ahead, as a stretch of time.
    private static final double AHEAD_SECONDS = 0.05;

    final ArrayDeque<LimitClient.Ticket> waiting = new ArrayDeque<>(2);
    boolean asking;
    private @Nullable Counted answer;
    private long hits;
    private long hitsEnd;
    private long refusalEnd;
    private boolean refused;
    private long refusedHits;
    private long spanStart;
    private long spanRequests;
    private double rate;

    Leased(long now) {
        spanStart = now;
    }

    /// A request has come; counts towards what is wanted ahead.
    void seen(long now) {
        long span = now - spanStart;
        if (span >= SPAN) {
            // After a pause, nothing of before counts.
            rate = span >= 10 * SPAN ? 0 : spanRequests * 1e9 / span;
            spanStart = now;
            spanRequests = 0;
        }
        spanRequests++;
    }

    /// The answer that is in force for one more request, or null: the service must be asked.
    @Nullable
    Counted take(long now) {
        if (refused) {
            if (now - refusalEnd < 0) {
                refusedHits++;
                return answer;
            }
            refused = false;
        }
        if (hits > 0) {
            if (now - hitsEnd < 0) {
                hits--;
                return answer;
            }
            hits = 0;
        }
        return null;
    }

    /// How many hits further than the one that asks are wanted.
    long wanted(long now) {
        long span = now - spanStart;
        double current = span >= SHORTEST_SPAN ? Math.max(rate, spanRequests * 1e9 / span) : rate;
        return Math.max(waiting.size(), (long) (current * AHEAD_SECONDS));
    }

    /// Refusals that the service has not heard of; forgotten here with this call.
    long takeRefusedHits() {
        long known = refusedHits;
        refusedHits = 0;
        return known;
    }

    void answered(Counted counted, long now) {
        answer = counted;
        refused = counted.over();
        if (refused) {
            hits = 0;
            refusalEnd = now + Math.min(MAX_REFUSAL, Math.max(counted.lease().nanos(), reset(counted)));
        } else {
            hits = counted.lease().hits();
            hitsEnd = now + counted.lease().nanos();
        }
    }

    /// When the last of the limits that refuse will let something through again.
    private static long reset(Counted counted) {
        long reset = 0;
        for (int index = 0; index < counted.statuses().size(); index++) {
            LimitAnswer.Status status = counted.statuses().get(index);
            if (status.over()) {
                long seconds = Math.min(status.resetSeconds(), 1);
                reset = Math.max(reset, TimeUnit.SECONDS.toNanos(seconds) + status.resetNanos());
            }
        }
        return reset;
    }
}
