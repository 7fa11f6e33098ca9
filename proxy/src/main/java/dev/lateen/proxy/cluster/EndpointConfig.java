package dev.lateen.proxy.cluster;

import dev.lateen.proxy.config.Metadata;
import dev.lateen.proxy.stream.PeerInfo;
import java.net.SocketAddress;

/// One endpoint of a load assignment.
///
/// @param address resolved, or unresolved where a DNS cluster has still to look it up
/// @param hostname what the configuration calls it; empty where it does not
/// @param weight at least 1
/// @param peer the workload behind it, as the control plane tells in the endpoint's metadata
public record EndpointConfig(
        SocketAddress address,
        String hostname,
        int weight,
        Health health,
        EndpointCheck check,
        Metadata metadata,
        PeerInfo peer) {
    /// One that is checked like all of its cluster, if that is checked.
    public EndpointConfig(
            SocketAddress address, String hostname, int weight, Health health, Metadata metadata, PeerInfo peer) {
        this(address, hostname, weight, health, EndpointCheck.USUAL, metadata, peer);
    }

    /// What the control plane says of an endpoint.
    public enum Health {
        HEALTHY,
        /// Used only where healthy ones do not suffice.
        DEGRADED,
        /// Never picked, except in panic.
        UNHEALTHY,
        /// As unhealthy; but sessions may stay with it until it is gone.
        DRAINING
    }

    EndpointConfig at(SocketAddress resolved) {
        return new EndpointConfig(resolved, hostname, weight, health, check, metadata, peer);
    }
}
