package dev.lateen.control.dashboard;

import dev.lateen.dashboard.trace.Span;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/// Where the traces of a mesh are kept.
///
/// Limits: 16 MiB of an answer, 10 s; 1,000 spans of a trace, 100 tags of a span.
///
/// Errors: `IOException` that names the address.
///
/// Thread: any that may block.
public sealed interface TraceStore permits Zipkin, Jaeger {
    int MOST_SPANS = 1_000;
    int MOST_TAGS = 100;

    /// The latest traces, each with its spans.
    ///
    /// @param service as spans name it; empty for all
    List<List<Span>> traces(String service, Duration lookback, int most) throws IOException;

    /// The spans of a trace; none where there is no such trace.
    ///
    /// @param id in hexadecimal digits
    List<Span> trace(String id) throws IOException;

    /// Whether a text can be the id of a trace, and nothing else on the way of a request.
    static boolean isId(String text) {
        return text.matches("[0-9a-f]{16,32}");
    }
}
