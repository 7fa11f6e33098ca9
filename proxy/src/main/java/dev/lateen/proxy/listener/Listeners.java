package dev.lateen.proxy.listener;

import dev.lateen.proxy.downstream.Direction;
import dev.lateen.proxy.downstream.DownstreamConnection;
import dev.lateen.proxy.overload.Overload;
import dev.lateen.proxy.tls.DownstreamTlsContext;
import io.netty.channel.EventLoop;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The listeners in force, and how one set becomes the next: an unchanged listener is not touched; a changed one keeps
/// its sockets and those filter chains that stayed the same, and only connections of changed chains are drained; a
/// removed one stops accepting and drains.
///
/// Thread: changes on the chores loop; `at`, `stats` and `all` any.
public final class Listeners implements Overload.Relief {
    private final ListenerEnvironment environment;
    private final Map<String, BoundListener> byName = new LinkedHashMap<>();
    private final Map<SocketAddress, BoundListener> byAddress = new ConcurrentHashMap<>();
    private final Map<String, ListenerStats> stats = new ConcurrentHashMap<>();
    private boolean draining;

    public Listeners(ListenerEnvironment environment) {
        this.environment = environment;
    }

    ListenerEnvironment environment() {
        return environment;
    }

    public Collection<ActiveListener> all() {
        List<ActiveListener> all = new ArrayList<>();
        for (BoundListener bound : List.copyOf(byName.values())) {
            all.add(bound.current());
        }
        return all;
    }

    /// The addresses that a listener is bound to, with the ports that the system chose.
    public List<SocketAddress> addresses(String name) {
        BoundListener bound = byName.get(name);
        return bound == null ? List.of() : bound.localAddresses();
    }

    /// The listener at an original destination: its very address, or the wildcard address with its port.
    @Nullable
    ActiveListener at(SocketAddress destination) {
        BoundListener bound = byAddress.get(destination);
        if (bound == null && destination instanceof InetSocketAddress inet) {
            bound = byAddress.get(new InetSocketAddress(anyOf(inet.getAddress()), inet.getPort()));
        }
        return bound == null ? null : bound.current();
    }

    private static InetAddress anyOf(InetAddress address) {
        return address.getAddress().length == 4 ? ListenerEnvironment.ANY_V4 : ListenerEnvironment.ANY_V6;
    }

    ListenerStats stats(ListenerConfig config) {
        ListenerStats known = stats.get(config.name());
        return known == null
                ? stats.computeIfAbsent(config.name(), _ -> new ListenerStats(environment.stats(), config))
                : known;
    }

    /// Whether a listener's addresses can be listened on: empty, or why not.
    public Optional<String> probe(ListenerConfig config) {
        return BoundListener.probe(config, addressesOf(byName.get(config.name())));
    }

    /// As configured and as the system tells them, which may write a wildcard in another way.
    private static List<SocketAddress> addressesOf(@Nullable BoundListener bound) {
        if (bound == null) {
            return List.of();
        }
        List<SocketAddress> ours = new ArrayList<>(bound.localAddresses());
        if (bound.current().config().socket().bind()) {
            ours.addAll(bound.current().config().socket().addresses());
        }
        return ours;
    }

    /// Puts a listener in force.
    ///
    /// @return empty, or why it cannot be in force (the old one then stays)
    public Optional<String> put(ListenerConfig config) {
        BoundListener old = byName.get(config.name());
        if (old != null && old.current().config().fingerprint().equals(config.fingerprint())) {
            return Optional.empty();
        }
        ActiveListener active = activate(config, old == null ? null : old.current());
        if (old != null && old.current().config().socket().equals(config.socket())) {
            ActiveListener before = old.replace(active);
            index(old);
            drainReplaced(before, active);
            return Optional.empty();
        }
        BoundListener bound = new BoundListener(this, active);
        Optional<String> failure = bound.bind(addressesOf(old));
        if (failure.isPresent()) {
            drainReplaced(active, old == null ? null : old.current());
        } else {
            install(bound, old);
        }
        return failure;
    }

    private void install(BoundListener bound, @Nullable BoundListener old) {
        byName.put(bound.current().config().name(), bound);
        if (old != null) {
            unindex(old);
            old.close();
            drainReplaced(old.current(), bound.current());
        }
        index(bound);
    }

    public void remove(String name) {
        BoundListener bound = byName.remove(name);
        if (bound == null) {
            return;
        }
        unindex(bound);
        bound.close();
        drainReplaced(bound.current(), null);
        stats.remove(name);
    }

    /// Asks every connection to end soon, also those to come; listening goes on.
    ///
    /// @param inboundOnly leave outbound listeners as they are
    public void drain(boolean inboundOnly) {
        draining = true;
        for (ActiveListener listener : all()) {
            if (!inboundOnly || listener.config().direction() == Direction.INBOUND) {
                listener.chains().forEach(chain -> chain.drain(true));
            }
        }
    }

    /// Takes new connections, or leaves them to the kernel.
    @Override
    public void acceptConnections(boolean accept) {
        List.copyOf(byName.values()).forEach(bound -> bound.accept(accept));
    }

    /// Ends, on each loop, some of the connections that hold the most buffers.
    ///
    /// @param share 0 to 1, of those that hold many
    @Override
    public void resetLargest(double share) {
        Collection<ActiveListener> inForce = all();
        for (EventLoop loop : environment.loops().all()) {
            loop.execute(() -> {
                List<DownstreamConnection> candidates = new ArrayList<>();
                for (ActiveListener listener : inForce) {
                    listener.chains().forEach(chain -> chain.collectOn(loop, candidates));
                }
                LargestFirst.end(candidates, share);
            });
        }
    }

    public boolean draining() {
        return draining;
    }

    /// Stops listening and ends all connections.
    public void close() {
        for (BoundListener bound : List.copyOf(byName.values())) {
            bound.close();
            bound.current().chains().forEach(ActiveChain::close);
        }
        byName.clear();
        byAddress.clear();
    }

    public int connectionCount() {
        int count = 0;
        for (ActiveListener listener : all()) {
            count += listener.connectionCount();
        }
        return count;
    }

    private ActiveListener activate(ListenerConfig config, @Nullable ActiveListener old) {
        Map<String, ActiveChain> chains = new HashMap<>();
        List<FilterChainTable.Entry<ActiveChain>> entries = new ArrayList<>();
        for (FilterChainConfig chain : config.chains()) {
            entries.add(
                    new FilterChainTable.Entry<>(chain.name(), chain.match(), activate(config, chain, old, chains)));
        }
        ActiveChain standard = config.standard().isPresent()
                ? activate(config, config.standard().get(), old, chains)
                : null;
        return new ActiveListener(
                config,
                FilterChainTable.of(entries, standard),
                chains,
                environment.handlers().loggers(config));
    }

    private ActiveChain activate(
            ListenerConfig config,
            FilterChainConfig chain,
            @Nullable ActiveListener old,
            Map<String, ActiveChain> chains) {
        ActiveChain made = chains.get(chain.fingerprint());
        if (made == null && old != null && old.config().direction() == config.direction()) {
            made = old.chain(chain.fingerprint());
        }
        if (made == null) {
            List<DownstreamTlsContext> contexts = chain.tls().stream()
                    .map(tls -> new DownstreamTlsContext(tls, environment.secrets()))
                    .toList();
            ServerTls tls = contexts.isEmpty() ? null : new ServerTls(contexts);
            made = new ActiveChain(chain, tls, environment.handlers().create(config, chain));
        }
        chains.put(chain.fingerprint(), made);
        return made;
    }

    private void drainReplaced(ActiveListener before, @Nullable ActiveListener after) {
        List<ActiveChain> gone = new ArrayList<>();
        for (ActiveChain chain : before.chains()) {
            if (after == null || after.chain(chain.config().fingerprint()) != chain) {
                gone.add(chain);
            }
        }
        if (gone.isEmpty()) {
            return;
        }
        gone.forEach(chain -> chain.drain(false));
        EventLoop chores = environment.chores();
        chores.schedule(
                () -> gone.forEach(ActiveChain::close), environment.drainTime().toMillis(), TimeUnit.MILLISECONDS);
    }

    private void index(BoundListener bound) {
        for (SocketAddress address : bound.current().config().socket().addresses()) {
            byAddress.put(address, bound);
        }
    }

    private void unindex(BoundListener bound) {
        for (SocketAddress address : bound.current().config().socket().addresses()) {
            byAddress.remove(address, bound);
        }
    }
}
