package dev.lateen.proxy.http;

import dev.lateen.proxy.telemetry.RequestStats;
import java.util.function.Consumer;

/// What becomes of a request, told to the numbers of its cluster and, where its route has some, of the route. Pools and
/// circuit breakers count for the cluster by themselves.
///
/// Source: Envoy's router, "statistics". Thread: event loop of the request.
final class Tally {
    private Tally() {}

    /// An attempt has a connection.
    static void begun(Forwarding request) {
        RequestStats route = request.entry.stats();
        if (route != null) {
            route.attempts.increment();
        }
    }

    /// The client gets an answer of this status: the upstream's, or one of our own in its place.
    static void answered(Forwarding request, int status) {
        cluster(request).responses.count(status);
        RequestStats route = request.entry.stats();
        if (route != null) {
            route.responses.count(status);
        }
    }

    /// An answer that was passed on has ended.
    ///
    /// @param nanos from the request's first byte sent to the response's last received
    static void ended(Forwarding request, long nanos) {
        cluster(request).time.recordNanos(nanos);
        RequestStats route = request.entry.stats();
        if (route != null) {
            route.time.recordNanos(nanos);
        }
    }

    /// Another attempt follows.
    static void retried(Forwarding request) {
        both(request, stats -> stats.retries.increment());
    }

    /// The answer to a retry is none that is tried again.
    static void retrySucceeded(Forwarding request) {
        both(request, stats -> stats.retrySuccesses.increment());
    }

    /// No more attempts are left.
    static void retriesUsedUp(Forwarding request) {
        both(request, stats -> stats.retryLimitExceeded.increment());
    }

    /// The cluster runs as many retries as it may.
    static void retryOverflow(Forwarding request) {
        RequestStats route = request.entry.stats();
        if (route != null) {
            route.retryOverflow.increment();
        }
    }

    /// The time of the whole request is over.
    static void timedOut(Forwarding request) {
        both(request, stats -> stats.timeouts.increment());
    }

    private static void both(Forwarding request, Consumer<RequestStats> count) {
        count.accept(cluster(request));
        RequestStats route = request.entry.stats();
        if (route != null) {
            count.accept(route);
        }
    }

    private static RequestStats cluster(Forwarding request) {
        return request.cluster.cluster().stats().requests;
    }
}
