package dev.lateen.control.lists;

import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.istio.Origin;
import dev.lateen.model.policy.AccessList.ListAddress;
import java.io.IOException;
import java.nio.file.Path;
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

/// All lists that access lists name: read, read again, the last good ones kept where reading fails.
///
/// Limits: 1000 lists; those above are not read, and say so.
///
/// Thread: control loop; reading has threads of its own, so nothing waits for it.
public final class AccessListSources implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AccessListSources.class);
    private static final int MOST = 1000;
    private static final Duration FIRST_RETRY = Duration.ofSeconds(1);

    private final Executor loop;
    private final BiConsumer<Duration, Runnable> later;
    private final Runnable changed;
    private final ListReader reader;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<ListAddress, Held> lists = new HashMap<>();
    private Map<ListAddress, List<Origin>> wanted = Map.of();

    private static final class Held {
        private List<String> values = List.of();
        private boolean read;
        private String problem = "";
        private int failures;
    }

    /// @param roots directories of the configuration, below which files stand
    /// @param loop the control loop
    /// @param later runs something on the control loop after a time
    /// @param changed told on the control loop when there are other lists, or another problem
    public AccessListSources(List<Path> roots, Executor loop, BiConsumer<Duration, Runnable> later, Runnable changed) {
        this.reader = new ListReader(roots);
        this.loop = loop;
        this.later = later;
        this.changed = changed;
    }

    /// Reads what is new, forgets what nobody names any more.
    ///
    /// @param addresses with the sources that name them
    public void want(Map<ListAddress, List<Origin>> addresses) {
        wanted = addresses;
        lists.keySet().retainAll(addresses.keySet());
        for (ListAddress address : addresses.keySet()) {
            if (!lists.containsKey(address) && lists.size() < MOST) {
                Held held = new Held();
                lists.put(address, held);
                read(address, held);
            }
        }
    }

    /// What has been read; the last good values of lists that cannot be read now.
    public Map<ListAddress, List<String>> lists() {
        Map<ListAddress, List<String>> known = new HashMap<>();
        lists.forEach((address, held) -> {
            if (held.read) {
                known.put(address, held.values);
            }
        });
        return known;
    }

    /// Whether every list has been read, or failed, by now.
    public boolean areSettled() {
        return lists.values().stream().allMatch(held -> held.read || held.failures > 0);
    }

    /// What is wrong with which source.
    public List<Diagnostic> problems() {
        List<Diagnostic> problems = new ArrayList<>();
        wanted.forEach((address, sources) -> {
            Held held = lists.get(address);
            if (held != null && held.problem.isEmpty()) {
                return;
            }
            String reason = held == null ? "more than " + MOST + " lists" : held.problem;
            String effect = held == null || !held.read
                    ? "it counts as empty"
                    : "the " + held.values.size() + " values that were read before stay in force";
            for (Origin source : sources) {
                problems.add(Diagnostic.warning(
                                "list-not-read",
                                source.at(),
                                source.field() + (address.file().isEmpty() ? ".url" : ".file"),
                                "the list cannot be read, and " + effect + ": " + reason)
                        .withValue(address.place()));
            }
        });
        return problems;
    }

    private void read(ListAddress address, Held held) {
        threads.execute(() -> {
            try {
                List<String> values = reader.read(address);
                loop.execute(() -> onValues(address, held, values));
            } catch (IOException | RuntimeException e) {
                loop.execute(() -> onFailure(address, held, String.valueOf(e.getMessage())));
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt(); // closed
            }
        });
    }

    private void onValues(ListAddress address, Held held, List<String> values) {
        if (!isCurrent(address, held)) {
            return;
        }
        boolean other = !held.read || !values.equals(held.values) || !held.problem.isEmpty();
        held.values = values;
        held.read = true;
        held.problem = "";
        held.failures = 0;
        if (other) {
            LOG.atInfo()
                    .addKeyValue("address", address.place())
                    .addKeyValue("values", values.size())
                    .log("a list is in force");
            changed.run();
        }
        again(address.refresh(), address, held);
    }

    private void onFailure(ListAddress address, Held held, String reason) {
        if (!isCurrent(address, held)) {
            return;
        }
        boolean other = !reason.equals(held.problem);
        held.problem = reason;
        held.failures++;
        if (other) {
            LOG.atWarn()
                    .addKeyValue("address", address.place())
                    .addKeyValue("reason", reason)
                    .log("a list cannot be read");
            changed.run();
        }
        Duration pause = FIRST_RETRY.multipliedBy(1L << Math.min(held.failures - 1, 20));
        again(pause.compareTo(address.refresh()) < 0 ? pause : address.refresh(), address, held);
    }

    private void again(Duration pause, ListAddress address, Held held) {
        later.accept(pause, () -> {
            if (isCurrent(address, held)) {
                read(address, held);
            }
        });
    }

    /// Whether a source still names it, and nothing has taken its place since.
    @SuppressWarnings("ReferenceEquality") // this very one is meant
    private boolean isCurrent(ListAddress address, Held held) {
        return lists.get(address) == held;
    }

    @Override
    public void close() {
        threads.shutdownNow();
        reader.close();
    }
}
