package dev.lateen.proxy.cluster;

import dev.lateen.proxy.cluster.HostSnapshot.Member;
import dev.lateen.proxy.config.Metadata;
import io.netty.util.concurrent.Future;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The hosts of a cluster by address. A host stays the same object while its address stays.
///
/// Limits: at most 10,000 original destinations at a time; above that, new ones are refused.
///
/// Thread: changes on the chores loop; reading any. Original destinations appear on any.
final class HostRegistry {
    private static final int MAX_ORIGINAL_DESTINATIONS = 10_000;

    private final Cluster cluster;
    private final ZoneRouting.@Nullable Maker zoned;
    private final Runnable refresh = this::refresh;
    private final Map<SocketAddress, Host> byAddress = new ConcurrentHashMap<>();
    private volatile HostSnapshot snapshot = HostSnapshot.EMPTY;
    private EndpointsConfig assignment;
    private List<Member> members = List.of();
    private @Nullable Future<?> cleanup;

    HostRegistry(Cluster cluster) {
        this.cluster = cluster;
        this.assignment = EndpointsConfig.empty(cluster.name());
        LoadBalancing balancing = cluster.config().loadBalancing();
        LocalZone local = cluster.environment().local();
        this.zoned = balancing.zones().isOff() || !local.concerns(cluster.name())
                ? null
                : new ZoneRouting.Maker(balancing, local, new ZoneStats(cluster.stats()));
    }

    void start() {
        if (zoned != null) {
            zoned.local().watch(refresh);
        }
    }

    HostSnapshot snapshot() {
        return snapshot;
    }

    Collection<Host> all() {
        return byAddress.values();
    }

    /// The host of a session, if it is in the cluster and may have more requests of it; null otherwise.
    @Nullable
    Host forSession(SocketAddress address) {
        Host host = byAddress.get(address);
        return host != null
                        && !host.ejected()
                        && !host.checked().failed()
                        && cluster.config()
                                .loadBalancing()
                                .sessionsWith()
                                .contains(host.config().health())
                ? host
                : null;
    }

    EndpointsConfig assignment() {
        return assignment;
    }

    /// Chores loop.
    void assign(EndpointsConfig endpoints) {
        Map<SocketAddress, Host> gone = new HashMap<>(byAddress);
        List<Member> next = new ArrayList<>();
        for (EndpointsConfig.Locality locality : endpoints.localities()) {
            for (EndpointConfig endpoint : locality.endpoints()) {
                Host host = byAddress.get(endpoint.address());
                if (host == null) {
                    host = new Host(cluster, endpoint, locality.priority());
                    byAddress.put(endpoint.address(), host);
                } else if (!gone.containsKey(endpoint.address())) {
                    // The same address twice: the first counts.
                    continue;
                }
                gone.remove(endpoint.address());
                update(host, endpoint, locality);
                next.add(new Member(host, locality.name(), locality.weight(), locality.priority()));
            }
        }
        HealthChecker checker = cluster.checker();
        if (checker != null && !cluster.config().health().dropsHealthyHosts()) {
            keepHealthy(gone, next);
        }
        for (Host host : gone.values()) {
            byAddress.remove(host.address(), host);
            host.remove();
        }
        assignment = endpoints;
        members = next;
        if (checker != null) {
            checker.watch(next.stream().map(Member::host).toList());
        }
        refresh();
        if (!gone.isEmpty()) {
            cluster.drainRemoved();
        }
    }

    /// What discovery leaves out may be its own fault: hosts that answer their checks stay until they do not.
    private void keepHealthy(Map<SocketAddress, Host> gone, List<Member> next) {
        for (Member member : members) {
            Host host = member.host();
            if (gone.get(host.address()) == host
                    && !host.checked().failed()
                    && !host.config().check().disabled()) {
                gone.remove(host.address());
                host.pendingRemoval(true);
                next.add(member);
            }
        }
    }

    /// Chores loop. A host goes that had only its checks to stay for.
    void drop(Host host) {
        byAddress.remove(host.address(), host);
        host.remove();
        members = members.stream().filter(member -> member.host() != host).toList();
        refresh();
        cluster.drainRemoved();
    }

    /// New metadata may ask for another transport socket: connections of the old kind end when idle.
    private void update(Host host, EndpointConfig endpoint, EndpointsConfig.Locality locality) {
        host.config(endpoint);
        host.pendingRemoval(false);
        host.locality(locality.name());
        host.priority(locality.priority());
    }

    /// Chores loop. Groups the hosts anew after a change of health.
    void refresh() {
        LoadBalancing balancing = cluster.config().loadBalancing();
        snapshot = new HostSnapshot(
                members,
                assignment.overprovisioning(),
                balancing.panicThreshold(),
                balancing.localityWeighted(),
                zoned);
        cluster.environment().local().changed(cluster.name(), members);
    }

    @Nullable
    Host originalDestination(SocketAddress address) {
        Host host = byAddress.get(address);
        if (host == null) {
            if (byAddress.size() >= MAX_ORIGINAL_DESTINATIONS) {
                return null;
            }
            host = byAddress.computeIfAbsent(address, this::newOriginalDestination);
        }
        host.use();
        return host;
    }

    private Host newOriginalDestination(SocketAddress address) {
        return new Host(
                cluster,
                new EndpointConfig(
                        address,
                        "",
                        1,
                        EndpointConfig.Health.HEALTHY,
                        Metadata.EMPTY,
                        dev.lateen.proxy.stream.PeerInfo.UNKNOWN),
                0);
    }

    void startCleanup(Duration interval) {
        cleanup = cluster.environment()
                .chores()
                .scheduleWithFixedDelay(
                        this::forgetUnused, interval.toNanos(), interval.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void forgetUnused() {
        boolean any = false;
        for (Host host : List.copyOf(byAddress.values())) {
            if (!host.takeUsed() && host.activeRequests() == 0) {
                byAddress.remove(host.address(), host);
                host.remove();
                any = true;
            }
        }
        if (any) {
            cluster.drainRemoved();
        }
    }

    void stop() {
        cluster.environment().local().forget(refresh);
        if (cleanup != null) {
            cleanup.cancel(false);
        }
    }
}
