package dev.lateen.control.trust;

import dev.lateen.control.fetch.FetchTiming;
import dev.lateen.control.fetch.Refreshed;
import dev.lateen.control.fetch.WebFetcher;
import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.istio.Origin;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The bundles of other trust domains: fetched, fetched again, the last good ones kept where fetching fails.
///
/// Limits: 100 addresses, those above are not asked and say so; 1 MiB and ten seconds an answer; what a bundle says
/// about when it should be fetched again is heard between a minute and the usual time.
///
/// Thread: control loop.
public final class TrustBundleSources implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TrustBundleSources.class);
    private static final int MOST = 100;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration SHORTEST = Duration.ofMinutes(1);

    private final FetchTiming timing;
    private final WebFetcher web;
    private final Refreshed<String, SpiffeBundle> bundles;
    private Map<String, List<Origin>> wanted = Map.of();

    /// @param web by whose trust servers of bundles are verified; closed with this
    /// @param loop the control loop
    /// @param later runs something on the control loop after a time
    /// @param changed told on the control loop when there are other bundles, or another problem
    public TrustBundleSources(
            FetchTiming timing, WebFetcher web, Executor loop, BiConsumer<Duration, Runnable> later, Runnable changed) {
        this.timing = timing;
        this.web = web;
        this.bundles = new Refreshed<>(new Bundles(), MOST, new Refreshed.Loop(loop, later, changed));
    }

    /// Fetches what is new, forgets what nobody names any more.
    ///
    /// @param addresses with what names them
    public void want(Map<String, List<Origin>> addresses) {
        wanted = addresses;
        bundles.want(addresses.keySet());
    }

    /// What has been fetched, in PEM; the last good bundles of addresses that fail now.
    public Map<String, String> bundles() {
        return bundles.values(SpiffeBundle::pem);
    }

    /// Whether every address has answered or failed by now.
    public boolean areSettled() {
        return bundles.areSettled();
    }

    /// What is wrong with which bundle.
    public List<Diagnostic> problems() {
        List<Diagnostic> problems = new ArrayList<>();
        wanted.forEach((address, anchors) -> bundles.problem(address).ifPresent(reason -> {
            String effect = bundles.value(address).isEmpty()
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
        }));
        return problems;
    }

    @Override
    public void close() {
        bundles.close();
        web.close();
    }

    private final class Bundles implements Refreshed.Source<String, SpiffeBundle> {
        @Override
        public SpiffeBundle fetch(String address) throws IOException, InterruptedException {
            return SpiffeBundle.parse(web.get(address, PATIENCE));
        }

        @Override
        public Duration refresh(String address, SpiffeBundle bundle) {
            Duration hint = bundle.refresh().orElse(timing.refresh());
            Duration atLeast = hint.compareTo(SHORTEST) < 0 ? SHORTEST : hint;
            return atLeast.compareTo(timing.refresh()) < 0 ? atLeast : timing.refresh();
        }

        @Override
        public Duration retry(String address, int failures) {
            return timing.retry(failures);
        }

        @Override
        public void onValue(String address, SpiffeBundle bundle) {
            LOG.atInfo()
                    .addKeyValue("address", address)
                    .addKeyValue("authorities", bundle.authorities().size())
                    .log("another trust domain's authorities are in force");
        }

        @Override
        public void onFailure(String address, String reason) {
            LOG.atWarn()
                    .addKeyValue("address", address)
                    .addKeyValue("reason", reason)
                    .log("another trust domain's authorities cannot be fetched");
        }
    }
}
