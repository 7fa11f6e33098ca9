package dev.lateen.net.http2;

import dev.lateen.net.http.HeaderNames;

/// What a field means to the framing of a message; found once where a field is taken up by the HPACK table.
///
/// Source: RFC 9113 §8.
enum FieldKind {
    METHOD,
    SCHEME,
    AUTHORITY,
    PATH,
    PROTOCOL,
    STATUS,
    HOST,
    COOKIE,
    CONTENT_LENGTH,
    /// Neither special nor wrong.
    REGULAR,
    /// Belongs to a connection of HTTP/1; an error in HTTP/2.
    CONNECTION_SPECIFIC,
    /// A name that is no token in lower case, an unknown pseudo-header field, or a value with control characters.
    MALFORMED;

    /// @param name lower case
    static FieldKind of(String name, String value) {
        return switch (name) {
            case ":method" -> METHOD;
            case ":scheme" -> SCHEME;
            case ":authority" -> AUTHORITY;
            case ":path" -> PATH;
            case ":protocol" -> PROTOCOL;
            case ":status" -> STATUS;
            case "host" -> HOST;
            case "cookie" -> COOKIE;
            case "content-length" -> CONTENT_LENGTH;
            case "te" -> value.equals("trailers") ? REGULAR : CONNECTION_SPECIFIC;
            default -> isConnectionSpecific(name) ? CONNECTION_SPECIFIC : nameKind(name);
        };
    }

    static boolean isConnectionSpecific(String name) {
        return switch (name.length()) {
            case 7 -> name.equals(HeaderNames.UPGRADE);
            case 10 -> name.equals(HeaderNames.CONNECTION) || name.equals(HeaderNames.KEEP_ALIVE);
            case 16 -> name.equals(HeaderNames.PROXY_CONNECTION);
            case 17 -> name.equals(HeaderNames.TRANSFER_ENCODING);
            default -> false;
        };
    }

    private static FieldKind nameKind(String name) {
        return name.isEmpty() || name.charAt(0) == ':' ? MALFORMED : REGULAR;
    }
}
