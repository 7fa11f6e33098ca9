package dev.lateen.proxy.cluster;

import dev.lateen.proxy.telemetry.Counter;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Looks up the names of a DNS cluster again and again. A name that cannot be resolved keeps the addresses that it had.
///
/// Thread: chores loop; the lookups block a virtual thread.
final class DnsRefresher {
    private final Cluster cluster;
    private final Discovery.Dns config;
    private final EventLoop chores;
    private final Counter attempts;
    private final Counter successes;
    private final Counter failures;
    private Map<String, List<InetAddress>> known = Map.of();
    private @Nullable Future<?> next;
    private boolean stopped;

    DnsRefresher(Cluster cluster, Discovery.Dns config) {
        this.cluster = cluster;
        this.config = config;
        this.chores = cluster.environment().chores();
        this.attempts = cluster.stats().counter("update_attempt");
        this.successes = cluster.stats().counter("update_success");
        this.failures = cluster.stats().counter("update_failure");
    }

    void start() {
        TreeSet<String> names = new TreeSet<>();
        for (EndpointsConfig.Locality locality : config.endpoints().localities()) {
            for (EndpointConfig endpoint : locality.endpoints()) {
                if (endpoint.address() instanceof InetSocketAddress address && address.isUnresolved()) {
                    names.add(address.getHostString());
                }
            }
        }
        attempts.increment();
        Thread.ofVirtual().name("dns " + cluster.name()).start(() -> lookUp(names));
    }

    private void lookUp(Set<String> names) {
        Map<String, List<InetAddress>> found = new HashMap<>();
        for (String name : names) {
            try {
                found.put(name, choose(InetAddress.getAllByName(name), config.family(), config.logical()));
            } catch (UnknownHostException _) {
                found.put(name, List.of());
            }
        }
        chores.execute(() -> onLookedUp(found));
    }

    /// The addresses of the family wanted; one only where the cluster is logical.
    static List<InetAddress> choose(InetAddress[] all, Discovery.Family family, boolean logical) {
        List<InetAddress> v4 =
                Arrays.stream(all).filter(Inet4Address.class::isInstance).toList();
        List<InetAddress> v6 =
                Arrays.stream(all).filter(ip -> !(ip instanceof Inet4Address)).toList();
        List<InetAddress> chosen = switch (family) {
            case V4_ONLY -> v4;
            case V6_ONLY -> v6;
            case V4_PREFERRED -> v4.isEmpty() ? v6 : v4;
            case V6_PREFERRED -> v6.isEmpty() ? v4 : v6;
            case ALL -> List.of(all);
        };
        return logical && chosen.size() > 1 ? chosen.subList(0, 1) : chosen;
    }

    private void onLookedUp(Map<String, List<InetAddress>> found) {
        if (stopped) {
            return;
        }
        boolean complete = true;
        Map<String, List<InetAddress>> merged = new HashMap<>(found);
        for (Map.Entry<String, List<InetAddress>> entry : merged.entrySet()) {
            if (entry.getValue().isEmpty()) {
                complete = false;
                entry.setValue(known.getOrDefault(entry.getKey(), List.of()));
            }
        }
        (complete ? successes : failures).increment();
        known = merged;
        EndpointsConfig resolved = resolve(merged);
        if (resolved.equals(cluster.registry().assignment())) {
            cluster.becomeWarm();
        } else {
            cluster.assign(resolved);
        }
        next = chores.schedule(this::start, config.refresh().toNanos(), TimeUnit.NANOSECONDS);
    }

    private EndpointsConfig resolve(Map<String, List<InetAddress>> addresses) {
        List<EndpointsConfig.Locality> localities = new ArrayList<>();
        for (EndpointsConfig.Locality locality : config.endpoints().localities()) {
            List<EndpointConfig> endpoints = new ArrayList<>();
            for (EndpointConfig endpoint : locality.endpoints()) {
                if (endpoint.address() instanceof InetSocketAddress address && address.isUnresolved()) {
                    for (InetAddress ip : addresses.getOrDefault(address.getHostString(), List.of())) {
                        EndpointConfig resolved = endpoint.at(new InetSocketAddress(ip, address.getPort()));
                        endpoints.add(resolved);
                    }
                } else {
                    endpoints.add(endpoint);
                }
            }
            localities.add(new EndpointsConfig.Locality(
                    locality.name(), locality.priority(), locality.weight(), List.copyOf(endpoints)));
        }
        EndpointsConfig own = config.endpoints();
        return new EndpointsConfig(own.clusterName(), own.overprovisioning(), List.copyOf(localities));
    }

    void stop() {
        stopped = true;
        if (next != null) {
            next.cancel(false);
        }
    }
}
