package dev.lateen.proxy.config;

import dev.lateen.net.http.RequestHead;
import org.jspecify.annotations.Nullable;

/// A test of one header of a request; `:method`, `:path`, `:authority` (also as `host`) and `:scheme` included.
///
/// Source: envoy.config.route.v3.HeaderMatcher. Thread: any (immutable).
///
/// @param name lower case
public record HeaderMatcher(String name, Test test, boolean invert, boolean missingIsEmpty) {
    /// What is asked of the value.
    public sealed interface Test {}

    public record Value(StringMatcher matcher) implements Test {}

    /// An integer at least `start` and below `end`.
    public record Range(long start, long end) implements Test {}

    public record Present(boolean wanted) implements Test {}

    public boolean matches(RequestHead head) {
        return matches(value(head, name));
    }

    /// @param present the header's values joined by commas, or null where it is absent
    public boolean matches(@Nullable String present) {
        String value = present == null && missingIsEmpty ? "" : present;
        return switch (test) {
            case Present(boolean wanted) -> ((value != null) == wanted) != invert;
            case Value(StringMatcher matcher) -> value != null && matcher.matches(value) != invert;
            case Range range -> value != null && inRange(value, range) != invert;
        };
    }

    private static boolean inRange(String value, Range range) {
        if (value.isEmpty() || value.length() > 19) {
            return false;
        }
        long number;
        try {
            number = Long.parseLong(value);
        } catch (NumberFormatException e) {
            return false;
        }
        return number >= range.start() && number < range.end();
    }

    /// The value of a header or pseudo-header, or null.
    public static @Nullable String value(RequestHead head, String name) {
        return switch (name) {
            case ":method" -> head.method();
            case ":path" -> head.path();
            case ":authority", "host" -> head.authority();
            case ":scheme" -> head.scheme();
            case ":protocol" -> head.protocol();
            default -> head.headers().getJoined(name);
        };
    }
}
