package dev.lateen.proxy.config;

import dev.lateen.net.http.Headers;
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
        if (!name.startsWith(":") && !name.equals("host")) {
            return matches(head.headers());
        }
        String value = value(head, name);
        return value == null ? missing() : test(value) != invert;
    }

    /// Each value of a repeated field is tested by itself, so that no further field line hides one from a rule.
    public boolean matches(Headers headers) {
        int index = headers.indexOf(name, 0);
        if (index < 0) {
            return missing();
        }
        while (index >= 0) {
            if (test(headers.value(index))) {
                return !invert;
            }
            index = headers.indexOf(name, index + 1);
        }
        return invert;
    }

    /// A test of the value fails where there is no value, inverted or not.
    private boolean missing() {
        return test instanceof Present(boolean wanted)
                ? (missingIsEmpty == wanted) != invert
                : missingIsEmpty && test("") != invert;
    }

    private boolean test(@Nullable String value) {
        return switch (test) {
            case Present(boolean wanted) -> (value != null) == wanted;
            case Value(StringMatcher matcher) -> value != null && matcher.matches(value);
            case Range range -> value != null && inRange(value, range);
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
