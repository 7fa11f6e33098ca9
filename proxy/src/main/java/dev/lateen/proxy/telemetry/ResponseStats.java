package dev.lateen.proxy.telemetry;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// How many answers there were of which status, under Envoy's names `<prefix>upstream_rq_completed`, `…_2xx`, `…_200`;
/// a status outside of 100 to 599 is `…_unknown`. As in Envoy there is no number before the first answer that it
/// counts.
///
/// Thread: any.
public final class ResponseStats {
    private static final int FIRST = 100;
    private static final int END = 600;
    private static final int UNKNOWN = 0;

    private final Stats stats;
    private final String prefix;
    private volatile Seen seen = new Seen(new int[0], new Counter[0][]);

    /// The statuses that have come so far and what each adds to. They are few, so that a look at each is the fastest.
    private static final class Seen {
        private final int[] statuses;
        private final Counter[][] counters;

        Seen(int[] statuses, Counter[][] counters) {
            this.statuses = statuses;
            this.counters = counters;
        }

        Counter @Nullable [] of(int status) {
            for (int index = 0; index < statuses.length; index++) {
                if (statuses[index] == status) {
                    return counters[index];
                }
            }
            return null;
        }

        Seen with(int status, Counter[] added) {
            int size = statuses.length;
            int[] moreStatuses = Arrays.copyOf(statuses, size + 1);
            Counter[][] moreCounters = Arrays.copyOf(counters, size + 1);
            moreStatuses[size] = status;
            moreCounters[size] = added;
            return new Seen(moreStatuses, moreCounters);
        }
    }

    /// @param prefix such as `cluster.a.`
    public ResponseStats(Stats stats, String prefix) {
        this.stats = stats;
        this.prefix = prefix + "upstream_rq_";
    }

    public void count(int status) {
        int known = status >= FIRST && status < END ? status : UNKNOWN;
        Counter[] counters = seen.of(known);
        for (Counter counter : counters == null ? first(known) : counters) {
            counter.increment();
        }
    }

    private synchronized Counter[] first(int status) {
        Counter[] known = seen.of(status);
        if (known != null) {
            return known;
        }
        Counter completed = stats.counter(prefix + "completed");
        Counter[] counters = status == UNKNOWN
                ? new Counter[] {completed, stats.counter(prefix + "unknown")}
                : new Counter[] {completed, stats.counter(prefix + status / 100 + "xx"), stats.counter(prefix + status)
                };
        seen = seen.with(status, counters);
        return counters;
    }
}
