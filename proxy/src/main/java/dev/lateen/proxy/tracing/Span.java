package dev.lateen.proxy.tracing;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One recorded span: of a request, or of one attempt to forward it.
///
/// Limits: a tag's value is cut after 1,024 characters, since clients choose some of them and spans wait to be sent.
/// Thread: one event loop.
public final class Span {
    private static final int MAX_VALUE = 1_024;

    private final TraceContext context;
    private final Kind kind;
    private final String name;
    private final long startMicros;
    private final long startNanos;
    private final List<Tag> tags = new ArrayList<>(24);
    private long nanos;
    private boolean failed;
    private @Nullable String address;

    /// Which side of a call it tells of.
    enum Kind {
        CLIENT,
        SERVER
    }

    record Tag(String name, String value) {}

    Span(TraceContext context, Kind kind, String name, long startMicros, long startNanos) {
        this.context = context;
        this.kind = kind;
        this.name = name;
        this.startMicros = startMicros;
        this.startNanos = startNanos;
    }

    void tag(String tag, @Nullable String value) {
        if (value != null && !value.isEmpty()) {
            tags.add(new Tag(tag, value.length() <= MAX_VALUE ? value : value.substring(0, MAX_VALUE)));
        }
    }

    void tag(String tag, long value) {
        tags.add(new Tag(tag, Long.toString(value)));
    }

    void fail() {
        if (!failed) {
            failed = true;
            tags.add(new Tag("error", "true"));
        }
    }

    /// @param ip of ours in the call, or null
    void end(long endNanos, @Nullable String ip) {
        nanos = Math.max(0, endNanos - startNanos);
        address = ip;
    }

    TraceContext context() {
        return context;
    }

    Kind kind() {
        return kind;
    }

    String name() {
        return name;
    }

    /// Since 1970.
    long startMicros() {
        return startMicros;
    }

    long nanos() {
        return nanos;
    }

    List<Tag> tags() {
        return tags;
    }

    boolean failed() {
        return failed;
    }

    @Nullable
    String address() {
        return address;
    }
}
