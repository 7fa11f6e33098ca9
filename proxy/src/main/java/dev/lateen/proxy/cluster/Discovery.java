package dev.lateen.proxy.cluster;

import java.time.Duration;

/// Where the hosts of a cluster come from.
public sealed interface Discovery {
    record Static(EndpointsConfig endpoints) implements Discovery {}

    /// @param serviceName the name to ask endpoint discovery for
    record Eds(String serviceName) implements Discovery {}

    /// Endpoints whose addresses are names to resolve.
    ///
    /// @param logical only one address at a time, the next connection takes the newest (LOGICAL_DNS)
    record Dns(EndpointsConfig endpoints, boolean logical, Family family, Duration refresh) implements Discovery {}

    /// The address that the client wanted to reach before its connection was redirected to us.
    ///
    /// @param cleanupInterval after which an unused host is forgotten
    record OriginalDst(boolean useHttpHeader, Duration cleanupInterval) implements Discovery {}

    /// The name that each request asks for.
    record Named(NameCacheConfig cache) implements Discovery {}

    enum Family {
        V4_ONLY,
        V6_ONLY,
        V6_PREFERRED,
        V4_PREFERRED,
        ALL
    }
}
