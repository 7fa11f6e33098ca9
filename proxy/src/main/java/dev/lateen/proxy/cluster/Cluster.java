package dev.lateen.proxy.cluster;

import io.netty.channel.EventLoop;

/// A cluster in force: what all event loops share of it.
///
/// Thread: any, except where a method says "chores loop".
public final class Cluster {
    private final ClusterConfig config;
    private final ClusterEnvironment environment;
    private final ClusterStats stats;
    private final OutlierDetector outliers;

    Cluster(ClusterConfig config, ClusterEnvironment environment) {
        this.config = config;
        this.environment = environment;
        this.stats = new ClusterStats(environment.stats(), config.statName());
        this.outliers = new OutlierDetector(this);
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

    OutlierDetector outliers() {
        return outliers;
    }

    ClusterEnvironment environment() {
        return environment;
    }

    /// This cluster's state on an event loop.
    public ClusterWorker on(EventLoop loop) {
        throw new UnsupportedOperationException();
    }

    /// Chores loop.
    void assign(EndpointsConfig endpoints) {
        throw new UnsupportedOperationException();
    }

    void inheritEndpoints(Cluster old) {
        throw new UnsupportedOperationException();
    }

    void start() {
        throw new UnsupportedOperationException();
    }

    void stop() {
        throw new UnsupportedOperationException();
    }

    /// Whether its hosts are known: endpoint discovery or the first name resolution has answered. Chores loop.
    public boolean warm() {
        throw new UnsupportedOperationException();
    }

    /// Runs `action` on the chores loop once `warm()`; at once where it is already. Chores loop.
    public void whenWarm(Runnable action) {
        throw new UnsupportedOperationException();
    }
}
