package dev.lateen.control.keys;

import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.istio.Origin;
import dev.lateen.model.istio.RequestAuthentication.KeyAddress;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The keys of all issuers that policies name: fetched, kept fresh, kept when an issuer fails.
///
/// Limits: 1000 issuers; those above are not asked, and say so.
///
/// Thread: control loop; fetching has threads of its own, so nothing waits for an issuer.
public final class IssuerKeys implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(IssuerKeys.class);
    private static final int MOST = 1000;

    private final KeyTiming timing;
    private final Executor loop;
    private final BiConsumer<Duration, Runnable> later;
    private final Runnable changed;
    private final KeyFetcher fetcher = new KeyFetcher();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<KeyAddress, Issuer> issuers = new HashMap<>();
    private Map<KeyAddress, List<Origin>> wanted = Map.of();

    private static final class Issuer {
        private String keys = "";
        private String problem = "";
        private int failures;
    }

    /// @param loop the control loop
    /// @param later runs something on the control loop after a time
    /// @param changed told on the control loop when there are other keys, or another problem
    public IssuerKeys(KeyTiming timing, Executor loop, BiConsumer<Duration, Runnable> later, Runnable changed) {
        this.timing = timing;
        this.loop = loop;
        this.later = later;
        this.changed = changed;
    }

    /// Fetches what is new, forgets what nobody names any more.
    ///
    /// @param addresses with the rules that name them
    public void want(Map<KeyAddress, List<Origin>> addresses) {
        wanted = addresses;
        issuers.keySet().retainAll(addresses.keySet());
        for (KeyAddress address : addresses.keySet()) {
            if (!issuers.containsKey(address) && issuers.size() < MOST) {
                Issuer issuer = new Issuer();
                issuers.put(address, issuer);
                fetch(address, issuer);
            }
        }
    }

    /// What has been fetched, as JSON; the last good keys of issuers that fail now.
    public Map<KeyAddress, String> keys() {
        Map<KeyAddress, String> known = new HashMap<>();
        issuers.forEach((address, issuer) -> {
            if (!issuer.keys.isEmpty()) {
                known.put(address, issuer.keys);
            }
        });
        return known;
    }

    /// Whether every issuer has answered or failed by now.
    public boolean areSettled() {
        return issuers.values().stream().allMatch(issuer -> !issuer.keys.isEmpty() || issuer.failures > 0);
    }

    /// What is wrong with which rule's issuer.
    public List<Diagnostic> problems() {
        List<Diagnostic> problems = new ArrayList<>();
        wanted.forEach((address, rules) -> {
            Issuer issuer = issuers.get(address);
            if (issuer != null && issuer.problem.isEmpty()) {
                return;
            }
            String reason = issuer == null ? "more than " + MOST + " issuers" : issuer.problem;
            String effect = issuer == null || issuer.keys.isEmpty()
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
        });
        return problems;
    }

    private void fetch(KeyAddress address, Issuer issuer) {
        threads.execute(() -> {
            try {
                String keys = fetcher.fetch(address);
                loop.execute(() -> onKeys(address, issuer, keys));
            } catch (IOException | RuntimeException e) {
                loop.execute(() -> onFailure(address, issuer, String.valueOf(e.getMessage())));
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt(); // closed
            }
        });
    }

    private void onKeys(KeyAddress address, Issuer issuer, String keys) {
        if (!isCurrent(address, issuer)) {
            return;
        }
        boolean other = !keys.equals(issuer.keys);
        boolean recovered = !issuer.problem.isEmpty();
        issuer.keys = keys;
        issuer.problem = "";
        issuer.failures = 0;
        if (other || recovered) {
            LOG.atInfo().addKeyValue("address", address.uri()).log("an issuer's keys are in force");
            changed.run();
        }
        again(timing.refresh(), address, issuer);
    }

    private void onFailure(KeyAddress address, Issuer issuer, String reason) {
        if (!isCurrent(address, issuer)) {
            return;
        }
        boolean other = !reason.equals(issuer.problem);
        issuer.problem = reason;
        issuer.failures++;
        if (other) {
            LOG.atWarn()
                    .addKeyValue("address", address.uri())
                    .addKeyValue("reason", reason)
                    .log("an issuer's keys cannot be fetched");
            changed.run();
        }
        again(timing.retry(issuer.failures), address, issuer);
    }

    private void again(Duration pause, KeyAddress address, Issuer issuer) {
        later.accept(pause, () -> {
            if (isCurrent(address, issuer)) {
                fetch(address, issuer);
            }
        });
    }

    /// Whether a policy still names it, and nothing has taken its place since.
    @SuppressWarnings("ReferenceEquality") // this very one is meant
    private boolean isCurrent(KeyAddress address, Issuer issuer) {
        return issuers.get(address) == issuer;
    }

    @Override
    public void close() {
        threads.shutdownNow();
        fetcher.close();
    }
}
