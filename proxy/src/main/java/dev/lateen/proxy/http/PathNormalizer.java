package dev.lateen.proxy.http;

import dev.lateen.proxy.http.HttpConnectionManagerConfig.PathRules;
import dev.lateen.proxy.http.HttpConnectionManagerConfig.PathRules.EscapedSlashes;
import dev.lateen.proxy.route.PathRewrite;

/// Brings paths to one form, so that policies and routes cannot be passed by a different spelling: escaped slashes
/// first, then dot segments and escapes of unreserved characters (RFC 3986 §6.2.2), then repeated slashes.
///
/// Thread: any (immutable).
final class PathNormalizer {
    private final PathRules rules;

    PathNormalizer(PathRules rules) {
        this.rules = rules;
    }

    /// What became of a path.
    sealed interface Outcome {
        Outcome UNCHANGED = new Unchanged();
        Outcome REFUSED = new Refused();

        record Unchanged() implements Outcome {}

        record Changed(String path) implements Outcome {}

        record Refused() implements Outcome {}

        record Redirected(String path) implements Outcome {}
    }

    /// @param path path and query; only the path changes
    Outcome normalize(String path) {
        boolean keep = rules.escapedSlashes() == EscapedSlashes.KEEP;
        if (!needsWork(path)) {
            return Outcome.UNCHANGED;
        }
        String pathOnly = PathRewrite.pathOnly(path);
        String changed = pathOnly;
        boolean unescaped = false;
        if (!keep) {
            changed = unescapeSlashes(changed);
            unescaped = !changed.equals(pathOnly);
            if (unescaped && rules.escapedSlashes() == EscapedSlashes.REJECT) {
                return Outcome.REFUSED;
            }
        }
        if (rules.normalize()) {
            if (changed.contains("%00")) {
                return Outcome.REFUSED;
            }
            changed = removeDots(decodeUnreserved(changed.replace('\\', '/')));
        }
        if (rules.mergeSlashes()) {
            changed = mergeSlashes(changed);
        }
        if (changed.equals(pathOnly)) {
            return Outcome.UNCHANGED;
        }
        String whole = changed + path.substring(pathOnly.length());
        return unescaped && rules.escapedSlashes() == EscapedSlashes.UNESCAPE_AND_REDIRECT
                ? new Outcome.Redirected(whole)
                : new Outcome.Changed(whole);
    }

    /// Most paths hold nothing that any rule touches; one look settles it.
    private boolean needsWork(String path) {
        if (!rules.normalize() && !rules.mergeSlashes() && rules.escapedSlashes() == EscapedSlashes.KEEP) {
            return false;
        }
        char previous = 0;
        for (int index = 0; index < path.length(); index++) {
            char c = path.charAt(index);
            if (c == '?' || c == '#') {
                return false;
            }
            if (c == '%' || c == '\\' || (previous == '/' && (c == '/' || c == '.'))) {
                return true;
            }
            previous = c;
        }
        return false;
    }

    private static String unescapeSlashes(String path) {
        StringBuilder out = new StringBuilder(path.length());
        for (int index = 0; index < path.length(); index++) {
            int escaped = escaped(path, index);
            if (escaped == '/' || escaped == '\\') {
                out.append((char) escaped);
                index += 2;
            } else {
                out.append(path.charAt(index));
            }
        }
        return out.toString();
    }

    /// Decodes `%xx` of unreserved characters; the other escapes stay as they came, as policies are written for them. A
    /// `%` that is none gets escaped
    /// where what is decoded after it would make it one, so that nobody behind us decodes a second time.
    private static String decodeUnreserved(String path) {
        StringBuilder out = new StringBuilder(path.length());
        int stray = -1;
        for (int index = 0; index < path.length(); index++) {
            int escaped = escaped(path, index);
            if (escaped < 0) {
                if (path.charAt(index) == '%') {
                    stray = out.length();
                }
                out.append(path.charAt(index));
            } else {
                if (isUnreserved(escaped)) {
                    out.append((char) escaped);
                } else {
                    out.append(path, index, index + 3);
                }
                index += 2;
            }
            if (stray >= 0 && out.length() == stray + 3 && escaped(out, stray) >= 0) {
                out.insert(stray + 1, "25");
            }
        }
        return out.toString();
    }

    /// The value of an escape that begins here, or -1.
    private static int escaped(CharSequence path, int index) {
        if (path.charAt(index) != '%' || index + 2 >= path.length()) {
            return -1;
        }
        int high = Character.digit(path.charAt(index + 1), 16);
        int low = Character.digit(path.charAt(index + 2), 16);
        return high < 0 || low < 0 ? -1 : high * 16 + low;
    }

    private static boolean isUnreserved(int c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '-'
                || c == '.'
                || c == '_'
                || c == '~';
    }

    /// RFC 3986 §5.2.4.
    private static String removeDots(String path) {
        StringBuilder out = new StringBuilder(path.length());
        int at = 0;
        while (at < path.length()) {
            int next = path.indexOf('/', at + 1);
            int end = next < 0 ? path.length() : next;
            String segment = path.substring(at, end);
            boolean last = next < 0;
            switch (withoutParameters(segment)) {
                case "/." -> {
                    if (last) {
                        out.append('/');
                    }
                }
                case "/.." -> {
                    int slash = out.lastIndexOf("/");
                    out.setLength(Math.max(slash, 0));
                    if (last) {
                        out.append('/');
                    }
                }
                default -> out.append(segment);
            }
            at = end;
        }
        return out.isEmpty() ? "/" : out.toString();
    }

    /// Some servers take `..;x` for `..`, so a policy must too.
    private static String withoutParameters(String segment) {
        int semicolon = segment.indexOf(';');
        return semicolon < 0 ? segment : segment.substring(0, semicolon);
    }

    private static String mergeSlashes(String path) {
        StringBuilder out = new StringBuilder(path.length());
        char previous = 0;
        for (int index = 0; index < path.length(); index++) {
            char c = path.charAt(index);
            if (c != '/' || previous != '/') {
                out.append(c);
            }
            previous = c;
        }
        return out.toString();
    }
}
