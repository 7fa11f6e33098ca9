package dev.lateen.control.trust;

import dev.lateen.control.fetch.WebFetcher;
import dev.lateen.control.keys.KeyTiming;
import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.istio.Origin;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The bundles of other trust domains: fetched, fetched again, the last good ones kept where fetching fails.
///
/// Limits: 100 addresses, those above are not asked and say so; eight at once; 1 MiB and ten seconds an answer; what a
/// bundle says about when it should be fetched again is heard between a minute and the usual time.
///
/// Thread: control loop; fetching has threads of its own, so nothing waits for it.
public final class TrustBundleSources implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TrustBundleSources.class);
    private static final int MOST = 100;
    private static final int AT_ONCE = 8;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration SHORTEST = Duration.ofMinutes(1);

    private final KeyTiming timing;
    private final WebFetcher web;
    private final Executor loop;
    private final BiConsumer<Duration, Runnable> later;
    private final Runnable changed;
    private final Semaphore turns = new Semaphore(AT_ONCE);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, Source> sources = new HashMap<>();
    private Map<String, List<Origin>> wanted = Map.of();

    private static final class Source {
        private String pem = "";
        private String problem = "";
        private int failures;
    }

    /// @param web by whose trust servers of bundles are verified; closed with this
    /// @param loop the control loop
    /// @param later runs something on the control loop after a time
    /// @param changed told on the control loop when there are other bundles, or another problem
    public TrustBundleSources(
            KeyTiming timing, WebFetcher web, Executor loop, BiConsumer<Duration, Runnable> later, Runnable changed) {
        this.timing = timing;
        this.web = web;
        this.loop = loop;
        this.later = later;
        this.changed = changed;
    }

    /// Fetches what is new, forgets what nobody names any more.
    ///
    /// @param addresses with what names them
    public void want(Map<String, List<Origin>> addresses) {
        wanted = addresses;
        sources.keySet().retainAll(addresses.keySet());
        for (String address : addresses.keySet()) {
            if (!sources.containsKey(address) && sources.size() < MOST) {
                Source source = new Source();
                sources.put(address, source);
                fetch(address, source);
            }
        }
    }

    /// What has been fetched, in PEM; the last good bundles of addresses that fail now.
    public Map<String, String> bundles() {
        Map<String, String> known = new HashMap<>();
        sources.forEach((address, source) -> {
            if (!source.pem.isEmpty()) {
                known.put(address, source.pem);
            }
        });
        return known;
    }

    /// Whether every address has answered or failed by now.
    public boolean areSettled() {
        return sources.values().stream().allMatch(source -> !source.pem.isEmpty() || source.failures > 0);
    }

    /// What is wrong with which bundle.
    public List<Diagnostic> problems() {
        List<Diagnostic> problems = new ArrayList<>();
        wanted.forEach((address, anchors) -> {
            Source source = sources.get(address);
            if (source != null && source.problem.isEmpty()) {
                return;
            }
            String reason = source == null ? "more than " + MOST + " addresses" : source.problem;
            String effect = source == null || source.pem.isEmpty()
                    ? "nobody is trusted by it"
                    : "the one that was fetched before stays in force";
            for (Origin anchor : anchors) {
                problems.add(Diagnostic.warning(
                                "bundle-not-fetched",
                                anchor.at(),
                                anchor.field() + ".spiffeBundleUrl",
                                "the bundle cannot be fetched, and " + effect + ": " + reason)
                        .withValue(address));
            }
        });
        return problems;
    }

    private void fetch(String address, Source source) {
        threads.execute(() -> {
            try {
                turns.acquire();
                try {
                    SpiffeBundle bundle = SpiffeBundle.parse(web.get(address, PATIENCE));
                    loop.execute(() -> onBundle(address, source, bundle));
                } finally {
                    turns.release();
                }
            } catch (IOException | RuntimeException e) {
                loop.execute(() -> onFailure(address, source, String.valueOf(e.getMessage())));
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt(); // closed
            }
        });
    }

    private void onBundle(String address, Source source, SpiffeBundle bundle) {
        if (!isCurrent(address, source)) {
            return;
        }
        boolean other = !bundle.pem().equals(source.pem) || !source.problem.isEmpty();
        source.pem = bundle.pem();
        source.problem = "";
        source.failures = 0;
        if (other) {
            LOG.atInfo()
                    .addKeyValue("address", address)
                    .addKeyValue("authorities", bundle.authorities().size())
                    .log("another trust domain's authorities are in force");
            changed.run();
        }
        again(pause(bundle), address, source);
    }

    private Duration pause(SpiffeBundle bundle) {
        Duration hint = bundle.refresh().orElse(timing.refresh());
        Duration atLeast = hint.compareTo(SHORTEST) < 0 ? SHORTEST : hint;
        return atLeast.compareTo(timing.refresh()) < 0 ? atLeast : timing.refresh();
    }

    private void onFailure(String address, Source source, String reason) {
        if (!isCurrent(address, source)) {
            return;
        }
        boolean other = !reason.equals(source.problem);
        source.problem = reason;
        source.failures++;
        if (other) {
            LOG.atWarn()
                    .addKeyValue("address", address)
                    .addKeyValue("reason", reason)
                    .log("another trust domain's authorities cannot be fetched");
            changed.run();
        }
        again(timing.retry(source.failures), address, source);
    }

    private void again(Duration pause, String address, Source source) {
        later.accept(pause, () -> {
            if (isCurrent(address, source)) {
                fetch(address, source);
            }
        });
    }

    /// Whether the mesh still names it, and nothing has taken its place since.
    @SuppressWarnings("ReferenceEquality") // this very one is meant
    private boolean isCurrent(String address, Source source) {
        return sources.get(address) == source;
    }

    @Override
    public void close() {
        threads.shutdownNow();
        web.close();
    }
}
