package dev.lateen.proxy.cluster;

/// How far a cluster's balancing asks in which zone hosts are. It takes a local cluster to ask at all.
///
/// @param percent of requests that do
/// @param minimum healthy hosts of the first priority, below which none does
public record ZoneAwareness(int percent, long minimum) {
    /// Envoy's, where a cluster says nothing.
    static final ZoneAwareness DEFAULT = new ZoneAwareness(100, 6);

    static final ZoneAwareness OFF = new ZoneAwareness(0, 0);

    boolean isOff() {
        return percent == 0;
    }
}
