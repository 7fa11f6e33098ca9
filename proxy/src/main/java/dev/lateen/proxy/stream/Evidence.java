package dev.lateen.proxy.stream;

import java.util.ArrayList;
import java.util.List;

/// What an explanation needs beyond the plain facts of a request: attempts that failed, and the values by which
/// something refused it. Only unusual requests have any.
///
/// Limits: the first `MAX_NOTES` notes and the last `MAX_ATTEMPTS` attempts; texts are cut at `MAX_CHARS`.
///
/// Thread: event loop of the request; once that has ended nothing changes any more.
public final class Evidence {
    private static final int MAX_NOTES = 12;
    private static final int MAX_ATTEMPTS = 8;
    private static final int MAX_CHARS = 512;

    private final List<Note> notes = new ArrayList<>(2);
    private final List<Attempt> attempts = new ArrayList<>(2);

    /// @param name what kind of value it is, such as `circuit`; documented in docs/explain.md
    public record Note(String name, String value) {}

    /// One try at an upstream host.
    ///
    /// @param host its address
    /// @param result its status, or what went wrong in Envoy's words
    /// @param nanos from its start to its end
    public record Attempt(String host, String result, long nanos) {}

    public void note(String name, String value) {
        if (notes.size() < MAX_NOTES) {
            notes.add(new Note(name, cut(value)));
        }
    }

    /// The oldest makes room.
    public void attempt(String host, String result, long nanos) {
        if (attempts.size() == MAX_ATTEMPTS) {
            attempts.removeFirst();
        }
        attempts.add(new Attempt(host, cut(result), nanos));
    }

    /// To be read only.
    public List<Note> notes() {
        return notes;
    }

    /// Those that failed, to be read only.
    public List<Attempt> attempts() {
        return attempts;
    }

    private static String cut(String text) {
        return text.length() <= MAX_CHARS ? text : text.substring(0, MAX_CHARS - 1) + "…";
    }
}
