package dev.lateen.proxy.route;

import dev.lateen.proxy.config.StringMatcher;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A test of the first query parameter of a name. Values are compared as they stand, without decoding `%xx`.
///
/// Source: envoy.config.route.v3.QueryParameterMatcher. Thread: any (immutable).
///
/// @param value empty where presence suffices
public record QueryMatcher(String name, Optional<StringMatcher> value, boolean present) {
    /// @param path path and query
    public boolean matches(String path) {
        String found = find(path, name);
        if (value.isPresent()) {
            return found != null && value.get().matches(found);
        }
        return (found != null) == present;
    }

    /// The first value of a parameter, or null where it is absent.
    public static @Nullable String find(String path, String name) {
        int at = path.indexOf('?');
        if (at < 0) {
            return null;
        }
        int end = path.indexOf('#', at);
        end = end < 0 ? path.length() : end;
        at++;
        while (at < end) {
            int next = path.indexOf('&', at);
            next = next < 0 || next > end ? end : next;
            int nameEnd = at + name.length();
            if (nameEnd <= next && path.startsWith(name, at)) {
                if (nameEnd == next) {
                    return "";
                }
                if (path.charAt(nameEnd) == '=') {
                    return path.substring(nameEnd + 1, next);
                }
            }
            at = next + 1;
        }
        return null;
    }
}
