package dev.lateen.proxy.stream;

/// Why the proxy itself answers or gives up: one table from cause to HTTP status, gRPC status, response flag and
/// details.
///
/// Source: Envoy `%RESPONSE_CODE_DETAILS%` and `%RESPONSE_FLAGS%`.
///
/// @param source whose fault it was
/// @param retry whether another attempt could help
/// @param status HTTP status of the local reply
/// @param grpcStatus status towards gRPC clients, which get it in place of the HTTP status
public record ProxyError(
        String name, Source source, Retry retry, int status, int grpcStatus, ResponseFlag flag, String details) {

    public enum Source {
        DOWNSTREAM,
        UPSTREAM,
        SELF
    }

    public enum Retry {
        YES,
        NO,
        /// Only where the failed connection had been used before: the peer may have closed it meanwhile.
        ONLY_IF_REUSED
    }

    private static final int UNAVAILABLE = 14;
    private static final int DEADLINE_EXCEEDED = 4;
    private static final int UNIMPLEMENTED = 12;

    public static final ProxyError NO_ROUTE = new ProxyError(
            "no route", Source.SELF, Retry.NO, 404, UNIMPLEMENTED, ResponseFlag.NO_ROUTE_FOUND, "route_not_found");
    public static final ProxyError NO_CLUSTER = new ProxyError(
            "no cluster", Source.SELF, Retry.NO, 503, UNAVAILABLE, ResponseFlag.NO_CLUSTER_FOUND, "cluster_not_found");
    public static final ProxyError NO_HEALTHY_UPSTREAM = new ProxyError(
            "no healthy upstream",
            Source.UPSTREAM,
            Retry.NO,
            503,
            UNAVAILABLE,
            ResponseFlag.NO_HEALTHY_UPSTREAM,
            "no_healthy_upstream");
    public static final ProxyError OVERFLOW = new ProxyError(
            "overflow", Source.SELF, Retry.NO, 503, UNAVAILABLE, ResponseFlag.UPSTREAM_OVERFLOW, "overflow");
    public static final ProxyError CONNECT_FAILURE = new ProxyError(
            "connect failure",
            Source.UPSTREAM,
            Retry.YES,
            503,
            UNAVAILABLE,
            ResponseFlag.UPSTREAM_CONNECTION_FAILURE,
            "upstream_reset_before_response_started{remote_connection_failure}");
    public static final ProxyError CONNECT_TIMEOUT = new ProxyError(
            "connect timeout",
            Source.UPSTREAM,
            Retry.YES,
            503,
            UNAVAILABLE,
            ResponseFlag.UPSTREAM_CONNECTION_FAILURE,
            "upstream_reset_before_response_started{connection_timeout}");
    public static final ProxyError UPSTREAM_CLOSED = new ProxyError(
            "upstream closed the connection",
            Source.UPSTREAM,
            Retry.ONLY_IF_REUSED,
            503,
            UNAVAILABLE,
            ResponseFlag.UPSTREAM_CONNECTION_TERMINATION,
            "upstream_reset_before_response_started{connection_termination}");
    public static final ProxyError UPSTREAM_RESET = new ProxyError(
            "upstream reset",
            Source.UPSTREAM,
            Retry.YES,
            503,
            UNAVAILABLE,
            ResponseFlag.UPSTREAM_REMOTE_RESET,
            "upstream_reset_before_response_started{remote_reset}");
    public static final ProxyError UPSTREAM_PROTOCOL = new ProxyError(
            "upstream protocol error",
            Source.UPSTREAM,
            Retry.NO,
            502,
            UNAVAILABLE,
            ResponseFlag.UPSTREAM_PROTOCOL_ERROR,
            "upstream_reset_before_response_started{protocol_error}");
    public static final ProxyError RESPONSE_TIMEOUT = new ProxyError(
            "response timeout",
            Source.UPSTREAM,
            Retry.NO,
            504,
            DEADLINE_EXCEEDED,
            ResponseFlag.UPSTREAM_REQUEST_TIMEOUT,
            "response_timeout");
    public static final ProxyError PER_TRY_TIMEOUT = new ProxyError(
            "per-try timeout",
            Source.UPSTREAM,
            Retry.YES,
            504,
            DEADLINE_EXCEEDED,
            ResponseFlag.UPSTREAM_REQUEST_TIMEOUT,
            "upstream_per_try_timeout");
    public static final ProxyError MAX_STREAM_DURATION = new ProxyError(
            "max stream duration",
            Source.SELF,
            Retry.NO,
            504,
            DEADLINE_EXCEEDED,
            ResponseFlag.UPSTREAM_MAX_STREAM_DURATION_REACHED,
            "upstream_max_stream_duration_reached");
    public static final ProxyError STREAM_IDLE_TIMEOUT = new ProxyError(
            "stream idle timeout",
            Source.DOWNSTREAM,
            Retry.NO,
            504,
            DEADLINE_EXCEEDED,
            ResponseFlag.STREAM_IDLE_TIMEOUT,
            "stream_idle_timeout");
}
