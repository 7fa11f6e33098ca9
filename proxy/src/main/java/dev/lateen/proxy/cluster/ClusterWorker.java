package dev.lateen.proxy.cluster;

import org.jspecify.annotations.Nullable;

/// A cluster on one event loop: its load balancer and its connections.
///
/// Thread: its event loop.
public final class ClusterWorker {
    private final Cluster cluster;

    ClusterWorker(Cluster cluster) {
        this.cluster = cluster;
    }

    public Cluster cluster() {
        return cluster;
    }

    /// The host for a request, or null where no host is healthy.
    public @Nullable Host pick(LbContext context) {
        throw new UnsupportedOperationException();
    }

    /// Admits a request (circuit breakers), gets or opens a connection to `host` and calls back on this loop.
    public PendingStream newStream(Host host, StreamOptions options, StreamReady callback) {
        throw new UnsupportedOperationException();
    }

    /// Opens a connection to `host` for one TCP session.
    public PendingStream newTcpConnection(Host host, TcpOptions options, TcpReady callback) {
        throw new UnsupportedOperationException();
    }

    /// Whether another retry may run now (max_retries, or the retry budget); pairs with `endRetry`.
    public boolean tryStartRetry(RoutePriority priority) {
        throw new UnsupportedOperationException();
    }

    public void endRetry(RoutePriority priority) {
        throw new UnsupportedOperationException();
    }
}
