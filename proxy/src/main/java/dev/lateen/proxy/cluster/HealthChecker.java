package dev.lateen.proxy.cluster;

import dev.lateen.proxy.health.CheckResult;
import dev.lateen.proxy.health.CheckedHealth;
import dev.lateen.proxy.health.HealthCheckConfig;
import dev.lateen.proxy.telemetry.Counter;
import io.netty.channel.EventLoop;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Checks all hosts of a cluster, each in its own time, from when they come into the cluster until they go.
///
/// Limits: `MAX_PARALLEL` checks of a cluster at a time; more wait for their turn, in which their timeout begins.
///
/// Source: Envoy documentation, "Health checking".
///
/// Thread: chores loop, but for `failNow`, which any thread may call.
final class HealthChecker {
    static final int MAX_PARALLEL = 256;

    private final Cluster cluster;
    private final HealthCheckConfig config;
    private final EventLoop loop;
    private final IdentityHashMap<Host, HostCheck> checks = new IdentityHashMap<>();
    private final ArrayDeque<HostCheck> waiting = new ArrayDeque<>();
    private final Map<SocketAddress, CheckedHealth> inherited = new HashMap<>();
    private final Counters counters;
    private int running;
    private int awaited;
    private boolean regrouping;
    private boolean stopped;

    /// What is counted of checks.
    private record Counters(
            Counter attempts, Counter successes, Counter failures, Counter passive, Counter network, Counter verified) {
        static Counters of(ClusterStats stats) {
            return new Counters(
                    stats.counter("health_check.attempt"),
                    stats.counter("health_check.success"),
                    stats.counter("health_check.failure"),
                    stats.counter("health_check.passive_failure"),
                    stats.counter("health_check.network_failure"),
                    stats.counter("health_check.verify_cluster"));
        }
    }

    HealthChecker(Cluster cluster, HealthCheckConfig config) {
        this.cluster = cluster;
        this.config = config;
        this.loop = cluster.environment().chores();
        this.counters = Counters.of(cluster.stats());
        cluster.stats().computedGauge("health_check.healthy", () -> count(false));
        cluster.stats().computedGauge("health_check.degraded", () -> count(true));
    }

    private long count(boolean degraded) {
        return cluster.hosts().stream()
                .map(Host::checked)
                .filter(health -> degraded ? health.degraded() : !health.failed())
                .count();
    }

    HealthCheckConfig config() {
        return config;
    }

    Cluster cluster() {
        return cluster;
    }

    EventLoop loop() {
        return loop;
    }

    /// A cluster that takes another's place knows what that one knew: its hosts are not unknown.
    void inherit(Cluster old) {
        for (Host host : old.hosts()) {
            inherited.put(host.address(), host.checked());
        }
    }

    /// Checks these hosts from now on, and no others.
    void watch(Collection<Host> hosts) {
        Set<Host> wanted = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Host host : hosts) {
            HostCheck present = checks.get(host);
            EndpointCheck own = host.config().check();
            if (own.disabled()) {
                host.checked(CheckedHealth.WELL);
                continue;
            }
            wanted.add(host);
            if (present != null && present.isOf(own)) {
                continue;
            }
            CheckedHealth known =
                    present == null ? inherited.getOrDefault(host.address(), CheckedHealth.UNKNOWN) : host.checked();
            forget(present);
            begin(host, own, known);
        }
        for (Iterator<HostCheck> all = checks.values().iterator(); all.hasNext(); ) {
            HostCheck check = all.next();
            if (!wanted.contains(check.host())) {
                all.remove();
                forget(check);
            }
        }
        inherited.clear();
    }

    private void begin(Host host, EndpointCheck own, CheckedHealth known) {
        host.checked(known);
        HostCheck check = new HostCheck(this, host, own, known);
        checks.put(host, check);
        awaited += check.isAwaited() ? 1 : 0;
        check.begin();
    }

    private void forget(@Nullable HostCheck check) {
        if (check == null) {
            return;
        }
        awaited -= check.isAwaited() ? 1 : 0;
        waiting.remove(check);
        check.stop();
    }

    /// Whether something is known of each host.
    boolean firstRoundIsOver() {
        return awaited == 0;
    }

    void stop() {
        stopped = true;
        waiting.clear();
        checks.values().forEach(HostCheck::stop);
        checks.clear();
    }

    // ---- What the checks of the hosts tell

    /// A check is due; it is started at once, or when another has ended.
    void due(HostCheck check) {
        if (running < MAX_PARALLEL) {
            running++;
            counters.attempts.increment();
            check.start();
        } else {
            waiting.addLast(check);
        }
    }

    /// A check has ended, with or without a result.
    void ended() {
        running--;
        if (!waiting.isEmpty()) {
            // Not from within this one: a thousand that fail at once would lie upon each other.
            loop.execute(this::startWaiting);
        }
    }

    private void startWaiting() {
        while (running < MAX_PARALLEL && !waiting.isEmpty()) {
            due(waiting.removeFirst());
        }
    }

    void countVerified() {
        counters.verified.increment();
    }

    /// @param first whether nothing was known of the host before
    /// @param changed whether the host came or went by it
    void onResult(Host host, CheckResult result, CheckedHealth health, boolean first, boolean changed) {
        (result.good() ? counters.successes : counters.failures).increment();
        switch (result) {
            case NETWORK, TIMED_OUT -> counters.network.increment();
            case PASSIVE -> counters.passive.increment();
            case PASSED, DEGRADED, FAILED, RETRIABLE -> {}
        }
        boolean regroup = changed || host.checked().degraded() != health.degraded();
        host.checked(health);
        awaited -= first ? 1 : 0;
        if (!health.failed()) {
            cluster.outliers().onGoodCheck(host);
        } else if (host.pendingRemoval()) {
            forget(checks.remove(host));
            cluster.registry().drop(host);
        }
        if (regroup) {
            regroup();
        }
        if (awaited == 0) {
            cluster.becomeWarm();
        }
    }

    /// Once for all that comes in one turn of the loop: a thousand hosts may change at once.
    private void regroup() {
        if (!regrouping) {
            regrouping = true;
            loop.execute(() -> {
                regrouping = false;
                if (!stopped) {
                    cluster.registry().refresh();
                }
            });
        }
    }

    /// Whether the cluster has ever had a connection of traffic.
    boolean hadTraffic() {
        return cluster.stats().connections.value() > 0;
    }

    /// An answer to a request says that its host wants no more.
    void failNow(Host host) {
        loop.execute(() -> {
            HostCheck check = checks.get(host);
            if (check != null && !stopped) {
                check.failNow();
            }
        });
    }
}
