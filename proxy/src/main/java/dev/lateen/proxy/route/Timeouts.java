package dev.lateen.proxy.route;

/// How long things may take on a route, in nanoseconds: 0 means no limit, -1 that the route says nothing.
///
/// Source: `timeout`, `idle_timeout`, `max_stream_duration`, `max_grpc_timeout` of envoy.config.route.v3.RouteAction.
///
/// @param totalNanos from the end of the request to the end of the response
/// @param idleNanos without a byte in either direction
/// @param streamNanos of the whole exchange
/// @param grpcHeaderMaxNanos cap on `grpc-timeout` as the limit of the whole exchange
/// @param grpcHeaderOffsetNanos taken off `grpc-timeout`
/// @param grpcMaxNanos cap on `grpc-timeout` as the limit of the response (the older field)
/// @param streamLimits whether `max_stream_duration` is set: then `totalNanos` does not count
public record Timeouts(
        long totalNanos,
        long idleNanos,
        long streamNanos,
        long grpcHeaderMaxNanos,
        long grpcHeaderOffsetNanos,
        long grpcMaxNanos,
        boolean streamLimits) {
    public static final long UNSET = -1;
    public static final long DEFAULT_TOTAL_NANOS = 15_000_000_000L;
    public static final Timeouts DEFAULT = new Timeouts(DEFAULT_TOTAL_NANOS, UNSET, UNSET, UNSET, 0, UNSET, false);
}
