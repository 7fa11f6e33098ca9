package dev.lateen.proxy.route;

import dev.lateen.proxy.config.HeaderMatcher;
import java.util.List;

/// When and how a request is tried again.
///
/// Source: envoy.config.route.v3.RetryPolicy. Thread: any (immutable).
///
/// @param on bits of `RetryOn`
/// @param retries tries after the first
/// @param perTryNanos 0: no limit
/// @param avoidPreviousHosts prefer hosts that were not tried
/// @param hostAttempts how often to pick again for that
/// @param avoidPrioritiesEvery after so many tries, avoid the priorities of the hosts that were tried; 0: never
/// @param statusCodes retried under `retriable-status-codes`; sorted
/// @param responseHeaders retried under `retriable-headers`
/// @param requestHeaders where not empty, one of them must match for a request to be retried at all
public record RetryPolicy(
        int on,
        int retries,
        long perTryNanos,
        long perTryIdleNanos,
        BackOff backOff,
        boolean avoidPreviousHosts,
        int hostAttempts,
        int avoidPrioritiesEvery,
        List<Integer> statusCodes,
        List<HeaderMatcher> responseHeaders,
        List<HeaderMatcher> requestHeaders) {
    public RetryPolicy {
        statusCodes = List.copyOf(statusCodes);
        responseHeaders = List.copyOf(responseHeaders);
        requestHeaders = List.copyOf(requestHeaders);
    }

    public static final RetryPolicy NONE =
            new RetryPolicy(0, 1, 0, 0, BackOff.DEFAULT, false, 1, 0, List.of(), List.of(), List.of());

    /// Whether it matters which hosts were tried.
    public boolean remembersHosts() {
        return avoidPreviousHosts || avoidPrioritiesEvery > 0;
    }

    /// Fully jittered exponential waits.
    public record BackOff(long baseNanos, long maxNanos) {
        public static final BackOff DEFAULT = new BackOff(25_000_000L, 250_000_000L);

        /// The wait before the nth retry, counted from 1.
        ///
        /// @param random any value
        public long nanos(int retry, long random) {
            int shift = Math.min(retry, 20);
            long ceiling = Math.min(maxNanos, baseNanos * ((1L << shift) - 1));
            return ceiling <= 0 ? 0 : (random >>> 1) % ceiling;
        }
    }
}
