package dev.lateen.proxy.ratelimit;

import com.google.protobuf.ByteString;
import dev.lateen.net.http.Headers;
import java.util.List;
import java.util.Map;

/// What a rate limit service answered.
///
/// Thread: event loop of the request.
public sealed interface LimitAnswer {
    /// @param over whether the limit is reached
    /// @param requestHeaders for the request that passes
    /// @param responseHeaders for the client
    /// @param body for the client that is refused
    record Counted(
            boolean over,
            List<Status> statuses,
            Headers requestHeaders,
            Headers responseHeaders,
            ByteString body,
            Map<String, Object> metadata,
            Lease lease)
            implements LimitAnswer {}

    /// There is no answer.
    record Failed(boolean timedOut) implements LimitAnswer {}

    /// The state of the limit of one descriptor.
    ///
    /// @param limited whether the rest says something
    /// @param windowSeconds 0: not said
    /// @param over whether it is this one that is reached
    record Status(
            boolean over,
            boolean limited,
            long requests,
            long windowSeconds,
            String name,
            long remaining,
            long resetSeconds,
            long resetNanos) {}

    /// What is granted ahead, by Lateen's own service.
    ///
    /// @param hits that need not be asked about, and are counted already
    /// @param nanos for which this answer may be remembered
    record Lease(long hits, long nanos) {
        public static final Lease NONE = new Lease(0, 0);
    }
}
