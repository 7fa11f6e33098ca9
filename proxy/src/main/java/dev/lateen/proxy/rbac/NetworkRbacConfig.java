package dev.lateen.proxy.rbac;

import java.time.Duration;

/// Access control for connections.
///
/// Source: envoy.extensions.filters.network.rbac.v3.RBAC. Thread: any (immutable).
///
/// @param delayDeny how long a refused connection is kept before it is closed; zero means not at all
public record NetworkRbacConfig(RbacConfig rules, String statPrefix, Duration delayDeny) {}
