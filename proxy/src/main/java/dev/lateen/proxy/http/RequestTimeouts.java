package dev.lateen.proxy.http;

import dev.lateen.net.http.Headers;
import dev.lateen.proxy.route.RouteAction.Forward;
import dev.lateen.proxy.route.Timeouts;
import dev.lateen.proxy.stream.StreamInfo;

/// How long the upstream may take, in all and for one attempt: what the route says, and what the request's own headers
/// ask for, which are taken away.
///
/// Source: Envoy's router, `x-envoy-upstream-rq-timeout-ms` and gRPC's `grpc-timeout`. Thread: event loop of the
/// request.
final class RequestTimeouts {
    private static final String TIMEOUT = "x-envoy-upstream-rq-timeout-ms";
    private static final String PER_TRY_TIMEOUT = "x-envoy-upstream-rq-per-try-timeout-ms";
    private static final String EXPECTED_TIMEOUT = "x-envoy-expected-rq-timeout-ms";
    private static final long NANOS_PER_MILLI = 1_000_000;

    private RequestTimeouts() {}

    /// Notes them in the request's facts, and tells the upstream.
    static void prepare(RequestPath path, Forward forward, long perTry) {
        Timeouts timeouts = forward.timeouts();
        Headers headers = path.head().headers();
        boolean grpc = path.grpc() && timeouts.grpcMaxNanos() != Timeouts.UNSET;
        long total = 0;
        if (!timeouts.streamLimits()) {
            total = grpc ? grpcTotal(timeouts, headers) : timeouts.totalNanos();
        }
        total = order(headers, TIMEOUT, total);
        long each = order(headers, PER_TRY_TIMEOUT, perTry);
        if (total > 0 && each >= total) {
            each = 0;
        }
        tell(path, forward, total, each, 0);
        path.info().timeoutNanos = total;
        path.info().perTryTimeoutNanos = each;
    }

    /// Tells the upstream of a further attempt what is left.
    static void again(RequestPath path, Forward forward) {
        StreamInfo info = path.info();
        if (info.requestEndNanos != 0) {
            tell(path, forward, info.timeoutNanos, info.perTryTimeoutNanos, System.nanoTime() - info.requestEndNanos);
        }
    }

    private static void tell(RequestPath path, Forward forward, long total, long each, long passed) {
        long left = total > 0 ? Math.max(NANOS_PER_MILLI, total - passed) : 0;
        long expected = each > 0 && (left == 0 || each < left) ? each : left;
        if (expected > 0 && !path.worker.config.router().suppressEnvoyHeaders()) {
            path.head().headers().set(EXPECTED_TIMEOUT, millis(expected));
        }
        Timeouts timeouts = forward.timeouts();
        if (expected > 0 && path.grpc() && timeouts.grpcMaxNanos() != Timeouts.UNSET && !timeouts.streamLimits()) {
            path.head().headers().set("grpc-timeout", millis(expected) + "m");
        }
    }

    private static String millis(long nanos) {
        return nanos == Timeouts.DEFAULT_TOTAL_NANOS ? "15000" : ResponseHeaders.number(nanos / NANOS_PER_MILLI);
    }

    private static long grpcTotal(Timeouts timeouts, Headers headers) {
        long asked = Math.max(0, GrpcTimeout.nanos(headers.get("grpc-timeout")));
        long offset = timeouts.grpcHeaderOffsetNanos();
        if (offset > 0 && asked > offset) {
            asked -= offset;
        }
        long max = timeouts.grpcMaxNanos();
        return max > 0 && (asked == 0 || asked > max) ? max : asked;
    }

    /// The time that a header orders, or `otherwise`; takes the header away.
    private static long order(Headers headers, String name, long otherwise) {
        String value = headers.get(name);
        if (value == null) {
            return otherwise;
        }
        headers.remove(name);
        long millis = RetryState.number(value);
        return millis < 0 ? otherwise : millis * NANOS_PER_MILLI;
    }
}
