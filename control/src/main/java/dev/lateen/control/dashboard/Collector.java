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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks the connected proxies for their numbers every two seconds, while somebody looks and for a while after.
///
/// Limits: 1,000 proxies, 8 at a time, 4 s and 4 MiB for each, 4,000 series of a proxy and 120,000 in all; a round
/// never takes more than a quarter of the time, so the rounds of a large mesh are further apart.
///
/// Thread: one virtual thread of its own, and one for each question; `look` from any.
final class Collector implements AutoCloseable {
    static final Duration EVERY = Duration.ofSeconds(2);
    static final int MOST_PROXIES = 1_000;
    static final int MOST_BYTES = 4 << 20;
    static final int MOST_SERIES = 120_000;
    static final int MOST_SERIES_OF_A_PROXY = 4_000;

    private static final Logger LOG = LoggerFactory.getLogger(Collector.class);
    private static final Duration KEEP_LOOKING = Duration.ofMinutes(10);
    private static final int AT_A_TIME = 8;
    private static final MetricsPage PAGE = new MetricsPage(MOST_BYTES, Duration.ofSeconds(2));
    private static final int REST = 3;

    private final MeshView mesh;
    private final History history;
    private final InstantSource clock;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Semaphore questions = new Semaphore(AT_A_TIME);
    private final Map<String, ProxyReader> readers = new LinkedHashMap<>();
    private Instant lookedAt = Instant.EPOCH;
    private boolean running;
    private long round;

    Collector(MeshView mesh, History history, InstantSource clock) {
        this.mesh = mesh;
        this.history = history;
        this.clock = clock;
    }

    /// Somebody looks.
    synchronized void look() {
        lookedAt = clock.instant();
        if (!running && !threads.isShutdown()) {
            running = true;
            threads.execute(this::collect);
        }
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

    private void collect() {
        Instant from = clock.instant();
        try {
            while (isWanted()) {
                long start = System.nanoTime();
                from = round(from);
                long took = System.nanoTime() - start;
                Thread.sleep(Duration.ofNanos(Math.max(EVERY.toNanos() - took, REST * took)));
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException failure) {
            LOG.atError().setCause(failure).log("the numbers of the proxies cannot be collected");
            stop();
        }
    }

    private synchronized boolean isWanted() {
        running = !threads.isShutdown() && clock.instant().isBefore(lookedAt.plus(KEEP_LOOKING));
        if (!running) {
            readers.clear();
        }
        return running;
    }

    private synchronized void stop() {
        running = false;
        readers.clear();
    }

    private Instant round(Instant from) throws InterruptedException {
        MetricsAddress addresses = new MetricsAddress(mesh.snapshot());
        Map<String, Future<Optional<String>>> asked = new LinkedHashMap<>();
        int unasked = 0;
        for (ConnectedProxy proxy : mesh.proxies()) {
            Optional<URI> address = asked.size() < MOST_PROXIES ? addresses.of(proxy) : Optional.empty();
            if (address.isPresent()) {
                asked.computeIfAbsent(proxy.connection().id(), _ -> threads.submit(() -> page(address.get())));
            } else {
                unasked++;
            }
        }
        Map<EdgeKey, Tally> edges = new HashMap<>();
        int read = 0;
        List<String> gone = new ArrayList<>(readers.keySet());
        gone.removeAll(asked.keySet());
        gone.forEach(readers::remove);
        for (Map.Entry<String, Future<Optional<String>>> one : asked.entrySet()) {
            Optional<String> page = answer(one.getValue());
            if (page.isPresent()) {
                read++;
                reader(one.getKey()).ifPresent(reader -> reader.read(page.get(), edges));
            }
        }
        Instant to = clock.instant();
        history.add(new Frame(from, to, edges, read, asked.size() - read + unasked));
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

    private static Optional<String> answer(Future<Optional<String>> asked) throws InterruptedException {
        try {
            return asked.get();
        } catch (ExecutionException failure) {
            LOG.atDebug().setCause(failure).log("a proxy did not show its numbers");
            return Optional.empty();
        }
    }

    private Optional<String> page(URI address) throws IOException, InterruptedException {
        questions.acquire();
        try {
            return PAGE.read(address);
        } finally {
            questions.release();
        }
    }
}
