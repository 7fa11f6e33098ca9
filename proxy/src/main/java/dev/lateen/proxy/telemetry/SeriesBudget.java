package dev.lateen.proxy.telemetry;

import dev.lateen.proxy.config.Decoded;
import dev.lateen.proxy.config.Refusal;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/// How many label sets of Istio's metrics a proxy may have, so that nobody can fill its memory, or that of Prometheus,
/// by inventing names. What is above counts under `other`, which a warning and `lateen_metrics_folded_total` say, until
/// label sets that nobody uses have made room.
///
/// Thread: any.
final class SeriesBudget {
    /// Of an HTTP label set come 67 lines of the page, of gRPC's messages two, of a TCP one four.
    static final int DEFAULT_LABEL_SETS = 10_000;

    static final String VARIABLE = "LATEEN_METRICS_LABEL_SETS";
    private static final int MOST = 1_000_000;
    private static final long SILENCE_NANOS = 60_000_000_000L;
    private static final long NEVER = Long.MIN_VALUE;
    private static final System.Logger LOG = System.getLogger(SeriesBudget.class.getName());

    private final int most;
    private final AtomicInteger used = new AtomicInteger();
    private final AtomicLong evictions = new AtomicLong();
    /// How many were folded; the counter may be reset.
    private final AtomicLong strangers = new AtomicLong();
    private final AtomicLong saidNanos = new AtomicLong(NEVER);
    private final AtomicLong saidCount = new AtomicLong();
    private final LongSupplier nanos;
    private long strangersBefore;
    private final Counter folded;
    private final Counter evicted;

    /// @param nanos as `System.nanoTime`
    SeriesBudget(int most, Counter folded, Counter evicted, LongSupplier nanos) {
        this.most = most;
        this.folded = folded;
        this.evicted = evicted;
        this.nanos = nanos;
    }

    /// What a process's environment says.
    static Decoded<Integer> of(Map<String, String> environment) {
        String text = environment.getOrDefault(VARIABLE, "");
        return Decoded.of(() -> {
            if (text.isEmpty()) {
                return DEFAULT_LABEL_SETS;
            }
            if (!text.matches("[0-9]{1,7}") || Integer.parseInt(text) == 0 || Integer.parseInt(text) > MOST) {
                throw new Refusal("environment variable " + VARIABLE + ": '" + text + "' (expected: 1 to " + MOST
                        + " label sets)");
            }
            return Integer.parseInt(text);
        });
    }

    boolean take() {
        int now = used.get();
        while (now < most) {
            int witness = used.compareAndExchange(now, now + 1);
            if (witness == now) {
                return true;
            }
            now = witness;
        }
        return false;
    }

    void takeAnyway() {
        used.incrementAndGet();
    }

    void giveBack() {
        used.decrementAndGet();
    }

    int used() {
        return used.get();
    }

    long evictions() {
        return evictions.get();
    }

    void evicted() {
        evictions.incrementAndGet();
        used.decrementAndGet();
        evicted.increment();
    }

    /// Whether something did not fit in since this was last asked. Ask on one thread.
    boolean wantsRoom() {
        long now = strangers.get();
        boolean wants = now != strangersBefore;
        strangersBefore = now;
        return wants;
    }

    /// Something was counted under `other`. Says so at most once a minute.
    void folded(SeriesKey key) {
        folded.increment();
        long all = strangers.incrementAndGet();
        long now = nanos.getAsLong();
        long last = saidNanos.get();
        if ((last == NEVER || now - last >= SILENCE_NANOS) && saidNanos.compareAndSet(last, now)) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "metrics have more than {0} sets of labels: {4} requests and connections more than last said "
                            + "count as 'other', the last of {1} ({2}) (lateen_metrics_folded_total; see tagOverrides "
                            + "of Telemetry, the annotation sidecar.istio.io/statsEvictionInterval, the environment "
                            + "variable {3})",
                    Integer.toString(most),
                    key.host,
                    key.peer.workload(),
                    VARIABLE,
                    Long.toString(all - saidCount.getAndSet(all)));
        }
    }
}
