package dev.lateen.proxy.cluster;

import dev.lateen.proxy.config.Metadata;
import dev.lateen.proxy.telemetry.DestinationService;
import io.netty.channel.EventLoop;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A cluster in force: what all event loops share of it.
///
/// Thread: any, except where a method says "chores loop".
public final class Cluster {
    private final ClusterConfig config;
    private final ClusterEnvironment environment;
    private final ClusterStats stats;
    private final DestinationService service;
    private final ResourceLimits standard;
    private final ResourceLimits high;
    private final HostRegistry hosts;
    private final OutlierDetector outliers;
    private final @Nullable HealthChecker checker;
    private final List<Runnable> warmActions = new ArrayList<>();
    private final @Nullable DnsRefresher dns;
    private final @Nullable NameCache names;
    private volatile ClusterWorker[] workers = {};
    private boolean warm;
    private volatile boolean stopped;

    Cluster(ClusterConfig config, ClusterEnvironment environment) {
        this.config = config;
        this.environment = environment;
        this.stats = new ClusterStats(environment.stats(), config.statName());
        this.service = Services.of(config);
        this.standard = new ResourceLimits(config.breakers().standard());
        this.high = new ResourceLimits(config.breakers().high());
        this.hosts = new HostRegistry(this);
        this.outliers = new OutlierDetector(this, System::nanoTime);
        this.checker = config.health()
                .check()
                .map(check -> new HealthChecker(this, check))
                .orElse(null);
        this.dns = config.discovery() instanceof Discovery.Dns named ? new DnsRefresher(this, named) : null;
        this.names = config.discovery() instanceof Discovery.Named(NameCacheConfig cache)
                ? new NameCache(this, cache, config.transport().of(Metadata.EMPTY) == null ? 80 : 443)
                : null;
        publish();
    }

    private void publish() {
        standard.publish(stats, "default");
        high.publish(stats, "high");
        stats.computedGauge("upstream_rq_active", () -> standard.requests() + high.requests());
        stats.computedGauge("upstream_rq_pending_active", () -> standard.pending() + high.pending());
        stats.computedGauge("upstream_cx_active", () -> standard.connections() + high.connections());
        stats.computedGauge("membership_total", () -> hosts().size());
        stats.computedGauge(
                "membership_healthy",
                () -> hosts().stream().filter(HostSnapshot::healthy).count());
        stats.computedGauge(
                "membership_degraded",
                () -> hosts().stream().filter(HostSnapshot::degraded).count());
    }

    public String name() {
        return config.name();
    }

    public ClusterConfig config() {
        return config;
    }

    public ClusterStats stats() {
        return stats;
    }

    /// The service behind it, as Istio's metrics name it.
    public DestinationService service() {
        return service;
    }

    OutlierDetector outliers() {
        return outliers;
    }

    /// Null where its hosts are not checked.
    @Nullable
    HealthChecker checker() {
        return checker;
    }

    ClusterEnvironment environment() {
        return environment;
    }

    ResourceLimits limits(RoutePriority priority) {
        return switch (priority) {
            case DEFAULT -> standard;
            case HIGH -> high;
        };
    }

    HostSnapshot snapshot() {
        return hosts.snapshot();
    }

    HostRegistry registry() {
        return hosts;
    }

    /// All hosts, whatever their state.
    public Collection<Host> hosts() {
        return names == null ? hosts.all() : names.hosts();
    }

    /// The names that requests asked it for; null where it has hosts of its own.
    public @Nullable NameCache names() {
        return names;
    }

    /// How its hosts are, in one line: `2 hosts, 0 healthy, 1 ejected: 10.0.0.1:80 ejected, 10.0.0.2:80 unhealthy`.
    public String describeHosts() {
        return HostsText.of(hosts());
    }

    /// What is in use of what may be: `connections 1 of 1, pending requests 1 of 1, requests 1 of 1024, retries 0 of
    /// 3`.
    public String describeLimits(RoutePriority priority) {
        return limits(priority).describe();
    }

    @Nullable
    Host originalDestination(@Nullable SocketAddress address) {
        return address == null ? null : hosts.originalDestination(address);
    }

    /// This cluster's state on an event loop. Call on that loop.
    @SuppressWarnings("ReferenceEquality") // a loop is the object, not its content
    public ClusterWorker on(EventLoop loop) {
        for (ClusterWorker worker : workers) {
            if (worker.loop() == loop) {
                return worker;
            }
        }
        return addWorker(loop);
    }

    private synchronized ClusterWorker addWorker(EventLoop loop) {
        ClusterWorker worker = new ClusterWorker(this, loop);
        ClusterWorker[] more = java.util.Arrays.copyOf(workers, workers.length + 1);
        more[workers.length] = worker;
        workers = more;
        return worker;
    }

    /// Chores loop. Endpoints from discovery.
    void assign(EndpointsConfig endpoints) {
        hosts.assign(endpoints);
        becomeWarm();
    }

    /// A cluster that takes another's place starts with its endpoints, and with what was known of its hosts.
    void inheritEndpoints(Cluster old) {
        if (checker != null) {
            checker.inherit(old);
        }
        if (config.discovery() instanceof Discovery.Eds(String service)
                && old.config.discovery() instanceof Discovery.Eds(String before)
                && service.equals(before)
                && old.warm) {
            assign(old.hosts.assignment());
        }
    }

    void start() {
        hosts.start();
        switch (config.discovery()) {
            case Discovery.Static(EndpointsConfig endpoints) -> assign(endpoints);
            case Discovery.Eds _ -> {
                // Until `assign`.
            }
            case Discovery.Dns _ -> {
                if (dns != null) {
                    dns.start();
                }
            }
            case Discovery.Named _ -> becomeWarm();
            case Discovery.OriginalDst original -> {
                hosts.startCleanup(original.cleanupInterval());
                becomeWarm();
            }
        }
        outliers.start();
    }

    void stop() {
        stopped = true;
        outliers.stop();
        if (checker != null) {
            checker.stop();
        }
        hosts.stop();
        if (dns != null) {
            dns.stop();
        }
        if (names != null) {
            names.stop();
        }
        // Requests that were given this cluster before it went still finish.
        hosts().forEach(Host::remove);
        drainRemoved();
    }

    boolean stopped() {
        return stopped;
    }

    /// Lets every event loop end its connections to hosts that are gone.
    void drainRemoved() {
        for (ClusterWorker worker : workers) {
            worker.loop().execute(worker::drainRemoved);
        }
    }

    void becomeWarm() {
        boolean waits = checker != null && config.health().waitsForChecks() && !checker.firstRoundIsOver();
        if (!warm && !waits) {
            warm = true;
            List<Runnable> actions = List.copyOf(warmActions);
            warmActions.clear();
            actions.forEach(Runnable::run);
        }
    }

    /// Whether its hosts are known: endpoint discovery or the first name resolution has answered, and each host was
    /// checked once where they are. Chores loop.
    public boolean warm() {
        return warm;
    }

    /// Runs `action` on the chores loop once `warm()`; at once where it is already. Chores loop.
    public void whenWarm(Runnable action) {
        if (warm) {
            action.run();
        } else {
            warmActions.add(action);
        }
    }
}
