package dev.lateen.net.http1;

import dev.lateen.net.http.AuthoritySyntax;
import dev.lateen.net.http.Headers;
import dev.lateen.net.http.HttpLimits;
import dev.lateen.net.http.HttpVersion;
import dev.lateen.net.http.RequestHead;
import dev.lateen.net.http.ResponseHead;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Parses whole heads. The result stays in this object's fields until the next call.
///
/// Source: RFC 9112 §2 to §6.
///
/// Thread: event loop of its channel.
final class HeadParser {
    private static final boolean[] TARGET = new boolean[256];

    static {
        for (int b = 0x21; b < 0x7f; b++) {
            TARGET[b] = b != '#';
        }
    }

    private final FieldParser fields;
    private final HttpLimits limits;
    private final String transportScheme;
    private @Nullable RequestHead request;
    private @Nullable ResponseHead response;
    private int cursor;

    HeadParser(FieldParser fields, HttpLimits limits, String transportScheme) {
        this.fields = fields;
        this.limits = limits;
        this.transportScheme = transportScheme;
    }

    /// The request that the last successful call parsed.
    RequestHead request() {
        RequestHead parsed = request;
        if (parsed == null) {
            throw new IllegalStateException("no request head was parsed");
        }
        request = null;
        return parsed;
    }

    /// The response that the last successful call parsed.
    ResponseHead response() {
        ResponseHead parsed = response;
        if (parsed == null) {
            throw new IllegalStateException("no response head was parsed");
        }
        response = null;
        return parsed;
    }

    /// Parses a request head; `end` is the index after its empty line.
    @Nullable
    Http1Violation parseRequest(byte[] bytes, int start, int end) {
        int methodEnd = start;
        while (dev.lateen.net.http.HeaderNames.tokenLower(bytes[methodEnd]) != 0) {
            methodEnd++;
        }
        if (methodEnd == start || bytes[methodEnd] != ' ') {
            return Http1Violation.REQUEST_LINE;
        }
        int targetStart = methodEnd + 1;
        int targetEnd = targetStart;
        while (TARGET[bytes[targetEnd] & 0xff]) {
            targetEnd++;
        }
        if (bytes[targetEnd] != ' ') {
            return bytes[targetEnd] == '#' || (bytes[targetEnd] & 0xff) > 0x7e
                    ? Http1Violation.INVALID_TARGET
                    : Http1Violation.REQUEST_LINE;
        }
        if (targetEnd == targetStart) {
            return Http1Violation.REQUEST_LINE;
        }
        HttpVersion version = version(bytes, targetEnd + 1);
        if (version == null) {
            return withoutVersion(bytes, targetEnd + 1, end);
        }
        if (bytes[targetEnd + 9] != '\r' || bytes[targetEnd + 10] != '\n') {
            return Http1Violation.REQUEST_LINE;
        }
        if (version == HttpVersion.HTTP_1_0 && !limits.allowHttp10()) {
            return Http1Violation.HTTP_1_0_REFUSED;
        }
        Headers headers = new Headers();
        Http1Violation violation = fields.parse(bytes, targetEnd + 11, end, limits, headers);
        if (violation == null) {
            violation = checkFraming(version);
        }
        if (violation != null) {
            return violation;
        }
        String method = Methods.of(bytes, start, methodEnd);
        return finishRequest(version, method, bytes, targetStart, targetEnd, headers);
    }

    private @Nullable Http1Violation checkFraming(HttpVersion version) {
        if (fields.chunked && fields.contentLength >= 0) {
            return Http1Violation.CONTENT_LENGTH_NOT_ALLOWED;
        }
        if (fields.chunked && version == HttpVersion.HTTP_1_0) {
            return Http1Violation.TRANSFER_ENCODING_NOT_ALLOWED;
        }
        if (fields.hostCount == 0) {
            return version == HttpVersion.HTTP_1_0 ? null : Http1Violation.MISSING_HOST;
        }
        if (fields.hostCount > 1 || !AuthoritySyntax.isValid(fields.host)) {
            return Http1Violation.INVALID_HOST;
        }
        return null;
    }

    private @Nullable Http1Violation finishRequest(
            HttpVersion version, String method, byte[] bytes, int targetStart, int targetEnd, Headers headers) {
        String target = new String(bytes, targetStart, targetEnd - targetStart, StandardCharsets.ISO_8859_1);
        String scheme = transportScheme;
        String authority = fields.host;
        String path = target;
        if (method.equals("CONNECT")) {
            if (!AuthoritySyntax.isValid(target) || target.lastIndexOf(':') <= 0 || target.endsWith(":")) {
                return Http1Violation.INVALID_TARGET;
            }
            authority = target;
            path = "";
        } else if (bytes[targetStart] != '/') {
            if (target.equals("*")) {
                if (!method.equals("OPTIONS")) {
                    return Http1Violation.INVALID_TARGET;
                }
            } else {
                int colon = target.indexOf("://");
                if (colon <= 0) {
                    return Http1Violation.INVALID_TARGET;
                }
                scheme = FieldParser.lowerCase(target.substring(0, colon));
                if (!scheme.equals("http") && !scheme.equals("https")) {
                    return Http1Violation.INVALID_SCHEME;
                }
                int pathStart = endOfAuthority(target, colon + 3);
                authority = target.substring(colon + 3, pathStart);
                if (authority.isEmpty() || !AuthoritySyntax.isValid(authority)) {
                    return Http1Violation.INVALID_TARGET;
                }
                path = absolutePath(method, target.substring(pathStart));
            }
        }
        RequestHead head = new RequestHead(version, method, scheme, authority, path, headers);
        String upgrade = fields.upgrade;
        if (upgrade != null && fields.upgradeRequested && version == HttpVersion.HTTP_1_1) {
            String protocol = FieldParser.lowerCase(upgrade);
            // RFC 9113 took the h2c upgrade away; such a request is served as HTTP/1.1.
            if (!protocol.equals("h2c")) {
                head.protocol(protocol);
            }
        }
        request = head;
        return null;
    }

    private static String absolutePath(String method, String path) {
        if (path.isEmpty()) {
            return method.equals("OPTIONS") ? "*" : "/";
        }
        return path.charAt(0) == '?' ? "/" + path : path;
    }

    private static int endOfAuthority(String target, int from) {
        for (int index = from; index < target.length(); index++) {
            char c = target.charAt(index);
            if (c == '/' || c == '?') {
                return index;
            }
        }
        return target.length();
    }

    /// Parses a response head; `end` is the index after its empty line. Framing that contradicts itself is refused.
    @Nullable
    Http1Violation parseResponse(byte[] bytes, int start, int end) {
        HttpVersion version = end - start < 15 ? null : version(bytes, start);
        if (version == null || bytes[start + 8] != ' ') {
            return Http1Violation.STATUS_LINE;
        }
        int status = 0;
        for (int index = start + 9; index < start + 12; index++) {
            int digit = bytes[index] - '0';
            if (digit < 0 || digit > 9) {
                return Http1Violation.STATUS_LINE;
            }
            status = status * 10 + digit;
        }
        cursor = start + 12;
        if (status < 100 || !skipReason(bytes)) {
            return Http1Violation.STATUS_LINE;
        }
        Headers headers = new Headers();
        Http1Violation violation = fields.parse(bytes, cursor, end, limits, headers);
        if (violation != null) {
            return violation;
        }
        if (fields.chunked && fields.contentLength >= 0) {
            return Http1Violation.CONTENT_LENGTH_NOT_ALLOWED;
        }
        if (fields.chunked && (version == HttpVersion.HTTP_1_0 || status < 200 || status == 204)) {
            return Http1Violation.TRANSFER_ENCODING_NOT_ALLOWED;
        }
        if (version == HttpVersion.HTTP_1_0 && !fields.keepAlive) {
            fields.close = true;
        }
        response = new ResponseHead(status, headers);
        return null;
    }

    // The reason phrase is optional, as is (against the grammar, but common) the blank before it.
    private boolean skipReason(byte[] bytes) {
        int index = cursor;
        if (bytes[index] == ' ') {
            index++;
            while (bytes[index] != '\r') {
                int b = bytes[index] & 0xff;
                if ((b < 0x20 && b != '\t') || b == 0x7f) {
                    return false;
                }
                index++;
            }
        }
        if (bytes[index] != '\r' || bytes[index + 1] != '\n') {
            return false;
        }
        cursor = index + 2;
        return true;
    }

    /// What is wrong with a line whose third word is no version that is served.
    private static Http1Violation withoutVersion(byte[] bytes, int at, int end) {
        if (looksLikeVersion(bytes, at)) {
            return Http1Violation.VERSION_NOT_SUPPORTED;
        }
        int wordEnd = at;
        boolean slash = false;
        while (wordEnd < end && TARGET[bytes[wordEnd] & 0xff]) {
            slash |= bytes[wordEnd] == '/';
            wordEnd++;
        }
        boolean last = wordEnd < end && bytes[wordEnd] == '\r';
        return last && !slash ? Http1Violation.NO_REQUEST_LINE : Http1Violation.REQUEST_LINE;
    }

    private static @Nullable HttpVersion version(byte[] bytes, int at) {
        if (bytes.length < at + 8
                || bytes[at] != 'H'
                || bytes[at + 1] != 'T'
                || bytes[at + 2] != 'T'
                || bytes[at + 3] != 'P'
                || bytes[at + 4] != '/'
                || bytes[at + 5] != '1'
                || bytes[at + 6] != '.') {
            return null;
        }
        return switch (bytes[at + 7]) {
            case '1' -> HttpVersion.HTTP_1_1;
            case '0' -> HttpVersion.HTTP_1_0;
            default -> null;
        };
    }

    private static boolean looksLikeVersion(byte[] bytes, int at) {
        return bytes.length >= at + 8
                && bytes[at] == 'H'
                && bytes[at + 1] == 'T'
                && bytes[at + 2] == 'T'
                && bytes[at + 3] == 'P'
                && bytes[at + 4] == '/'
                && bytes[at + 5] >= '0'
                && bytes[at + 5] <= '9'
                && bytes[at + 6] == '.'
                && bytes[at + 7] >= '0'
                && bytes[at + 7] <= '9';
    }
}
