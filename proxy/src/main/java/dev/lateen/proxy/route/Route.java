package dev.lateen.proxy.route;

import dev.lateen.proxy.config.Metadata;

/// One route: what it matches and what is then done.
///
/// Source: envoy.config.route.v3.Route. Thread: any (immutable).
///
/// @param statPrefix names its own numbers; empty where it has none
/// @param decorator the operation name given to spans; empty for none
/// @param decoratorPropagates whether it is told to the upstream in `x-envoy-decorator-operation`
/// @param bufferLimitBytes what a retry may keep of a body; -1: the connection's limit
/// @param metadata which resource it was made from, among others
public record Route(
        String name,
        RouteMatch match,
        RouteAction action,
        HeaderChanges headers,
        FilterOverrides overrides,
        String statPrefix,
        String decorator,
        boolean decoratorPropagates,
        long bufferLimitBytes,
        Metadata metadata) {}
