package dev.lateen.proxy.telemetry;

import org.jspecify.annotations.Nullable;

/// The service that a request was for, as metrics name it. Made once per cluster (`Cluster.service`). Text is empty
/// where nothing is known; what the labels then say, `IstioLabels` knows.
///
/// Source: the labels that Istio's own proxy gives to passthrough, to what is blocked and to what has no route.
///
/// @param host such as `reviews.default.svc.cluster.local`; empty where at best the request's authority can tell
/// @param name such as `reviews`, or the cluster's name where it stands for no service
public record DestinationService(String host, String name, String namespace) {
    public static final DestinationService UNKNOWN = new DestinationService("", "", "");
    static final DestinationService OTHER = new DestinationService("other", "other", "other");

    private static final DestinationService PASSTHROUGH = named("PassthroughCluster");
    private static final DestinationService BLACK_HOLE = named("BlackHoleCluster");

    /// Of the routes for hosts that nobody declared, by the names that Istio gives them; null for any other route.
    public static @Nullable DestinationService ofRoute(@Nullable String route) {
        if ("allow_any".equals(route)) {
            return PASSTHROUGH;
        }
        return "block_all".equals(route) ? BLACK_HOLE : null;
    }

    /// Of a cluster without a service: Istio's special ones count under their own names.
    public static DestinationService ofCluster(String name) {
        return switch (name) {
            case "PassthroughCluster",
                    "BlackHoleCluster",
                    "InboundPassthroughCluster",
                    "InboundPassthroughClusterIpv4",
                    "InboundPassthroughClusterIpv6",
                    "AllowAnyDynamicDNSCluster" -> named(name);
            default -> UNKNOWN;
        };
    }

    private static DestinationService named(String cluster) {
        return new DestinationService("", cluster, "");
    }
}
