package dev.lateen.proxy.cluster;

import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/// How the checks of one endpoint differ from those of its cluster.
///
/// Source: envoy.config.endpoint.v3.Endpoint.HealthCheckConfig.
///
/// @param address where it is checked; null: where it serves
/// @param port of the check; 0: that of the address
/// @param hostname of the question; empty: as the cluster says
/// @param disabled whether it is not checked at all
public record EndpointCheck(@Nullable SocketAddress address, int port, String hostname, boolean disabled) {
    public static final EndpointCheck USUAL = new EndpointCheck(null, 0, "", false);
}
