package dev.lateen.control.lists;

import dev.lateen.control.fetch.FetchTiming;
import dev.lateen.control.fetch.Refreshed;
import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.istio.Origin;
import dev.lateen.model.policy.AccessList.ListAddress;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// All lists that access lists name: read, read again, the last good ones kept where reading fails.
///
/// Limits: 1000 lists; those above are not read, and say so.
///
/// Thread: control loop.
public final class AccessListSources implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AccessListSources.class);
    private static final int MOST = 1000;
    private static final Duration FIRST_RETRY = Duration.ofSeconds(1);

    private final ListReader reader;
    private final Refreshed<ListAddress, List<String>> lists;
    private Map<ListAddress, List<Origin>> wanted = Map.of();

    /// @param roots directories of the configuration, below which files stand
    /// @param loop the control loop
    /// @param later runs something on the control loop after a time
    /// @param changed told on the control loop when there are other lists, or another problem
    public AccessListSources(List<Path> roots, Executor loop, BiConsumer<Duration, Runnable> later, Runnable changed) {
        this.reader = new ListReader(roots);
        this.lists = new Refreshed<>(new Lists(), MOST, new Refreshed.Loop(loop, later, changed));
    }

    /// Reads what is new, forgets what nobody names any more.
    ///
    /// @param addresses with the sources that name them
    public void want(Map<ListAddress, List<Origin>> addresses) {
        wanted = addresses;
        lists.want(addresses.keySet());
    }

    /// What has been read; the last good values of lists that cannot be read now.
    public Map<ListAddress, List<String>> lists() {
        return lists.values(Function.identity());
    }

    /// Whether every list has been read, or failed, by now.
    public boolean areSettled() {
        return lists.areSettled();
    }

    /// What is wrong with which source.
    public List<Diagnostic> problems() {
        List<Diagnostic> problems = new ArrayList<>();
        wanted.forEach((address, sources) -> lists.problem(address).ifPresent(reason -> {
            String effect = lists.value(address)
                    .map(values -> "the " + values.size() + " values that were read before stay in force")
                    .orElse("it counts as empty");
            for (Origin source : sources) {
                problems.add(Diagnostic.warning(
                                "list-not-read",
                                source.at(),
                                source.field() + (address.file().isEmpty() ? ".url" : ".file"),
                                "the list cannot be read, and " + effect + ": " + reason)
                        .withValue(address.place()));
            }
        }));
        return problems;
    }

    @Override
    public void close() {
        lists.close();
        reader.close();
    }

    private final class Lists implements Refreshed.Source<ListAddress, List<String>> {
        @Override
        public List<String> fetch(ListAddress address) throws IOException, InterruptedException {
            return reader.read(address);
        }

        @Override
        public Duration refresh(ListAddress address, List<String> values) {
            return address.refresh();
        }

        @Override
        public Duration retry(ListAddress address, int failures) {
            return new FetchTiming(address.refresh(), FIRST_RETRY, address.refresh()).retry(failures);
        }

        @Override
        public void onValue(ListAddress address, List<String> values) {
            LOG.atInfo()
                    .addKeyValue("address", address.place())
                    .addKeyValue("values", values.size())
                    .log("a list is in force");
        }

        @Override
        public void onFailure(ListAddress address, String reason) {
            LOG.atWarn()
                    .addKeyValue("address", address.place())
                    .addKeyValue("reason", reason)
                    .log("a list cannot be read");
        }
    }
}
