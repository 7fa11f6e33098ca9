package dev.lateen.proxy.telemetry;

/// The service that a request was for, as metrics name it. Made once per cluster (`Cluster.service`).
///
/// @param host such as `reviews.default.svc.cluster.local`; empty where only the request's authority can tell
public record DestinationService(String host, String name, String namespace) {
    public static final DestinationService UNKNOWN = new DestinationService("unknown", "unknown", "unknown");
}
