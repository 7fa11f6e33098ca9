package dev.lateen.proxy.cluster;

import dev.lateen.proxy.config.Metadata;
import dev.lateen.proxy.lookup.NameServers;
import dev.lateen.proxy.stream.PeerInfo;
import dev.lateen.proxy.telemetry.Counter;
import dev.lateen.proxy.telemetry.Stats;
import io.netty.channel.EventLoop;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The destinations (`name:port`) that requests asked a cluster for, each with a host once its name has an address.
///
/// A destination is looked up when it is asked for, and again while it is used. When its address changes, connections
/// to the old one end as soon as they are idle; when it has none any more, the last one stays.
///
/// Limits: so many destinations and so many that wait as the configuration says; a name of 255 characters.
///
/// Thread: `known`, `resolve` and `host` any; the rest on the chores loop. Names are looked up on virtual threads.
public final class NameCache {
    private static final int MAX_NAME = 255;

    /// What became of a destination.
    public enum Outcome {
        FOUND,
        /// It has no address.
        FAILED,
        /// There is no room for it.
        FULL
    }

    private record Waiter(EventLoop loop, Consumer<Outcome> done) {}

    private record Answer(List<InetAddress> addresses, long ttlSeconds) {
        static final Answer NONE = new Answer(List.of(), -1);
    }

    private static final class Entry {
        final String name;
        final int port;
        final List<Waiter> waiters = new ArrayList<>();

        @Nullable
        Future<?> next;

        volatile @Nullable Host host;
        volatile boolean settled;
        volatile long usedNanos = System.nanoTime();

        Entry(String name, int port) {
            this.name = name;
            this.port = port;
        }
    }

    private final Cluster cluster;
    private final NameCacheConfig config;
    private final EventLoop chores;
    private final int defaultPort;
    private final @Nullable NameServers servers;
    private final Map<String, Entry> entries = new ConcurrentHashMap<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final Counter attempts;
    private final Counter successes;
    private final Counter failures;
    private final Counter timeouts;
    private final Counter added;
    private final Counter removed;
    private final Counter changed;
    private final Counter overflows;
    private final Counter pendingOverflows;
    private boolean stopped;

    /// @param defaultPort of destinations that name none
    NameCache(Cluster cluster, NameCacheConfig config, int defaultPort) {
        this.cluster = cluster;
        this.config = config;
        this.chores = cluster.environment().chores();
        this.defaultPort = defaultPort;
        this.servers = config.resolvers().isEmpty() ? null : new NameServers(config.resolvers(), config.timeout());
        Stats stats = cluster.environment().stats();
        String prefix = "dns_cache." + config.name() + ".";
        this.attempts = stats.counter(prefix + "dns_query_attempt");
        this.successes = stats.counter(prefix + "dns_query_success");
        this.failures = stats.counter(prefix + "dns_query_failure");
        this.timeouts = stats.counter(prefix + "dns_query_timeout");
        this.added = stats.counter(prefix + "host_added");
        this.removed = stats.counter(prefix + "host_removed");
        this.changed = stats.counter(prefix + "host_address_changed");
        this.overflows = stats.counter(prefix + "host_overflow");
        this.pendingOverflows = stats.counter(prefix + "dns_rq_pending_overflow");
    }

    /// What is known of a destination already; null where it has to be waited for.
    ///
    /// @param authority a name or an IP address, with a port or without
    public @Nullable Outcome known(String authority) {
        Entry entry = entries.get(key(authority));
        if (entry == null || !entry.settled) {
            return null;
        }
        entry.usedNanos = System.nanoTime();
        return outcome(entry);
    }

    /// Calls back on `loop`, which runs this, some time later; at once only where nothing more may wait.
    public void resolve(String authority, EventLoop loop, Consumer<Outcome> done) {
        String key = key(authority);
        if (waiting.incrementAndGet() > config.maxPending()) {
            waiting.decrementAndGet();
            pendingOverflows.increment();
            done.accept(Outcome.FULL);
            return;
        }
        chores.execute(() -> await(key, new Waiter(loop, done)));
    }

    /// The host of a destination that was resolved, or null.
    @Nullable
    Host host(@Nullable String authority) {
        Entry entry = authority == null ? null : entries.get(key(authority));
        return entry == null ? null : entry.host;
    }

    Collection<Host> hosts() {
        List<Host> all = new ArrayList<>();
        for (Entry entry : entries.values()) {
            Host host = entry.host;
            if (host != null) {
                all.add(host);
            }
        }
        return all;
    }

    private static Outcome outcome(Entry entry) {
        return entry.host == null ? Outcome.FAILED : Outcome.FOUND;
    }

    private String key(String authority) {
        String lower = authority.toLowerCase(Locale.ROOT);
        return port(lower) < 0 ? lower + ":" + defaultPort : lower;
    }

    /// -1 where there is none; 0 where it is none.
    private static int port(String authority) {
        int colon = authority.lastIndexOf(':');
        if (colon < 0 || colon < authority.lastIndexOf(']')) {
            return -1;
        }
        try {
            int port = Integer.parseInt(authority, colon + 1, authority.length(), 10);
            return port > 0xffff || port < 0 ? 0 : port;
        } catch (NumberFormatException _) {
            return 0;
        }
    }

    private void await(String key, Waiter waiter) {
        Entry entry = entries.get(key);
        if (entry != null && entry.settled) {
            tell(waiter, outcome(entry));
        } else if (entry != null) {
            entry.waiters.add(waiter);
        } else if (stopped) {
            tell(waiter, Outcome.FAILED);
        } else if (entries.size() >= config.maxHosts()) {
            overflows.increment();
            tell(waiter, Outcome.FULL);
        } else {
            String name = key.substring(0, key.lastIndexOf(':'));
            Entry made = new Entry(name, port(key));
            made.waiters.add(waiter);
            entries.put(key, made);
            added.increment();
            begin(key, made);
        }
    }

    private void tell(Waiter waiter, Outcome outcome) {
        waiting.decrementAndGet();
        waiter.loop.execute(() -> waiter.done.accept(outcome));
    }

    private void begin(String key, Entry entry) {
        InetAddress literal = NetUtil.createInetAddressFromIpAddressString(
                entry.name.startsWith("[") && entry.name.endsWith("]")
                        ? entry.name.substring(1, entry.name.length() - 1)
                        : entry.name);
        if (literal != null || entry.port == 0 || entry.name.isEmpty() || entry.name.length() > MAX_NAME) {
            onAnswer(key, entry, literal == null ? Answer.NONE : new Answer(List.of(literal), -1));
            return;
        }
        attempts.increment();
        if (!entry.settled && config.timeout().isPositive()) {
            // The system's resolver has limits of its own, which may be longer.
            chores.schedule(() -> giveUp(entry), config.timeout().toNanos(), TimeUnit.NANOSECONDS);
        }
        Thread.ofVirtual().name("dns " + entry.name).start(() -> {
            Answer answer = lookUp(entry.name);
            chores.execute(() -> {
                (answer.addresses.isEmpty() ? failures : successes).increment();
                onAnswer(key, entry, answer);
            });
        });
    }

    /// Lets nobody wait any longer; an answer that comes later still counts.
    private void giveUp(Entry entry) {
        if (!entry.settled) {
            timeouts.increment();
            settle(entry);
        }
    }

    private Answer lookUp(String name) {
        try {
            if (servers == null) {
                return new Answer(DnsRefresher.choose(InetAddress.getAllByName(name), config.family(), true), -1);
            }
            return switch (config.family()) {
                case V4_ONLY -> ask(servers, name, false);
                case V6_ONLY -> ask(servers, name, true);
                case V4_PREFERRED, ALL -> either(ask(servers, name, false), servers, name, true);
                case V6_PREFERRED -> either(ask(servers, name, true), servers, name, false);
            };
        } catch (IOException _) {
            return Answer.NONE;
        }
    }

    private static Answer either(Answer first, NameServers servers, String name, boolean v6) throws IOException {
        return first.addresses.isEmpty() ? ask(servers, name, v6) : first;
    }

    private static Answer ask(NameServers servers, String name, boolean v6) throws IOException {
        NameServers.Found found = servers.ask(name, v6);
        return new Answer(found.addresses(), found.ttlSeconds());
    }

    private void onAnswer(String key, Entry entry, Answer answer) {
        if (stopped) {
            settle(entry);
            return;
        }
        Host before = entry.host;
        if (!answer.addresses.isEmpty()) {
            InetSocketAddress address = new InetSocketAddress(answer.addresses.getFirst(), entry.port);
            if (before == null || !before.address().equals(address)) {
                entry.host = host(entry, address);
                if (before != null) {
                    changed.increment();
                    before.remove();
                    cluster.drainRemoved();
                }
            }
        }
        settle(entry);
        Duration pause = entry.host == null || answer.addresses.isEmpty()
                ? config.failureRefresh()
                : answer.ttlSeconds < 0 ? config.refresh() : Duration.ofSeconds(answer.ttlSeconds);
        Duration atLeast = answer.ttlSeconds < 0 ? Duration.ofMillis(1) : config.minRefresh();
        Duration next = pause.compareTo(atLeast) < 0 ? atLeast : pause;
        entry.next = chores.schedule(() -> again(key, entry), next.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void settle(Entry entry) {
        entry.settled = true;
        entry.waiters.forEach(waiter -> tell(waiter, outcome(entry)));
        entry.waiters.clear();
    }

    private Host host(Entry entry, InetSocketAddress address) {
        return new Host(
                cluster,
                new EndpointConfig(
                        address, entry.name, 1, EndpointConfig.Health.HEALTHY, Metadata.EMPTY, PeerInfo.UNKNOWN),
                0);
    }

    /// A name without an address is asked for anew, if anybody still wants it.
    private void again(String key, Entry entry) {
        Host host = entry.host;
        boolean unused = System.nanoTime() - entry.usedNanos > config.hostTtl().toNanos();
        if (host != null && (!unused || host.activeRequests() > 0)) {
            begin(key, entry);
            return;
        }
        entries.remove(key, entry);
        removed.increment();
        if (host != null) {
            host.remove();
            cluster.drainRemoved();
        }
    }

    void stop() {
        stopped = true;
        for (Entry entry : entries.values()) {
            Future<?> next = entry.next;
            if (next != null) {
                next.cancel(false);
            }
        }
    }
}
