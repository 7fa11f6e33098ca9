package dev.lateen.proxy.tcp;

import dev.lateen.proxy.route.HeaderChanges;
import dev.lateen.proxy.route.HeaderFormat;

/// What a proxy upstream is asked for.
///
/// Source: envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy.TunnelingConfig. Thread: any (immutable).
///
/// @param destination where the tunnel ends, `host:port`
/// @param post asked by POST instead of CONNECT
/// @param path of the POST
/// @param headers that the question has besides
public record TunnelConfig(HeaderFormat destination, boolean post, String path, HeaderChanges.Change headers) {}
