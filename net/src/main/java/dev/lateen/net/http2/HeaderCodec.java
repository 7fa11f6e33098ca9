package dev.lateen.net.http2;

import dev.lateen.net.http.HeaderNames;
import dev.lateen.net.http.Headers;
import dev.lateen.net.http.HttpVersion;
import dev.lateen.net.http.RequestHead;
import dev.lateen.net.http.ResponseHead;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Between Netty's header lists and ours, with the checks of RFC 9113 §8 that Netty's decoder leaves to its user.
///
/// Thread: any.
final class HeaderCodec {
    private HeaderCodec() {}

    /// @throws Http2Exception a stream error where the request is malformed
    static RequestHead request(int id, Http2Headers list, String transportScheme) throws Http2Exception {
        String method = null;
        String scheme = null;
        String authority = null;
        String path = null;
        String protocol = null;
        String host = null;
        StringBuilder cookies = null;
        Headers headers = new Headers(Math.max(16, list.size()));
        for (Map.Entry<CharSequence, CharSequence> field : list) {
            String name = name(field.getKey());
            String value = value(id, field.getValue());
            switch (name) {
                case ":method" -> method = value;
                case ":scheme" -> scheme = value;
                case ":authority" -> authority = value;
                case ":path" -> path = value;
                case ":protocol" -> protocol = value;
                case "host" -> {
                    if (host != null) {
                        throw malformed(id, "host is repeated");
                    }
                    host = value;
                }
                case "cookie" -> cookies = joinCookie(cookies, value);
                default -> addField(id, headers, name, value);
            }
        }
        if (cookies != null) {
            headers.add(HeaderNames.COOKIE, cookies.toString());
        }
        String target = authority(id, authority, host);
        return checked(id, method, scheme, target, path, protocol, headers, transportScheme);
    }

    private static StringBuilder joinCookie(@Nullable StringBuilder cookies, String value) {
        // RFC 9113 §8.2.3: crumbs are put together before they leave HTTP/2.
        return cookies == null ? new StringBuilder(value) : cookies.append("; ").append(value);
    }

    private static RequestHead checked(
            int id,
            @Nullable String method,
            @Nullable String scheme,
            String authority,
            @Nullable String path,
            @Nullable String protocol,
            Headers headers,
            String transportScheme)
            throws Http2Exception {
        if (method == null || !isToken(method)) {
            throw malformed(id, ":method is missing or no token");
        }
        boolean connect = method.equals("CONNECT");
        if (connect && protocol == null) {
            if (scheme != null || path != null || authority.lastIndexOf(':') <= 0) {
                throw malformed(id, "CONNECT takes an :authority with a port, and nothing else");
            }
            return new RequestHead(HttpVersion.HTTP_2, method, transportScheme, authority, "", headers);
        }
        if (protocol != null && !connect) {
            throw malformed(id, ":protocol without CONNECT");
        }
        if (scheme == null || path == null || !isPath(path, method)) {
            throw malformed(id, ":scheme or :path is missing or malformed");
        }
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw malformed(id, ":scheme is neither http nor https");
        }
        RequestHead head =
                new RequestHead(HttpVersion.HTTP_2, connect ? "GET" : method, scheme, authority, path, headers);
        if (protocol != null) {
            // Extended CONNECT (RFC 8441) is presented in the form of HTTP/1's upgrade, so that both are routed alike.
            head.protocol(protocol.toLowerCase(java.util.Locale.ROOT));
        }
        return head;
    }

    private static String authority(int id, @Nullable String authority, @Nullable String host) throws Http2Exception {
        if (authority != null && host != null && !authority.equalsIgnoreCase(host)) {
            throw malformed(id, "host differs from :authority");
        }
        String result = authority != null ? authority : host;
        if (result == null) {
            return "";
        }
        if (!isAuthority(result)) {
            throw malformed(id, ":authority is malformed");
        }
        return result;
    }

    /// Fields of a response or of trailers.
    static Headers fields(int id, Http2Headers list) throws Http2Exception {
        Headers headers = new Headers(Math.max(4, list.size()));
        for (Map.Entry<CharSequence, CharSequence> field : list) {
            String name = name(field.getKey());
            if (name.charAt(0) != ':') {
                addField(id, headers, name, value(id, field.getValue()));
            }
        }
        return headers;
    }

    /// Trailers hold no pseudo-header fields (RFC 9113 §8.1).
    static Headers receivedTrailers(int id, Http2Headers list) throws Http2Exception {
        for (Map.Entry<CharSequence, CharSequence> field : list) {
            if (field.getKey().length() == 0 || field.getKey().charAt(0) == ':') {
                throw malformed(id, "pseudo-header field in trailers");
            }
        }
        return fields(id, list);
    }

    static int status(int id, Http2Headers list) throws Http2Exception {
        CharSequence text = list.status();
        if (text == null || text.length() != 3) {
            throw malformed(id, ":status is missing or malformed");
        }
        int status = 0;
        for (int index = 0; index < 3; index++) {
            int digit = text.charAt(index) - '0';
            if (digit < 0 || digit > 9) {
                throw malformed(id, ":status is malformed");
            }
            status = status * 10 + digit;
        }
        if (status < 100 || status == 101) {
            throw malformed(id, ":status is not one of HTTP/2");
        }
        return status;
    }

    private static void addField(int id, Headers headers, String name, String value) throws Http2Exception {
        if (isConnectionSpecific(name) || (name.equals("te") && !value.equals("trailers"))) {
            throw malformed(id, "connection-specific field " + name);
        }
        headers.add(name, value);
    }

    private static boolean isConnectionSpecific(String name) {
        return switch (name) {
            case "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade" -> true;
            default -> false;
        };
    }

    private static Http2Exception malformed(int id, String what) {
        return Http2Exception.streamError(id, Http2Error.PROTOCOL_ERROR, what);
    }

    // ---- Writing

    static Http2Headers request(RequestHead head) {
        String protocol = head.protocol();
        boolean connect = protocol == null && head.method().equals("CONNECT");
        Http2Headers list = new DefaultHttp2Headers(false, head.headers().size() + 5);
        list.add(":method", protocol == null ? head.method() : "CONNECT");
        if (!connect) {
            list.add(":scheme", head.scheme());
            list.add(":path", head.path());
        }
        list.add(":authority", head.authority());
        if (protocol != null) {
            list.add(":protocol", protocol);
        }
        return addAll(list, head.headers());
    }

    static Http2Headers response(ResponseHead head, int status) {
        Http2Headers list = new DefaultHttp2Headers(false, head.headers().size() + 1);
        list.add(":status", statusText(status));
        return addAll(list, head.headers());
    }

    static Http2Headers trailers(Headers trailers) {
        return addAll(new DefaultHttp2Headers(false, trailers.size()), trailers);
    }

    private static Http2Headers addAll(Http2Headers list, Headers headers) {
        for (int index = 0; index < headers.size(); index++) {
            String name = headers.name(index);
            if (!isConnectionSpecific(name)) {
                list.add(name, headers.value(index));
            }
        }
        return list;
    }

    private static String statusText(int status) {
        return status == 200 ? "200" : Integer.toString(status);
    }

    // ---- Strings

    private static String name(CharSequence name) {
        if (name instanceof AsciiString ascii) {
            byte[] bytes = ascii.array();
            int from = ascii.arrayOffset();
            int to = from + ascii.length();
            return HeaderNames.of(bytes, from, to, HeaderNames.hash(bytes, from, to));
        }
        return name.toString();
    }

    private static String value(int id, CharSequence value) throws Http2Exception {
        if (value instanceof AsciiString ascii) {
            byte[] bytes = ascii.array();
            int from = ascii.arrayOffset();
            int to = from + ascii.length();
            for (int index = from; index < to; index++) {
                byte b = bytes[index];
                if ((b < 0x20 && b >= 0 && b != '\t') || b == 0x7f) {
                    throw malformed(id, "control character in a field value");
                }
            }
        }
        return value.toString();
    }

    private static boolean isToken(String text) {
        for (int index = 0; index < text.length(); index++) {
            char c = text.charAt(index);
            if (c > 0x7f || HeaderNames.tokenLower((byte) c) == 0) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    private static boolean isPath(String path, String method) {
        if (path.isEmpty() || path.charAt(0) != '/') {
            return path.equals("*") && method.equals("OPTIONS");
        }
        for (int index = 0; index < path.length(); index++) {
            char c = path.charAt(index);
            if (c <= 0x20 || c >= 0x7f || c == '#') {
                return false;
            }
        }
        return true;
    }

    private static boolean isAuthority(String text) {
        for (int index = 0; index < text.length(); index++) {
            char c = text.charAt(index);
            if (c <= 0x20 || c >= 0x7f || c == '/' || c == '?' || c == '#' || c == '@' || c == '\\') {
                return false;
            }
        }
        return !text.isEmpty();
    }
}
