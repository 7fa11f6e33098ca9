package dev.lateen.control.networks;

import dev.lateen.control.fetch.FetchTiming;
import dev.lateen.control.fetch.Refreshed;
import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.istio.Origin;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The addresses of networks' gateways that are known by name, as load balancers of some clouds are: looked up by this
/// machine's resolver, looked up again every half minute, the last ones kept where that fails.
///
/// Limits: 100 names, those above are not looked up and say so; 16 addresses of a name.
///
/// Source: Istio, "Install Multi-Primary on different networks", `RESOLVE_HOSTNAME_GATEWAYS`.
///
/// Thread: control loop; names are looked up on two threads of its own, since a resolver may keep a thread for long.
public final class GatewayAddresses implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GatewayAddresses.class);
    private static final int MOST = 100;
    private static final int MOST_ADDRESSES = 16;

    /// The platform keeps what it has found for as long.
    private static final FetchTiming TIMING = FetchTiming.DEFAULT.withRefresh(Duration.ofSeconds(30));

    private final Resolver resolver;
    private final FetchTiming timing;
    private final ExecutorService lookups = Executors.newFixedThreadPool(
            2, task -> Thread.ofPlatform().daemon().name("gateway-names").unstarted(task));
    private final Refreshed<String, List<String>> addresses;
    private Map<String, List<Origin>> wanted = Map.of();

    /// Who knows the addresses of names; may block.
    @FunctionalInterface
    interface Resolver {
        InetAddress[] addresses(String name) throws UnknownHostException;
    }

    /// @param loop the control loop
    /// @param later runs something on the control loop after a time
    /// @param changed told on the control loop when there are other addresses, or another problem
    public GatewayAddresses(Executor loop, BiConsumer<Duration, Runnable> later, Runnable changed) {
        this(InetAddress::getAllByName, TIMING, new Refreshed.Loop(loop, later, changed));
    }

    GatewayAddresses(Resolver resolver, FetchTiming timing, Refreshed.Loop loop) {
        this.resolver = resolver;
        this.timing = timing;
        this.addresses = new Refreshed<>(new Lookups(), MOST, loop);
    }

    /// Looks up what is new, forgets what nobody names any more.
    ///
    /// @param names with what says them
    public void want(Map<String, List<Origin>> names) {
        wanted = names;
        addresses.want(names.keySet());
    }

    /// What has been found, in order; of names that fail now what was found before.
    public Map<String, List<String>> addresses() {
        return addresses.values(Function.identity());
    }

    /// Whether every name has been looked up by now, or could not be.
    public boolean areSettled() {
        return addresses.areSettled();
    }

    /// Which name cannot be looked up.
    public List<Diagnostic> problems() {
        List<Diagnostic> problems = new ArrayList<>();
        wanted.forEach((name, origins) -> addresses.problem(name).ifPresent(reason -> {
            String effect = addresses.value(name).isEmpty()
                    ? "nobody goes through it"
                    : "the addresses that were found before stay in force";
            for (Origin origin : origins) {
                problems.add(Diagnostic.warning(
                                "gateway-not-found",
                                origin.at(),
                                origin.field(),
                                "the name of a network's gateway cannot be looked up, and " + effect + ": " + reason)
                        .withValue(name));
            }
        }));
        return problems;
    }

    @Override
    public void close() {
        addresses.close();
        lookups.shutdownNow();
    }

    private final class Lookups implements Refreshed.Source<String, List<String>> {
        @Override
        public List<String> fetch(String name) throws IOException, InterruptedException {
            try {
                return lookups.submit(() -> Arrays.stream(resolver.addresses(name))
                                .map(InetAddress::getHostAddress)
                                .sorted()
                                .limit(MOST_ADDRESSES)
                                .toList())
                        .get();
            } catch (ExecutionException failure) {
                throw failure.getCause() instanceof UnknownHostException
                        ? new IOException("there is no such name", failure)
                        : new IOException(failure.getCause());
            }
        }

        @Override
        public Duration refresh(String name, List<String> found) {
            return timing.refresh();
        }

        @Override
        public Duration retry(String name, int failures) {
            return timing.retry(failures);
        }

        @Override
        public void onValue(String name, List<String> found) {
            LOG.atInfo()
                    .addKeyValue("name", name)
                    .addKeyValue("addresses", found)
                    .log("a network's gateway has been found");
        }

        @Override
        public void onFailure(String name, String reason) {
            LOG.atWarn()
                    .addKeyValue("name", name)
                    .addKeyValue("reason", reason)
                    .log("a network's gateway cannot be looked up");
        }
    }
}
