package dev.lateen.control.keys;

import dev.lateen.control.fetch.FetchTiming;
import dev.lateen.control.fetch.Refreshed;
import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.istio.Origin;
import dev.lateen.model.istio.RequestAuthentication.KeyAddress;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The keys of all issuers that policies name: fetched, kept fresh, kept when an issuer fails.
///
/// Limits: 1000 issuers; those above are not asked, and say so.
///
/// Thread: control loop.
public final class IssuerKeys implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(IssuerKeys.class);
    private static final int MOST = 1000;

    private final FetchTiming timing;
    private final KeyFetcher fetcher = new KeyFetcher();
    private final Refreshed<KeyAddress, String> issuers;
    private final Consumer<Boolean> fetched;
    private Map<KeyAddress, List<Origin>> wanted = Map.of();

    /// @param loop the control loop
    /// @param later runs something on the control loop after a time
    /// @param changed told on the control loop when there are other keys, or another problem
    /// @param fetched told of each attempt, whether there were keys
    public IssuerKeys(
            FetchTiming timing,
            Executor loop,
            BiConsumer<Duration, Runnable> later,
            Runnable changed,
            Consumer<Boolean> fetched) {
        this.timing = timing;
        this.fetched = fetched;
        this.issuers = new Refreshed<>(new Issuers(), MOST, new Refreshed.Loop(loop, later, changed));
    }

    /// Fetches what is new, forgets what nobody names any more.
    ///
    /// @param addresses with the rules that name them
    public void want(Map<KeyAddress, List<Origin>> addresses) {
        wanted = addresses;
        issuers.want(addresses.keySet());
    }

    /// What has been fetched, as JSON; the last good keys of issuers that fail now.
    public Map<KeyAddress, String> keys() {
        return issuers.values(Function.identity());
    }

    /// Whether every issuer has answered or failed by now.
    public boolean areSettled() {
        return issuers.areSettled();
    }

    /// What is wrong with which rule's issuer.
    public List<Diagnostic> problems() {
        List<Diagnostic> problems = new ArrayList<>();
        wanted.forEach((address, rules) -> issuers.problem(address).ifPresent(reason -> {
            String effect = issuers.value(address).isEmpty()
                    ? "no token of this issuer is accepted"
                    : "the keys that were fetched before stay in force";
            for (Origin rule : rules) {
                problems.add(Diagnostic.warning(
                                "keys-not-fetched",
                                rule.at(),
                                rule.field() + (address.discovered() ? ".issuer" : ".jwksUri"),
                                "keys cannot be fetched, and " + effect + ": " + reason)
                        .withValue(address.uri()));
            }
        }));
        return problems;
    }

    @Override
    public void close() {
        issuers.close();
        fetcher.close();
    }

    private final class Issuers implements Refreshed.Source<KeyAddress, String> {
        @Override
        public String fetch(KeyAddress address) throws IOException, InterruptedException {
            return fetcher.fetch(address);
        }

        @Override
        public Duration refresh(KeyAddress address, String keys) {
            return timing.refresh();
        }

        @Override
        public Duration retry(KeyAddress address, int failures) {
            return timing.retry(failures);
        }

        @Override
        public void onValue(KeyAddress address, String keys) {
            fetched.accept(true);
            LOG.atInfo().addKeyValue("address", address.uri()).log("an issuer's keys are in force");
        }

        @Override
        public void onFailure(KeyAddress address, String reason) {
            fetched.accept(false);
            LOG.atWarn()
                    .addKeyValue("address", address.uri())
                    .addKeyValue("reason", reason)
                    .log("an issuer's keys cannot be fetched");
        }
    }
}
