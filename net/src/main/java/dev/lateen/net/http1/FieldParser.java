package dev.lateen.net.http1;

import dev.lateen.net.http.HeaderNames;
import dev.lateen.net.http.Headers;
import dev.lateen.net.http.HttpLimits;
import dev.lateen.net.http.TrailerSyntax;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Parses field lines (of a head or of trailers) into `Headers`, keeping back those that describe the connection
/// rather than the message (RFC 9110 §7.6.1) and collecting what they say.
///
/// Refuses: names that are no token (so also folded lines and blanks before the colon), control characters in values,
/// repeated or malformed `content-length`, any `transfer-encoding` but a single `chunked`.
///
/// Thread: event loop (shared by its connections between calls).
final class FieldParser {
    private static final boolean[] VALUE = new boolean[256];

    static {
        for (int b = 0x20; b < 256; b++) {
            VALUE[b] = b != 0x7f;
        }
        VALUE['\t'] = true;
    }

    /// -1 where absent.
    long contentLength;
    boolean chunked;
    boolean close;
    boolean keepAlive;
    boolean upgradeRequested;
    int hostCount;
    String host = "";

    @Nullable
    String upgrade;

    private @Nullable String connection;
    private int position;
    private int valueStart;
    private int valueEnd;

    /// Parses a head's fields.
    ///
    /// @param end the index after the empty line that ends them
    @Nullable
    Http1Violation parse(byte[] bytes, int start, int end, HttpLimits limits, Headers out) {
        reset();
        position = start;
        int last = end - 2;
        int count = 0;
        while (position < last) {
            if (++count > limits.maxHeaderCount()) {
                return Http1Violation.TOO_MANY_HEADERS;
            }
            String name = limits.keepsSpelling() ? parseSpelledName(bytes, out) : parseName(bytes);
            if (name == null) {
                return Http1Violation.INVALID_NAME;
            }
            if (!parseValue(bytes)) {
                return Http1Violation.INVALID_VALUE;
            }
            Http1Violation violation = accept(bytes, name, out);
            if (violation != null) {
                return violation;
            }
        }
        return connection == null ? null : applyConnection(connection, out);
    }

    /// Parses trailers; fields about framing or routing are refused there (RFC 9110 §6.5.1).
    @Nullable
    Http1Violation parseTrailers(byte[] bytes, int start, int end, int maxCount, Headers out) {
        position = start;
        int last = end - 2;
        int count = 0;
        while (position < last) {
            if (++count > maxCount) {
                return Http1Violation.TRAILERS_TOO_LARGE;
            }
            String name = parseName(bytes);
            if (name == null || !parseValue(bytes) || TrailerSyntax.isForbidden(name)) {
                return Http1Violation.INVALID_TRAILER;
            }
            out.add(name, value(bytes));
        }
        return null;
    }

    private void reset() {
        contentLength = -1;
        chunked = false;
        close = false;
        keepAlive = false;
        upgradeRequested = false;
        hostCount = 0;
        host = "";
        upgrade = null;
        connection = null;
    }

    private @Nullable String parseName(byte[] bytes) {
        int start = position;
        int index = start;
        int hash = 0;
        byte lower = HeaderNames.tokenLower(bytes[index]);
        while (lower != 0) {
            bytes[index++] = lower;
            hash = HeaderNames.hashStep(hash, lower);
            lower = HeaderNames.tokenLower(bytes[index]);
        }
        if (index == start || bytes[index] != ':') {
            return null;
        }
        position = index + 1;
        return HeaderNames.of(bytes, start, index, hash);
    }

    private @Nullable String parseSpelledName(byte[] bytes, Headers out) {
        int start = position;
        int end = start;
        while (HeaderNames.tokenLower(bytes[end]) != 0) {
            end++;
        }
        String spelling = new String(bytes, start, end - start, StandardCharsets.ISO_8859_1);
        String name = parseName(bytes);
        if (name != null && !name.equals(spelling)) {
            out.spell(name, spelling);
        }
        return name;
    }

    private boolean parseValue(byte[] bytes) {
        int index = position;
        while (bytes[index] == ' ' || bytes[index] == '\t') {
            index++;
        }
        valueStart = index;
        while (VALUE[bytes[index] & 0xff]) {
            index++;
        }
        if (bytes[index] != '\r' || bytes[index + 1] != '\n') {
            return false;
        }
        position = index + 2;
        while (index > valueStart && (bytes[index - 1] == ' ' || bytes[index - 1] == '\t')) {
            index--;
        }
        valueEnd = index;
        return true;
    }

    private String value(byte[] bytes) {
        return new String(bytes, valueStart, valueEnd - valueStart, StandardCharsets.ISO_8859_1);
    }

    // Names that matter here are always the shared strings, since HeaderNames knows them: comparing references is safe.
    @SuppressWarnings("ReferenceEquality")
    private @Nullable Http1Violation accept(byte[] bytes, String name, Headers out) {
        if (name == HeaderNames.HOST) {
            hostCount++;
            host = value(bytes);
        } else if (name == HeaderNames.CONTENT_LENGTH) {
            return acceptContentLength(bytes, out);
        } else if (name == HeaderNames.TRANSFER_ENCODING) {
            return acceptTransferEncoding(bytes);
        } else if (name == HeaderNames.CONNECTION) {
            String value = value(bytes);
            connection = connection == null ? value : connection + "," + value;
        } else if (name == HeaderNames.UPGRADE) {
            String value = value(bytes);
            upgrade = upgrade == null ? value : upgrade + "," + value;
        } else if (name == HeaderNames.TE) {
            if (listContains(value(bytes), "trailers") && !out.contains(HeaderNames.TE)) {
                out.add(HeaderNames.TE, "trailers");
            }
        } else if (name != HeaderNames.KEEP_ALIVE
                && name != HeaderNames.PROXY_CONNECTION
                && name != HeaderNames.HTTP2_SETTINGS) {
            out.add(name, value(bytes));
        }
        return null;
    }

    private @Nullable Http1Violation acceptContentLength(byte[] bytes, Headers out) {
        int digits = valueEnd - valueStart;
        if (contentLength >= 0 || digits == 0 || digits > 18) {
            return Http1Violation.INVALID_CONTENT_LENGTH;
        }
        long length = 0;
        for (int index = valueStart; index < valueEnd; index++) {
            int digit = bytes[index] - '0';
            if (digit < 0 || digit > 9) {
                return Http1Violation.INVALID_CONTENT_LENGTH;
            }
            length = length * 10 + digit;
        }
        contentLength = length;
        // Written in one form only: leading zeros are octal to some.
        out.add(HeaderNames.CONTENT_LENGTH, bytes[valueStart] == '0' ? Long.toString(length) : value(bytes));
        return null;
    }

    private @Nullable Http1Violation acceptTransferEncoding(byte[] bytes) {
        String value = value(bytes);
        if (chunked) {
            return Http1Violation.INVALID_TRANSFER_ENCODING;
        }
        if (value.equalsIgnoreCase("chunked")) {
            chunked = true;
            return null;
        }
        boolean endsChunked = value.regionMatches(true, Math.max(0, value.length() - 9), ",chunked", 0, 8)
                || value.regionMatches(true, Math.max(0, value.length() - 9), ", chunked", 0, 9);
        return endsChunked ? Http1Violation.UNKNOWN_TRANSFER_ENCODING : Http1Violation.INVALID_TRANSFER_ENCODING;
    }

    private @Nullable Http1Violation applyConnection(String value, Headers out) {
        if (value.equalsIgnoreCase("keep-alive")) {
            keepAlive = true;
            return null;
        }
        int from = 0;
        while (from <= value.length()) {
            int comma = value.indexOf(',', from);
            int to = comma < 0 ? value.length() : comma;
            String option = lowerCase(value.substring(from, to).strip());
            from = to + 1;
            switch (option) {
                case "", "te", "trailers" -> {}
                case "close" -> close = true;
                case "keep-alive" -> keepAlive = true;
                case "upgrade" -> upgradeRequested = true;
                case "host", "content-length", "transfer-encoding", "connection" -> {
                    return Http1Violation.CONNECTION_NAMES_ESSENTIAL_FIELD;
                }
                default -> out.remove(option);
            }
        }
        return null;
    }

    /// Whether a comma-separated list has this member, ignoring case, parameters aside.
    static boolean listContains(String list, String member) {
        int from = 0;
        while (from <= list.length()) {
            int comma = list.indexOf(',', from);
            int to = comma < 0 ? list.length() : comma;
            String item = list.substring(from, to).strip();
            int semicolon = item.indexOf(';');
            if ((semicolon < 0 ? item : item.substring(0, semicolon).strip()).equalsIgnoreCase(member)) {
                return true;
            }
            from = to + 1;
        }
        return false;
    }

    static String lowerCase(String text) {
        return text.toLowerCase(java.util.Locale.ROOT);
    }
}
