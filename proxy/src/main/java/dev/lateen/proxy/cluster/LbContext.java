package dev.lateen.proxy.cluster;

import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/// What the load balancer may know of the request or connection that needs a host; implemented by it.
///
/// Thread: its event loop.
public interface LbContext {
    /// For consistent hashing; only where `hasHash()`.
    long hash();

    boolean hasHash();

    /// Where the client wanted to go, for original-destination clusters.
    @Nullable
    SocketAddress originalDestination();

    /// Whether a retry should avoid this host.
    boolean wasTried(Host host);

    /// How often to pick again when `wasTried`; 0 for first attempts.
    int maxHostAttempts();
}
