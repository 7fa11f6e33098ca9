package dev.lateen.proxy.stream;

import org.jspecify.annotations.Nullable;

/// What operators read about a handshake that failed, in the form of Envoy's transport failure reasons.
///
/// Thread: any.
public final class TransportFailure {
    private TransportFailure() {}

    /// The innermost cause says what happened; those around it only that a handshake failed.
    public static String ofTls(@Nullable Throwable cause) {
        Throwable root = cause;
        while (root != null && root.getCause() != null) {
            root = root.getCause();
        }
        return ofTls(root == null || root.getMessage() == null ? "handshake failed" : root.getMessage());
    }

    public static String ofTls(String words) {
        return "TLS_error:|" + words.replace(' ', '_') + ":TLS_error_end";
    }
}
