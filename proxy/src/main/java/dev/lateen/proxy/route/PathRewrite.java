package dev.lateen.proxy.route;

import com.google.re2j.Pattern;

/// How the path of a request changes on its way; the query stays.
///
/// Thread: any (immutable).
public sealed interface PathRewrite {
    PathRewrite NONE = new Unchanged();

    /// @param path path and query
    String apply(String path, PathMatcher matched);

    record Unchanged() implements PathRewrite {
        @Override
        public String apply(String path, PathMatcher matched) {
            return path;
        }
    }

    /// Replaces what the route matched.
    record Prefix(String replacement) implements PathRewrite {
        @Override
        public String apply(String path, PathMatcher matched) {
            String pathOnly = pathOnly(path);
            return replacement + path.substring(Math.min(path.length(), matched.matchedLength(pathOnly)));
        }
    }

    /// Replaces the path; redirects only.
    record Whole(String path) implements PathRewrite {
        @Override
        public String apply(String old, PathMatcher matched) {
            return path + old.substring(pathOnly(old).length());
        }
    }

    /// Replaces every match in the path.
    ///
    /// @param substitution in RE2J's form (`$1`)
    record Regex(Pattern pattern, String substitution) implements PathRewrite {
        @Override
        public String apply(String path, PathMatcher matched) {
            String pathOnly = pathOnly(path);
            return pattern.matcher(pathOnly).replaceAll(substitution) + path.substring(pathOnly.length());
        }
    }

    /// The path without query and fragment.
    static String pathOnly(String path) {
        int query = path.indexOf('?');
        int fragment = path.indexOf('#');
        int end = query < 0 || (fragment >= 0 && fragment < query) ? fragment : query;
        return end < 0 ? path : path.substring(0, end);
    }
}
