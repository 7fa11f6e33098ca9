package dev.lateen.proxy.decision;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// How far somebody has read: the number of the last decision of each event loop.
///
/// Thread: any (immutable).
public record Cursor(List<Long> ends) {
    /// Before all.
    public static final Cursor START = new Cursor(List.of());

    private static final int MAX_LOOPS = 1024;

    public Cursor {
        ends = List.copyOf(ends);
    }

    /// @param text as `toString` gives it; empty when it is not
    public static Optional<Cursor> parse(String text) {
        List<Long> ends = new ArrayList<>();
        for (String part : text.split("-", MAX_LOOPS)) {
            if (part.isEmpty() || part.length() > 18 || !part.chars().allMatch(c -> c >= '0' && c <= '9')) {
                return Optional.empty();
            }
            ends.add(Long.parseLong(part));
        }
        return Optional.of(new Cursor(ends));
    }

    /// Of an event loop; 0 where nothing was read.
    long of(int loop) {
        return loop < ends.size() ? ends.get(loop) : 0;
    }

    static Cursor of(int loops, List<DecisionRing.Part> parts) {
        List<Long> ends = new ArrayList<>(Collections.nCopies(loops, 0L));
        parts.forEach(part -> ends.set(part.loop(), part.end()));
        return new Cursor(ends);
    }

    @Override
    public String toString() {
        return ends.stream().map(String::valueOf).collect(Collectors.joining("-"));
    }
}
