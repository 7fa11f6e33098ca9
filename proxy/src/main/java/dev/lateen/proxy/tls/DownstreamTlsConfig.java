package dev.lateen.proxy.tls;

import java.time.Duration;

/// TLS towards clients.
///
/// Source: envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext.
///
/// @param tickets let clients resume sessions by tickets
/// @param cache let them resume sessions that are kept here (TLS 1.2)
/// @param sessionTimeout how long a session can be resumed; zero means the library's default
public record DownstreamTlsConfig(
        TlsContextConfig common,
        boolean requireClientCertificate,
        boolean tickets,
        boolean cache,
        Duration sessionTimeout) {}
