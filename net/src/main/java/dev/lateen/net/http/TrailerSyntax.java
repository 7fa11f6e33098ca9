package dev.lateen.net.http;

/// Which fields have no place in trailers: those about framing, routing, authentication, conditions and the form of the
/// content. Whoever merges trailers into the head would take them for the head's.
///
/// Thread: any.
/// Source: RFC 9110 §6.5.1.
public final class TrailerSyntax {
    private TrailerSyntax() {}

    /// @param name lower case
    public static boolean isForbidden(String name) {
        return switch (name) {
            case "transfer-encoding",
                    "content-length",
                    "host",
                    "connection",
                    "trailer",
                    "te",
                    "upgrade",
                    "keep-alive",
                    "proxy-connection",
                    "http2-settings",
                    "content-type",
                    "content-encoding",
                    "content-range",
                    "authorization",
                    "proxy-authorization",
                    "set-cookie",
                    "cookie",
                    "expect",
                    "max-forwards",
                    "range",
                    "if-match",
                    "if-none-match",
                    "if-modified-since",
                    "if-unmodified-since",
                    "if-range",
                    "cache-control",
                    "location",
                    "vary" -> true;
            default -> false;
        };
    }

    public static boolean anyForbidden(Headers trailers) {
        for (int index = 0; index < trailers.size(); index++) {
            if (isForbidden(trailers.name(index))) {
                return true;
            }
        }
        return false;
    }
}
