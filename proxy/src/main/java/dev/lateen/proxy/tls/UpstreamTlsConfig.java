package dev.lateen.proxy.tls;

/// TLS towards upstream hosts.
///
/// Source: envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext.
///
/// @param sni server name to send; empty sends none
public record UpstreamTlsConfig(TlsContextConfig common, String sni) {}
