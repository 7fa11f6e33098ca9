package dev.lateen.control.fetch;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.BiConsumer;
import java.util.function.Function;

/// Values that stand elsewhere, by address: fetched, fetched again, the last good one kept where fetching fails.
///
/// Limits: so many addresses, those above are not asked; eight at once.
///
/// Thread: control loop; fetching has threads of its own, so nothing waits for it.
///
/// @param <A> address
/// @param <V> value, of which equal ones are the same news
public final class Refreshed<A, V> implements AutoCloseable {
    private static final int AT_ONCE = 8;

    private final Source<A, V> source;
    private final int most;
    private final Loop loop;
    private final Semaphore turns = new Semaphore(AT_ONCE);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<A, Held<V>> held = new HashMap<>();

    private static final class Held<V> {
        private Optional<V> value = Optional.empty();
        private String problem = "";
        private int failures;
    }

    /// Where the values come from, and how often.
    public interface Source<A, V> {
        /// Called by a thread that may block.
        ///
        /// Errors: `IOException` that says what is wrong.
        V fetch(A address) throws IOException, InterruptedException;

        /// When to fetch it again.
        Duration refresh(A address, V value);

        /// When to try again.
        ///
        /// @param failures in a row
        Duration retry(A address, int failures);

        /// Another value is in force, or the same one again after a failure.
        void onValue(A address, V value);

        /// Fetching fails for another reason than before.
        void onFailure(A address, String reason);
    }

    /// The control loop, for whoever fetches.
    ///
    /// @param later runs something on it after a time
    /// @param changed told on it when there are other values, or another problem
    public record Loop(Executor now, BiConsumer<Duration, Runnable> later, Runnable changed) {}

    /// @param most addresses
    public Refreshed(Source<A, V> source, int most, Loop loop) {
        this.source = source;
        this.most = most;
        this.loop = loop;
    }

    /// Fetches what is new, forgets what nobody names any more.
    public void want(Set<A> addresses) {
        held.keySet().retainAll(addresses);
        for (A address : addresses) {
            if (!held.containsKey(address) && held.size() < most) {
                Held<V> one = new Held<>();
                held.put(address, one);
                fetch(address, one);
            }
        }
    }

    /// The last good value; empty where there was none.
    public Optional<V> value(A address) {
        Held<V> known = held.get(address);
        return known == null ? Optional.empty() : known.value;
    }

    /// The last good values, in another form.
    public <T> Map<A, T> values(Function<V, T> form) {
        Map<A, T> known = new HashMap<>();
        held.forEach((address, one) -> one.value.ifPresent(value -> known.put(address, form.apply(value))));
        return known;
    }

    /// Whether every address has answered or failed by now.
    public boolean areSettled() {
        return held.values().stream().allMatch(one -> one.value.isPresent() || one.failures > 0);
    }

    /// Why an address is not fetched now; empty where it is, or has not answered yet.
    public Optional<String> problem(A address) {
        Held<V> known = held.get(address);
        String problem = known == null ? "more than " + most + " addresses" : known.problem;
        return problem.isEmpty() ? Optional.empty() : Optional.of(problem);
    }

    private void fetch(A address, Held<V> one) {
        threads.execute(() -> {
            try {
                turns.acquire();
                try {
                    V value = source.fetch(address);
                    loop.now().execute(() -> onValue(address, one, value));
                } finally {
                    turns.release();
                }
            } catch (IOException | RuntimeException e) {
                loop.now().execute(() -> onFailure(address, one, String.valueOf(e.getMessage())));
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt(); // closed
            }
        });
    }

    private void onValue(A address, Held<V> one, V value) {
        if (!isCurrent(address, one)) {
            return;
        }
        boolean other = !one.value.equals(Optional.of(value)) || !one.problem.isEmpty();
        one.value = Optional.of(value);
        one.problem = "";
        one.failures = 0;
        if (other) {
            source.onValue(address, value);
            loop.changed().run();
        }
        again(source.refresh(address, value), address, one);
    }

    private void onFailure(A address, Held<V> one, String reason) {
        if (!isCurrent(address, one)) {
            return;
        }
        boolean other = !reason.equals(one.problem);
        one.problem = reason;
        one.failures++;
        if (other) {
            source.onFailure(address, reason);
            loop.changed().run();
        }
        again(source.retry(address, one.failures), address, one);
    }

    private void again(Duration pause, A address, Held<V> one) {
        loop.later().accept(pause, () -> {
            if (isCurrent(address, one)) {
                fetch(address, one);
            }
        });
    }

    /// Whether something still names it, and nothing has taken its place since.
    @SuppressWarnings("ReferenceEquality") // this very one is meant
    private boolean isCurrent(A address, Held<V> one) {
        return held.get(address) == one;
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
