package dev.lateen.net.http1;

import java.nio.charset.StandardCharsets;

/// The usual request methods as shared strings.
final class Methods {
    private static final String[] COMMON = {
        "GET", "POST", "PUT", "HEAD", "DELETE", "PATCH", "OPTIONS", "CONNECT", "TRACE"
    };

    private Methods() {}

    static String of(byte[] bytes, int from, int to) {
        for (String method : COMMON) {
            if (matches(method, bytes, from, to)) {
                return method;
            }
        }
        return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
    }

    /// Whether a request of this method without a body says so with `content-length: 0` (RFC 9110 §8.6).
    static boolean expectsBody(String method) {
        return switch (method) {
            case "POST", "PUT", "PATCH" -> true;
            default -> false;
        };
    }

    private static boolean matches(String method, byte[] bytes, int from, int to) {
        if (method.length() != to - from) {
            return false;
        }
        for (int index = 0; index < method.length(); index++) {
            if (method.charAt(index) != bytes[from + index]) {
                return false;
            }
        }
        return true;
    }
}
