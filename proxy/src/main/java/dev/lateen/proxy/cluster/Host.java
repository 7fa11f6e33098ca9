package dev.lateen.proxy.cluster;

import dev.lateen.proxy.health.CheckedHealth;
import dev.lateen.proxy.stream.PeerInfo;
import io.netty.util.NetUtil;
import java.net.SocketAddress;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// One upstream address of a cluster. Kept by identity while the address stays in the cluster, so that its connections,
/// counters and ejections survive changes of everything else.
///
/// Thread: any.
public final class Host {
    private final SocketAddress address;
    private final Cluster cluster;
    private final HostStats stats = new HostStats();
    private final HostMonitor monitor = new HostMonitor();
    private final AtomicInteger activeRequests = new AtomicInteger();
    private final long since;
    private volatile EndpointConfig config;
    private volatile LocalityName locality = LocalityName.NONE;
    private volatile int priority;
    private volatile boolean removed;
    private volatile boolean used = true;
    private volatile boolean pendingRemoval;
    private volatile CheckedHealth checked = CheckedHealth.WELL;

    Host(Cluster cluster, EndpointConfig config, int priority) {
        this(cluster, config, priority, System.nanoTime());
    }

    /// @param since when it came into the cluster, on the clock of `System.nanoTime`
    Host(Cluster cluster, EndpointConfig config, int priority, long since) {
        this.since = since;
        this.cluster = cluster;
        this.address = config.address();
        this.config = config;
        this.priority = priority;
    }

    public SocketAddress address() {
        return address;
    }

    long since() {
        return since;
    }

    public Cluster cluster() {
        return cluster;
    }

    public EndpointConfig config() {
        return config;
    }

    void config(EndpointConfig config) {
        this.config = config;
    }

    public LocalityName locality() {
        return locality;
    }

    void locality(LocalityName locality) {
        this.locality = locality;
    }

    public int priority() {
        return priority;
    }

    void priority(int priority) {
        this.priority = priority;
    }

    public PeerInfo peer() {
        return config.peer();
    }

    /// Whether connections to it show our certificate.
    public boolean mutualTls() {
        UpstreamTls tls = cluster.config().transport().of(config.metadata());
        return tls != null && tls.mutual();
    }

    /// The PROXY header that its connections begin with, or null for none.
    public @Nullable UpstreamProxyProtocol proxyProtocol() {
        return cluster.config().transport().proxyProtocol(config.metadata());
    }

    /// The name by which it was looked up, which TLS asks for before any other; null where it has none of its own.
    @Nullable
    String serverName() {
        return cluster.names() == null || NetUtil.isValidIpV4Address(config.hostname()) ? null : config.hostname();
    }

    public HostStats stats() {
        return stats;
    }

    HostMonitor monitor() {
        return monitor;
    }

    public boolean ejected() {
        return monitor.ejected();
    }

    /// What checks have found, where its cluster is checked.
    public CheckedHealth checked() {
        return checked;
    }

    void checked(CheckedHealth found) {
        checked = found;
    }

    /// Discovery has left it out, and it stays for as long as its checks are good.
    public boolean pendingRemoval() {
        return pendingRemoval;
    }

    void pendingRemoval(boolean pending) {
        pendingRemoval = pending;
    }

    /// Whether somebody checks it.
    public boolean checkedActively() {
        return cluster.checker() != null;
    }

    /// An answer of its own says that it wants no more requests. Any thread.
    public void failCheckNow() {
        HealthChecker checker = cluster.checker();
        if (checker != null) {
            checker.failNow(this);
        }
    }

    /// No longer in the cluster: its connections end when they are idle.
    boolean removed() {
        return removed;
    }

    void remove() {
        removed = true;
    }

    /// Marks an original-destination host as wanted.
    void use() {
        used = true;
    }

    /// Whether it was wanted since the last call.
    boolean takeUsed() {
        boolean was = used;
        used = false;
        return was;
    }

    public int activeRequests() {
        return activeRequests.get();
    }

    void requestStarted() {
        activeRequests.getAndIncrement();
    }

    void requestEnded() {
        activeRequests.getAndDecrement();
    }

    /// Tells outlier detection how an attempt went.
    public void recordResult(HostResult result) {
        switch (result) {
            case SUCCESS -> stats.requestSuccesses.getAndIncrement();
            case SERVER_ERROR, GATEWAY_ERROR, LOCAL_FAILURE -> stats.requestErrors.getAndIncrement();
            case LOCAL_TIMEOUT -> {
                stats.requestTimeouts.getAndIncrement();
                stats.requestErrors.getAndIncrement();
            }
            case LOCAL_SUCCESS -> {
                // A connection, not a request.
            }
        }
        cluster.outliers().record(this, result);
    }

    @Override
    public String toString() {
        return address + " of " + cluster.name();
    }
}
