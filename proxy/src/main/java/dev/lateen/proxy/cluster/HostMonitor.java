package dev.lateen.proxy.cluster;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// What outlier detection remembers of one host.
///
/// Thread: counters any; ejection state is written on the chores loop only.
final class HostMonitor {
    final AtomicInteger consecutiveServerErrors = new AtomicInteger();
    final AtomicInteger consecutiveGatewayErrors = new AtomicInteger();
    final AtomicInteger consecutiveLocalFailures = new AtomicInteger();
    final Interval external = new Interval();
    final Interval local = new Interval();

    private volatile boolean ejected;
    /// Of the manual or system clock, nanoseconds; meaningful while ejected.
    private long ejectedUntil;
    /// How many ejections in a row: each good interval takes one back.
    private int ejections;

    /// Successes and totals since the last sweep.
    static final class Interval {
        private final AtomicLong successes = new AtomicLong();
        private final AtomicLong total = new AtomicLong();

        void count(boolean success) {
            total.getAndIncrement();
            if (success) {
                successes.getAndIncrement();
            }
        }

        /// Reads and starts anew.
        Volume take() {
            long all = total.getAndSet(0);
            return new Volume(Math.min(all, successes.getAndSet(0)), all);
        }
    }

    record Volume(long successes, long total) {
        double successRate() {
            return total == 0 ? 100 : 100.0 * successes / total;
        }
    }

    boolean ejected() {
        return ejected;
    }

    long ejectedUntil() {
        return ejectedUntil;
    }

    int ejections() {
        return ejections;
    }

    void eject(long until) {
        ejected = true;
        ejectedUntil = until;
        ejections++;
    }

    /// The counters start anew, or the host would be ejected again at its next error.
    void restore() {
        ejected = false;
        resetCounters();
    }

    void forgive() {
        if (ejections > 0) {
            ejections--;
        }
    }

    void resetCounters() {
        consecutiveServerErrors.set(0);
        consecutiveGatewayErrors.set(0);
        consecutiveLocalFailures.set(0);
    }
}
