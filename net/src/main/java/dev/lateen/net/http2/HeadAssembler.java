package dev.lateen.net.http2;

import dev.lateen.net.http.AuthoritySyntax;
import dev.lateen.net.http.HeaderNames;
import dev.lateen.net.http.Headers;
import dev.lateen.net.http.HttpVersion;
import dev.lateen.net.http.RequestHead;
import dev.lateen.net.http.ResponseHead;
import dev.lateen.net.http.TrailerSyntax;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Takes the fields of one header block as they are decoded, and makes a checked head of them. One for each thread;
/// nothing survives between blocks.
///
/// Thread: event loop.
/// Source: RFC 9113 §8.
final class HeadAssembler {
    private static final FastThreadLocal<HeadAssembler> CURRENT = new FastThreadLocal<>() {
        @Override
        protected HeadAssembler initialValue() {
            return new HeadAssembler();
        }
    };

    private byte[] scratch = new byte[512];
    private Headers headers = new Headers(4);
    private int limitBytes;
    private int bytes;
    private @Nullable String wrong;
    private @Nullable String method;
    private @Nullable String scheme;
    private @Nullable String authority;
    private @Nullable String path;
    private @Nullable String protocol;
    private @Nullable String status;
    private @Nullable String host;
    private @Nullable StringBuilder cookies;
    private boolean pseudoSeen;
    private long contentLength;

    private HeadAssembler() {}

    /// Starts a block.
    ///
    /// @param limitBytes of the list of fields, counted as RFC 9113 §6.5.2 counts it
    static HeadAssembler begin(int limitBytes) {
        HeadAssembler current = CURRENT.get();
        current.reset(limitBytes);
        return current;
    }

    private void reset(int limit) {
        headers = new Headers();
        limitBytes = limit;
        bytes = 0;
        wrong = null;
        method = null;
        scheme = null;
        authority = null;
        path = null;
        protocol = null;
        status = null;
        host = null;
        cookies = null;
        pseudoSeen = false;
        contentLength = -1;
    }

    /// An array of at least this length, good until the next call.
    byte[] scratch(int length) {
        if (scratch.length < length) {
            scratch = new byte[length];
        }
        return scratch;
    }

    void add(HpackField field) {
        add(field.kind(), field.name(), field.value());
    }

    void add(FieldKind kind, String name, String value) {
        bytes += name.length() + value.length() + HpackField.OVERHEAD_BYTES;
        if (bytes > limitBytes) {
            // Decoding goes on for the sake of the table, but nothing is kept.
            bytes = limitBytes + 1;
            return;
        }
        switch (kind) {
            case REGULAR -> headers.add(name, trimmed(value));
            case METHOD -> method = pseudo(method, value);
            case SCHEME -> scheme = pseudo(scheme, value);
            case AUTHORITY -> authority = pseudo(authority, value);
            case PATH -> path = pseudo(path, value);
            case PROTOCOL -> protocol = pseudo(protocol, value);
            case STATUS -> status = pseudo(status, value);
            case HOST -> {
                if (host != null) {
                    wrong = "host is repeated";
                }
                host = value;
            }
            case COOKIE -> cookies = joinCookie(cookies, value);
            case CONTENT_LENGTH -> length(name, value);
            case CONNECTION_SPECIFIC -> wrong = "connection-specific field";
            case MALFORMED -> wrong = "malformed field";
        }
    }

    private String pseudo(@Nullable String present, String value) {
        if (present != null) {
            wrong = "pseudo-header field is repeated";
        }
        if (!headers.isEmpty() || host != null || cookies != null) {
            wrong = "pseudo-header field behind other fields";
        }
        pseudoSeen = true;
        return value;
    }

    // RFC 9113 §8.2.3: crumbs are put together before they leave HTTP/2.
    private static StringBuilder joinCookie(@Nullable StringBuilder cookies, String value) {
        return cookies == null ? new StringBuilder(value) : cookies.append("; ").append(value);
    }

    // RFC 9113 §8.2.1 has values without blanks at either end; they carry no meaning, and HTTP/1 has no place for them.
    private static String trimmed(String value) {
        int last = value.length() - 1;
        return last >= 0 && (value.charAt(0) <= ' ' || value.charAt(last) <= ' ') ? value.strip() : value;
    }

    // Written in one form only: leading zeros are octal to some.
    private void length(String name, String text) {
        long value = 0;
        for (int index = 0; index < text.length(); index++) {
            int digit = text.charAt(index) - '0';
            if (digit < 0 || digit > 9 || value > Long.MAX_VALUE / 10 - 1) {
                wrong = "content-length is no number";
                return;
            }
            value = value * 10 + digit;
        }
        if (text.isEmpty() || (contentLength >= 0 && contentLength != value)) {
            wrong = "content-length is empty or contradicts itself";
        }
        if (contentLength < 0) {
            headers.add(name, text.startsWith("0") ? Long.toString(value) : text);
        }
        contentLength = value;
    }

    boolean isTooLarge() {
        return bytes > limitBytes;
    }

    /// How many bytes of data the head announces, or -1.
    long contentLength() {
        return contentLength;
    }

    // ---- Results

    /// @throws Http2Violation a stream error where the request is malformed
    RequestHead request(int id, String transportScheme) throws Http2Violation {
        if (wrong != null) {
            throw Http2Violation.malformed(id, wrong);
        }
        if (status != null || method == null || !isToken(method)) {
            throw Http2Violation.malformed(id, ":method is missing or no token, or :status is there");
        }
        putCookies();
        String target = target(id);
        boolean connect = method.equals("CONNECT");
        if (connect && protocol == null) {
            if (scheme != null || path != null || target.lastIndexOf(':') <= 0) {
                throw Http2Violation.malformed(id, "CONNECT takes an :authority with a port, and nothing else");
            }
            return new RequestHead(HttpVersion.HTTP_2, method, transportScheme, target, "", headers);
        }
        if (protocol != null && !connect) {
            throw Http2Violation.malformed(id, ":protocol without CONNECT");
        }
        if (scheme == null || path == null || !isPath(path, method)) {
            throw Http2Violation.malformed(id, ":scheme or :path is missing or malformed");
        }
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw Http2Violation.malformed(id, ":scheme is neither http nor https");
        }
        RequestHead head = new RequestHead(HttpVersion.HTTP_2, connect ? "GET" : method, scheme, target, path, headers);
        if (protocol != null) {
            // Extended CONNECT (RFC 8441) is presented in the form of HTTP/1's upgrade, so that both are routed alike.
            head.protocol(protocol.toLowerCase(Locale.ROOT));
        }
        return head;
    }

    /// @throws Http2Violation a stream error where the response is malformed
    ResponseHead response(int id) throws Http2Violation {
        if (wrong != null) {
            throw Http2Violation.malformed(id, wrong);
        }
        if (method != null || scheme != null || authority != null || path != null || protocol != null) {
            throw Http2Violation.malformed(id, "pseudo-header field of a request");
        }
        int code = statusCode(id);
        putCookies();
        if (host != null) {
            headers.add(HeaderNames.HOST, host);
        }
        return new ResponseHead(code, headers);
    }

    /// Trailers hold no pseudo-header fields (RFC 9113 §8.1).
    Headers trailers(int id) throws Http2Violation {
        if (wrong != null) {
            throw Http2Violation.malformed(id, wrong);
        }
        if (pseudoSeen) {
            throw Http2Violation.malformed(id, "pseudo-header field in trailers");
        }
        putCookies();
        return headers;
    }

    /// Trailers of a request, which somebody behind us may merge into its head.
    Headers requestTrailers(int id) throws Http2Violation {
        if (host != null || cookies != null || TrailerSyntax.anyForbidden(headers)) {
            throw Http2Violation.malformed(id, "field that has no place in trailers");
        }
        return trailers(id);
    }

    private void putCookies() {
        if (cookies != null) {
            headers.add(HeaderNames.COOKIE, cookies.toString());
        }
    }

    private int statusCode(int id) throws Http2Violation {
        String text = status;
        if (text == null || text.length() != 3) {
            throw Http2Violation.malformed(id, ":status is missing or malformed");
        }
        int code = 0;
        for (int index = 0; index < 3; index++) {
            int digit = text.charAt(index) - '0';
            if (digit < 0 || digit > 9) {
                throw Http2Violation.malformed(id, ":status is malformed");
            }
            code = code * 10 + digit;
        }
        if (code < 100 || code == 101) {
            throw Http2Violation.malformed(id, ":status is not one of HTTP/2");
        }
        return code;
    }

    private String target(int id) throws Http2Violation {
        if (authority != null && host != null && !authority.equalsIgnoreCase(host)) {
            throw Http2Violation.malformed(id, "host differs from :authority");
        }
        String result = authority != null ? authority : host;
        if (result == null) {
            return "";
        }
        if (!AuthoritySyntax.isValid(result)) {
            throw Http2Violation.malformed(id, ":authority is malformed");
        }
        return result;
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
}
