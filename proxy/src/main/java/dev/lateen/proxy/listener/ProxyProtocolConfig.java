package dev.lateen.proxy.listener;

/// Which PROXY headers a listener takes.
///
/// Source: envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol. Thread: any (immutable).
///
/// @param optional serve connections without a header, or with one of a version that is not taken, as they come
/// @param disabled ports without this filter
record ProxyProtocolConfig(boolean optional, boolean version1, boolean version2, PortPredicate disabled) {}
