package dev.lateen.proxy.overload;

import dev.lateen.proxy.telemetry.Counter;
import dev.lateen.proxy.telemetry.Stats;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// How scarce each resource is, read in regular intervals, and so what is refused meanwhile.
///
/// Statistics, as Envoy's: `overload.<monitor>.pressure` (per cent) and `.failed_updates`,
/// `overload.<action>.active` and `.scale_percent`; of load-shed points `overload.<point>.scale_percent` and
/// `.shed_load_count`.
///
/// Thread: `start` and what it repeats the chores loop; the questions any.
public final class Overload {
    private static final System.Logger LOG = System.getLogger(Overload.class.getName());
    private static final int ONE = 1 << 16;
    /// How often timeouts that may get shorter are looked at.
    private static final long LOOK_NANOS = 250_000_000;

    private final OverloadConfig config;
    private final List<Reading> readings = new ArrayList<>();
    private final Map<String, Reading> byName = new HashMap<>();
    private final Map<OverloadConfig.Kind, Gauges> gauges = new EnumMap<>(OverloadConfig.Kind.class);
    private final Map<OverloadConfig.Kind, Double> scales = new EnumMap<>(OverloadConfig.Kind.class);
    private volatile int refusedRequests;
    private volatile int shedRequests;
    private volatile int refusedConnections;
    private volatile int shedConnections;
    private volatile int endedConnections;
    private volatile int resetStreams;
    private volatile int abortedHttp1;
    private volatile int leftHttp2;
    private volatile double shortening;
    private final Map<OverloadConfig.Timer, OverloadConfig.Shortened> shortened =
            new EnumMap<>(OverloadConfig.Timer.class);
    private final ForcedCollections collections = new ForcedCollections();

    /// What the process does beyond refusing. Thread: chores loop.
    public interface Relief {
        /// Listens, or leaves new connections to the kernel.
        void acceptConnections(boolean accept);

        /// Ends the requests that hold the most buffers.
        ///
        /// @param share 0 to 1: the higher, the smaller the requests that are ended
        void resetLargest(double share);
    }

    private static final class Reading {
        final Pressure pressure;
        final Counter percent;
        final Counter failures;
        double value;

        Reading(Pressure pressure, Counter percent, Counter failures) {
            this.pressure = pressure;
            this.percent = percent;
            this.failures = failures;
        }
    }

    /// @param active of a load-shed point, what it has shed
    private record Gauges(Counter active, Counter percent) {}

    /// @param allocator of the data path
    /// @param connections open connections of clients
    public Overload(OverloadConfig config, ByteBufAllocator allocator, LongSupplier connections, Stats stats) {
        this.config = config;
        for (OverloadConfig.Monitor monitor : config.monitors()) {
            String prefix = "overload." + monitor.name() + ".";
            Reading reading = new Reading(
                    Pressure.of(monitor, allocator, connections, collections),
                    stats.gauge(prefix + "pressure"),
                    stats.counter(prefix + "failed_updates"));
            readings.add(reading);
            byName.put(monitor.name(), reading);
        }
        for (OverloadConfig.Action action : config.actions()) {
            String prefix = "overload." + action.kind().actionName() + ".";
            Counter active = action.kind().isLoadShedPoint()
                    ? stats.counter(prefix + "shed_load_count")
                    : stats.gauge(prefix + "active");
            gauges.put(action.kind(), new Gauges(active, stats.gauge(prefix + "scale_percent")));
            for (OverloadConfig.Shortened timeout : action.shortened()) {
                shortened.put(timeout.timer(), timeout);
            }
        }
    }

    /// One that never refuses anything.
    public static Overload none() {
        return new Overload(
                new OverloadConfig(java.time.Duration.ofDays(1), List.of(), List.of()),
                ByteBufAllocator.DEFAULT,
                () -> 0,
                new Stats());
    }

    /// Reads from now on.
    public void start(EventLoop chores, Relief relief) {
        long nanos = config.refreshInterval().toNanos();
        refresh(relief);
        chores.scheduleWithFixedDelay(() -> refresh(relief), nanos, nanos, TimeUnit.NANOSECONDS);
    }

    void refresh(Relief relief) {
        for (Reading reading : readings) {
            try {
                reading.value = reading.pressure.read();
                set(reading.percent, Math.round(reading.value * 100));
            } catch (IOException _) {
                reading.failures.increment();
            }
        }
        for (OverloadConfig.Action action : config.actions()) {
            double scale = 0;
            for (OverloadConfig.Trigger trigger : action.triggers()) {
                Reading reading = byName.get(trigger.monitor());
                scale = Math.max(scale, reading == null ? 0 : trigger.scale(reading.value));
            }
            take(action.kind(), scale, relief);
        }
    }

    private void take(OverloadConfig.Kind kind, double scale, Relief relief) {
        Double known = scales.put(kind, scale);
        double before = known == null ? 0 : known;
        Gauges shown = gauges.get(kind);
        if (shown != null) {
            if (!kind.isLoadShedPoint()) {
                set(shown.active, scale >= 1 ? 1 : 0);
            }
            set(shown.percent, Math.round(scale * 100));
        }
        if ((before > 0) != (scale > 0)) {
            LOG.log(System.Logger.Level.WARNING, kind.actionName() + (scale > 0 ? ": begins" : ": ends"));
        }
        int parts = (int) (scale * ONE);
        switch (kind) {
            case STOP_ACCEPTING_REQUESTS -> refusedRequests = parts;
            case REJECT_INCOMING_CONNECTIONS -> refusedConnections = parts;
            case TCP_LISTENER_ACCEPT -> shedConnections = parts;
            case HTTP_CONNECTION_MANAGER_DECODE_HEADERS -> shedRequests = parts;
            case DISABLE_HTTP_KEEPALIVE -> endedConnections = parts;
            case HTTP1_SERVER_ABORT_DISPATCH -> abortedHttp1 = parts;
            case HTTP2_SERVER_GO_AWAY_ON_DISPATCH -> leftHttp2 = parts;
            case REDUCE_TIMEOUTS -> shortening = scale;
            case STOP_ACCEPTING_CONNECTIONS -> {
                if ((before >= 1) != (scale >= 1)) {
                    relief.acceptConnections(scale < 1);
                }
            }
            case SHRINK_HEAP -> {
                if (before < 1 && scale >= 1) {
                    collections.tryCollect(true);
                }
            }
            case RESET_HIGH_MEMORY_STREAM -> {
                resetStreams = parts;
                if (scale > 0) {
                    relief.resetLargest(scale);
                }
            }
        }
    }

    private static void set(Counter gauge, long value) {
        gauge.add(value - gauge.value());
    }

    /// @param random its low bits decide, where only a part is refused
    public boolean refusesRequest(long random) {
        return isIn(refusedRequests, random)
                || sheds(OverloadConfig.Kind.HTTP_CONNECTION_MANAGER_DECODE_HEADERS, shedRequests, random);
    }

    public boolean refusesConnection(long random) {
        return isIn(refusedConnections, random)
                || sheds(OverloadConfig.Kind.TCP_LISTENER_ACCEPT, shedConnections, random);
    }

    private boolean sheds(OverloadConfig.Kind point, int parts, long random) {
        if (!isIn(parts, random)) {
            return false;
        }
        Gauges shown = gauges.get(point);
        if (shown != null) {
            shown.active.increment();
        }
        return true;
    }

    /// Whether a connection is to end with the response that it is about to give.
    public boolean endsConnection(long random) {
        return isIn(endedConnections, random >>> 16);
    }

    /// Whether what has come over HTTP/1 is not to be worked on, and its connection is to end.
    public boolean abortsHttp1(long random) {
        return sheds(OverloadConfig.Kind.HTTP1_SERVER_ABORT_DISPATCH, abortedHttp1, random);
    }

    /// Whether a connection of HTTP/2 is to end with the requests that it has.
    public boolean leavesHttp2(long random) {
        return sheds(OverloadConfig.Kind.HTTP2_SERVER_GO_AWAY_ON_DISPATCH, leftHttp2, random);
    }

    /// How long a timeout is now.
    ///
    /// @param fullNanos where nothing is scarce; more than zero
    public long shortened(OverloadConfig.Timer timer, long fullNanos) {
        OverloadConfig.Shortened timeout = shortened.get(timer);
        double scale = shortening;
        if (timeout == null || scale == 0) {
            return fullNanos;
        }
        return fullNanos - (long) ((fullNanos - timeout.least(fullNanos)) * scale);
    }

    /// When to look at a timeout, by the clock of `System.nanoTime()`: those that may get shorter are looked at
    /// again and again.
    ///
    /// @param fullNanos where nothing is scarce; more than zero
    public long lookAt(OverloadConfig.Timer timer, long sinceNanos, long fullNanos) {
        OverloadConfig.Shortened timeout = shortened.get(timer);
        if (timeout == null) {
            return sinceNanos + fullNanos;
        }
        long elapsed = System.nanoTime() - sinceNanos;
        return sinceNanos + Math.min(fullNanos, Math.max(timeout.least(fullNanos), elapsed + LOOK_NANOS));
    }

    /// Whether requests with many buffers are being ended.
    public boolean resetsStreams() {
        return resetStreams > 0;
    }

    private static boolean isIn(int parts, long random) {
        return parts != 0 && (random & (ONE - 1)) < parts;
    }
}
