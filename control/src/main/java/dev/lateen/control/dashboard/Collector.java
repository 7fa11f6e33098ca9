package dev.lateen.control.dashboard;

import dev.lateen.control.debug.MeshView;
import dev.lateen.control.push.ConnectedProxy;
import dev.lateen.dashboard.traffic.EdgeKey;
import dev.lateen.dashboard.traffic.Frame;
import dev.lateen.dashboard.traffic.History;
import dev.lateen.dashboard.traffic.ProxyReader;
import dev.lateen.dashboard.traffic.Tally;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks the connected proxies for their numbers: every two seconds while somebody looks, and seldom while nobody does,
/// so that whoever comes after something has happened finds the last hour.
///
/// Limits: 1,000 proxies, 8 at a time, 4 s and 4 MiB for each, 4,000 series of a proxy and 120,000 in all; a round
/// never takes more than a quarter of the time, a tenth while nobody looks, so the rounds of a large mesh are further
/// apart. Proxies that do not answer are left out of most rounds (`Silences`).
///
/// Thread: one virtual thread of its own, and those of `AskedTogether`; `look` from any.
final class Collector implements AutoCloseable {
    static final Duration EVERY = Duration.ofSeconds(2);
    static final int MOST_PROXIES = 1_000;
    static final int MOST_BYTES = 4 << 20;
    static final int MOST_SERIES = 120_000;
    static final int MOST_SERIES_OF_A_PROXY = 4_000;

    private static final Logger LOG = LoggerFactory.getLogger(Collector.class);
    /// Fine numbers are of no use for long after the last look, where coarse ones follow.
    private static final Duration KEEP_LOOKING = Duration.ofMinutes(1);
    private static final Duration KEEP_LOOKING_ALONE = Duration.ofMinutes(10);
    /// Longer than any round: each proxy has its own bound.
    private static final Duration PATIENCE = Duration.ofMinutes(30);

    private static final MetricsPage PAGE = new MetricsPage(MOST_BYTES, Duration.ofSeconds(2));
    /// How many times as long as its work a round is followed by rest.
    private static final int REST = 3;

    private static final int IDLE_REST = 9;

    private final MeshView mesh;
    private final History history;
    private final InstantSource clock;
    private final Duration idle;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, ProxyReader> readers = new LinkedHashMap<>();
    private final Silences silences = new Silences();
    private Instant lookedAt = Instant.EPOCH;
    private boolean running;
    private long round;

    /// @param idle between two rounds while nobody looks; zero for none
    Collector(MeshView mesh, History history, InstantSource clock, Duration idle) {
        this.mesh = mesh;
        this.history = history;
        this.clock = clock;
        this.idle = idle;
    }

    /// Begins to collect, unless it is to wait for somebody who looks.
    void start() {
        if (!idle.isZero()) {
            run();
        }
    }

    /// Somebody looks.
    synchronized void look() {
        lookedAt = clock.instant();
        run();
        notifyAll(); // or the first who comes would wait for the end of a long rest
    }

    private synchronized void run() {
        if (!running && !threads.isShutdown()) {
            running = true;
            Instant from = clock.instant();
            threads.execute(() -> collect(from));
        }
    }

    synchronized boolean isRunning() {
        return running;
    }

    /// Waits until there is another round than the given one, or the time is over.
    ///
    /// @return the number of the latest round
    synchronized long awaitRound(long after, Duration time) throws InterruptedException {
        long deadline = System.nanoTime() + time.toNanos();
        while (round <= after) {
            long left = (deadline - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                break;
            }
            wait(left);
        }
        return round;
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }

    private void collect(Instant since) {
        Instant from = since;
        try {
            while (isWanted()) {
                long start = System.nanoTime();
                try {
                    from = round(from);
                } catch (RuntimeException failure) {
                    LOG.atError().setCause(failure).log("the numbers of the proxies cannot be collected");
                    readers.clear(); // what they have followed half-way would count for more than there was
                    from = clock.instant();
                }
                rest(System.nanoTime() - start);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized boolean isWanted() {
        running = !threads.isShutdown() && (!idle.isZero() || isWatched());
        if (!running) {
            readers.clear();
        }
        return running;
    }

    private synchronized boolean isWatched() {
        return clock.instant().isBefore(lookedAt.plus(idle.isZero() ? KEEP_LOOKING_ALONE : KEEP_LOOKING));
    }

    /// Until the next round is due, which is sooner as soon as somebody looks.
    ///
    /// @param took the round before, in nanoseconds
    private synchronized void rest(long took) throws InterruptedException {
        long began = System.nanoTime();
        while (true) {
            long pause = isWatched() || idle.isZero()
                    ? Math.max(EVERY.toNanos() - took, REST * took)
                    : Math.max(idle.toNanos() - took, IDLE_REST * took);
            long left = pause - (System.nanoTime() - began);
            if (left <= 0) {
                return;
            }
            wait(left / 1_000_000 + 1);
        }
    }

    private Instant round(Instant from) throws InterruptedException {
        MetricsAddress addresses = new MetricsAddress(mesh.snapshot());
        Map<String, URI> known = new LinkedHashMap<>();
        int unasked = 0;
        for (ConnectedProxy proxy : mesh.proxies()) {
            Optional<URI> address = known.size() < MOST_PROXIES ? addresses.of(proxy) : Optional.empty();
            if (address.isPresent()) {
                known.putIfAbsent(proxy.connection().id(), address.get());
            } else {
                unasked++;
            }
        }
        readers.keySet().retainAll(known.keySet());
        silences.begin(known.keySet());
        List<Map.Entry<String, URI>> asked = known.entrySet().stream()
                .filter(one -> silences.isDue(one.getKey()))
                .toList();
        List<String> answered = new ArrayList<>();
        Map<EdgeKey, Tally> edges = new HashMap<>();
        var unanswered = AskedTogether.ask(
                asked,
                one -> page(one.getValue()),
                (one, page) -> {
                    answered.add(one.getKey());
                    reader(one.getKey()).ifPresent(reader -> reader.read(page, edges));
                },
                PATIENCE);
        answered.forEach(silences::answered);
        unanswered.silent().forEach(one -> silences.silent(one.getKey()));
        unanswered.late().forEach(one -> silences.silent(one.getKey()));
        Instant to = clock.instant();
        history.add(new Frame(from, to, edges, answered.size(), known.size() - answered.size() + unasked));
        synchronized (this) {
            round++;
            notifyAll();
        }
        return to;
    }

    private Optional<ProxyReader> reader(String connection) {
        ProxyReader known = readers.get(connection);
        if (known == null) {
            int all = readers.values().stream().mapToInt(ProxyReader::size).sum();
            if (all >= MOST_SERIES) {
                return Optional.empty();
            }
            known = new ProxyReader(Math.min(MOST_SERIES_OF_A_PROXY, MOST_SERIES - all));
            readers.put(connection, known);
        }
        return Optional.of(known);
    }

    private static Optional<String> page(URI address) {
        try {
            return PAGE.read(address);
        } catch (IOException failure) {
            LOG.atDebug().setCause(failure).log("a proxy did not show its numbers");
            return Optional.empty();
        }
    }
}
