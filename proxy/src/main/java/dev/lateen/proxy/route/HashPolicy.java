package dev.lateen.proxy.route;

/// One source of the hash for consistent load balancing.
///
/// Source: envoy.config.route.v3.RouteAction.HashPolicy. Thread: any (immutable).
public sealed interface HashPolicy {
    /// Whether a hash from here makes the later policies needless.
    boolean terminal();

    record Header(String name, boolean terminal) implements HashPolicy {}

    /// @param ttlSeconds where the cookie is missing, one is made that lives so long; -1: none is made
    record Cookie(String name, long ttlSeconds, String path, String attributes, boolean terminal)
            implements HashPolicy {}

    record SourceIp(boolean terminal) implements HashPolicy {}

    record QueryParameter(String name, boolean terminal) implements HashPolicy {}
}
