package dev.lateen.proxy.cluster;

/// Which circuit-breaker thresholds a request counts against.
public enum RoutePriority {
    DEFAULT,
    HIGH
}
