package dev.lateen.proxy.cluster;

import java.time.Duration;

/// How HTTP is spoken to a cluster. A duration of zero means "no limit".
///
/// Source: envoy.extensions.upstreams.http.v3.HttpProtocolOptions.
///
/// @param maxRequestsPerConnection 0: no limit
/// @param autoSni take the TLS server name from each request's authority
/// @param autoSanValidation require that name in the peer's certificate
/// @param keepsSpelling HTTP/1: pass on the names of answers' fields in the case that they have
public record HttpOptions(
        Protocol protocol,
        Duration idleTimeout,
        Duration maxConnectionDuration,
        int maxRequestsPerConnection,
        boolean autoSni,
        boolean autoSanValidation,
        boolean keepsSpelling,
        Http2Options http2) {
    public static final Duration DEFAULT_IDLE_TIMEOUT = Duration.ofHours(1);
    public static final HttpOptions HTTP1 = new HttpOptions(
            Protocol.HTTP1, DEFAULT_IDLE_TIMEOUT, Duration.ZERO, 0, false, false, false, Http2Options.DEFAULT);

    public enum Protocol {
        HTTP1,
        HTTP2,
        /// HTTP/2 for requests that came in by HTTP/2, else HTTP/1.1.
        USE_DOWNSTREAM,
        /// What ALPN negotiates; HTTP/1.1 where it does not.
        AUTO
    }

    /// A window of 0 means the codec's default.
    ///
    /// @param maxConcurrentStreams of one connection, besides the peer's own limit
    /// @param keepAliveInterval between pings
    public record Http2Options(
            int maxConcurrentStreams,
            int initialStreamWindow,
            int initialConnectionWindow,
            Duration keepAliveInterval,
            Duration keepAliveTimeout) {
        public static final Http2Options DEFAULT = new Http2Options(1024, 0, 0, Duration.ZERO, Duration.ZERO);
    }
}
