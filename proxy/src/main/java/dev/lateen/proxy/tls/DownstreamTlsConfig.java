package dev.lateen.proxy.tls;

/// TLS towards clients.
///
/// Source: envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext.
public record DownstreamTlsConfig(TlsContextConfig common, boolean requireClientCertificate) {}
