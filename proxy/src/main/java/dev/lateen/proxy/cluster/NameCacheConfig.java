package dev.lateen.proxy.cluster;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/// How names that requests ask for are looked up, and how many are kept.
///
/// Source: envoy.extensions.common.dynamic_forward_proxy.v3.DnsCacheConfig. Thread: any (immutable).
///
/// @param refresh after which a name is looked up again whose answer tells no time to live
/// @param minRefresh the least time between two looks, whatever an answer tells
/// @param failureRefresh after which a name without an address is looked up again
/// @param hostTtl after which a name that nobody asks for is forgotten
/// @param maxHosts names with their ports at a time
/// @param maxPending requests that wait at a time
/// @param timeout of one look
/// @param resolvers name servers to ask; empty: names are looked up as this machine does
public record NameCacheConfig(
        String name,
        Discovery.Family family,
        Duration refresh,
        Duration minRefresh,
        Duration failureRefresh,
        Duration hostTtl,
        int maxHosts,
        int maxPending,
        Duration timeout,
        List<InetSocketAddress> resolvers) {
    public NameCacheConfig {
        resolvers = List.copyOf(resolvers);
    }
}
