package dev.lateen.proxy.route;

import dev.lateen.proxy.config.Fraction;

/// Where a copy of a request goes, whose response nobody waits for.
///
/// Source: envoy.config.route.v3.RouteAction.RequestMirrorPolicy. Thread: any (immutable).
///
/// @param hostSuffix whether `-shadow` is added to the authority
public record MirrorPolicy(String cluster, Fraction share, boolean hostSuffix) {}
