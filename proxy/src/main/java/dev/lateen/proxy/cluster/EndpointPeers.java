package dev.lateen.proxy.cluster;

import dev.lateen.proxy.stream.PeerInfo;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// Which workload has an address, as the endpoints of all clusters tell: a certificate says no more than a
/// namespace and an account. Only for reports: an address proves nothing, and no policy asks here.
///
/// Limits: read from the clusters when somebody asks after a change, at most once a second; nothing is kept before
/// that.
///
/// Thread: any.
public final class EndpointPeers {
    private static final long MIN_AGE_NANOS = 1_000_000_000;

    /// Those who know the endpoints.
    interface Endpoints {
        void each(BiConsumer<SocketAddress, PeerInfo> visitor);
    }

    private record Index(Map<InetAddress, PeerInfo> byAddress, long madeNanos) {}

    private final Endpoints endpoints;
    private final AtomicBoolean making = new AtomicBoolean();
    private volatile boolean changed = true;
    private volatile @Nullable Index index;

    EndpointPeers(Endpoints endpoints) {
        this.endpoints = endpoints;
    }

    void changed() {
        changed = true;
    }

    /// The workload at an address where it lives in the namespace that the peer has proved; else what was proved.
    ///
    /// @param nowNanos by `System.nanoTime`
    public PeerInfo find(@Nullable SocketAddress address, PeerInfo proved, long nowNanos) {
        if (!(address instanceof InetSocketAddress inet) || inet.getAddress() == null) {
            return proved;
        }
        PeerInfo found = index(nowNanos).byAddress().get(inet.getAddress());
        return found != null && found.namespace().equals(proved.namespace()) ? found : proved;
    }

    private Index index(long nowNanos) {
        Index current = index;
        if (current == null) {
            return read(nowNanos);
        }
        boolean old = changed && nowNanos - current.madeNanos() >= MIN_AGE_NANOS;
        if (!old || making.getAndSet(true)) {
            return current;
        }
        try {
            return read(nowNanos);
        } finally {
            making.set(false);
        }
    }

    private Index read(long nowNanos) {
        changed = false;
        Map<InetAddress, PeerInfo> byAddress = new HashMap<>();
        endpoints.each((address, peer) -> {
            if (address instanceof InetSocketAddress inet
                    && inet.getAddress() != null
                    && !peer.workload().equals(PeerInfo.UNKNOWN_TEXT)) {
                // An address of several workloads tells nothing.
                byAddress.merge(inet.getAddress(), peer, (one, other) -> one.equals(other) ? one : PeerInfo.UNKNOWN);
            }
        });
        Index made = new Index(Map.copyOf(byAddress), nowNanos);
        index = made;
        return made;
    }
}
