package dev.lateen.net.http;

/// What may stand in `host`, `:authority` and the authority of an absolute target, in all versions of HTTP alike.
///
/// Thread: any.
/// Source: RFC 3986 §3.2, RFC 9110 §4.2 and §7.2.
public final class AuthoritySyntax {
    private static final boolean[] AUTHORITY = new boolean[256];

    static {
        for (char c = 'a'; c <= 'z'; c++) {
            AUTHORITY[c] = true;
            AUTHORITY[c - 32] = true;
        }
        for (char c : "0123456789-._~%!$&'()*+,;=:[]".toCharArray()) {
            AUTHORITY[c] = true;
        }
    }

    private AuthoritySyntax() {}

    /// `uri-host [":" port]`, without user info (RFC 9110 §4.2.4 has it refused).
    public static boolean isValid(String text) {
        int length = text.length();
        if (length == 0) {
            return false;
        }
        for (int index = 0; index < length; index++) {
            char c = text.charAt(index);
            if (c > 0xff || !AUTHORITY[c]) {
                return false;
            }
        }
        return portIsValid(text);
    }

    private static boolean portIsValid(String text) {
        int colon;
        if (text.charAt(0) == '[') {
            int bracket = text.indexOf(']');
            if (bracket < 0 || text.indexOf('[', 1) >= 0 || text.indexOf(']', bracket + 1) >= 0) {
                return false;
            }
            if (bracket == text.length() - 1) {
                return bracket > 1;
            }
            colon = bracket + 1;
            if (text.charAt(colon) != ':') {
                return false;
            }
        } else {
            if (text.indexOf('[') >= 0 || text.indexOf(']') >= 0) {
                return false;
            }
            colon = text.indexOf(':');
            if (colon < 0) {
                return true;
            }
            if (colon == 0) {
                return false;
            }
        }
        for (int index = colon + 1; index < text.length(); index++) {
            char c = text.charAt(index);
            if (c < '0' || c > '9') {
                return false;
            }
        }
        return text.length() - colon <= 6;
    }
}
