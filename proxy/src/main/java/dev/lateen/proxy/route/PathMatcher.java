package dev.lateen.proxy.route;

import com.google.re2j.Pattern;
import dev.lateen.net.http.RequestHead;

/// A test of the path without its query.
///
/// Source: the `path_specifier` of envoy.config.route.v3.RouteMatch. Thread: any (immutable).
public sealed interface PathMatcher {
    boolean matches(RequestHead head, String path);

    /// How many characters of a path that matched a prefix rewrite replaces.
    int matchedLength(String path);

    record Prefix(String prefix, boolean ignoreCase) implements PathMatcher {
        @Override
        public boolean matches(RequestHead head, String path) {
            return path.regionMatches(ignoreCase, 0, prefix, 0, prefix.length());
        }

        @Override
        public int matchedLength(String path) {
            return prefix.length();
        }
    }

    record Exact(String exact, boolean ignoreCase) implements PathMatcher {
        @Override
        public boolean matches(RequestHead head, String path) {
            return ignoreCase ? exact.equalsIgnoreCase(path) : exact.equals(path);
        }

        @Override
        public int matchedLength(String path) {
            return path.length();
        }
    }

    /// Matches `/a` for `/a` and `/a/b`, not for `/ab`.
    record SeparatedPrefix(String prefix, boolean ignoreCase) implements PathMatcher {
        @Override
        public boolean matches(RequestHead head, String path) {
            return path.regionMatches(ignoreCase, 0, prefix, 0, prefix.length())
                    && (path.length() == prefix.length() || path.charAt(prefix.length()) == '/');
        }

        @Override
        public int matchedLength(String path) {
            return prefix.length();
        }
    }

    /// Matches whole paths.
    record Regex(Pattern pattern) implements PathMatcher {
        @Override
        public boolean matches(RequestHead head, String path) {
            return pattern.matches(path);
        }

        @Override
        public int matchedLength(String path) {
            return path.length();
        }
    }

    /// CONNECT, also the extended one of HTTP/2.
    record Connect() implements PathMatcher {
        @Override
        public boolean matches(RequestHead head, String path) {
            return head.method().equals("CONNECT");
        }

        @Override
        public int matchedLength(String path) {
            return path.length();
        }
    }
}
