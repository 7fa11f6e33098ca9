package dev.lateen.proxy.cluster;

import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/// What the load balancer may know of the request or connection that needs a host; implemented by it. What it does not
/// override it has no wish about.
///
/// Thread: its event loop.
public interface LbContext {
    /// Has no wishes at all.
    LbContext ANY = new LbContext() {};

    /// For consistent hashing; only where `hasHash()`.
    default long hash() {
        return 0;
    }

    default boolean hasHash() {
        return false;
    }

    /// Where the client wanted to go, for original-destination clusters.
    default @Nullable SocketAddress originalDestination() {
        return null;
    }

    /// The destination that was waited for, `name:port`, for clusters without hosts of their own.
    default @Nullable String destination() {
        return null;
    }

    /// A host that a session is with.
    ///
    /// @param strict no other will do
    record Wish(SocketAddress host, boolean strict) {}

    /// The host that this request's session is with, if this is its first attempt; null for none.
    default @Nullable Wish wish() {
        return null;
    }

    /// Whether a retry should avoid this host.
    default boolean wasTried(Host host) {
        return false;
    }

    /// Whether a retry should avoid priorities.
    default boolean avoidsPriorities() {
        return false;
    }

    /// Whether a retry should avoid this priority; only where `avoidsPriorities()`.
    default boolean avoidsPriority(int priority) {
        return false;
    }

    /// How often to pick again when `wasTried`; 0 for first attempts.
    default int maxHostAttempts() {
        return 0;
    }
}
