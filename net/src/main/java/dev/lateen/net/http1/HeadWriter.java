package dev.lateen.net.http1;

import dev.lateen.net.http.HeaderNames;
import dev.lateen.net.http.Headers;
import dev.lateen.net.http.StatusText;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Serialises one head into a reused array, string by string, for one bulk copy into the output.
///
/// A value that holds a line break (a header that configuration built from foreign data) would smuggle fields or a
/// whole message: `isIntact` finds it by counting the line breaks of the result.
///
/// Thread: event loop (shared by its connections between calls).
final class HeadWriter {
    private static final byte[] SPACE_VERSION = ascii(" HTTP/1.1\r\n");
    private static final byte[] CONTENT_LENGTH_ZERO = ascii("content-length: 0\r\n");
    private static final byte[] CHUNKED = ascii(": chunked\r\n");
    private static final byte[] CLOSE = ascii("connection: close\r\n");
    private static final byte[] KEEP_ALIVE = ascii("connection: keep-alive\r\n");
    private static final byte[] UPGRADE = ascii("connection: upgrade\r\nupgrade: ");
    private static final byte[][] STATUS_LINES = statusLines();

    private byte[] bytes = new byte[2048];
    private int length;
    private int lines;

    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    /// @param headers that say how `host` is spelled
    void request(String method, String target, String authority, Headers headers) {
        length = 0;
        lines = 2;
        ensure(method.length() + target.length() + authority.length() + 32);
        put(method);
        bytes[length++] = ' ';
        put(target);
        put(SPACE_VERSION);
        put(headers.spelling(HeaderNames.HOST));
        bytes[length++] = ':';
        bytes[length++] = ' ';
        put(authority);
        crlf();
    }

    void status(int status) {
        length = 0;
        lines = 1;
        put(STATUS_LINES[status]);
    }

    /// All fields but those that only the codec may write.
    ///
    /// @param withContentLength whether `content-length` is written too
    @SuppressWarnings("ReferenceEquality")
    void fields(Headers headers, boolean withContentLength) {
        int count = headers.size();
        boolean spelled = headers.isSpelled();
        for (int index = 0; index < count; index++) {
            String name = headers.name(index);
            if (isCodecField(name) || (!withContentLength && name.equals(HeaderNames.CONTENT_LENGTH))) {
                continue;
            }
            String value = headers.value(index);
            ensure(name.length() + value.length() + 4);
            put(spelled ? headers.spelling(name) : name);
            bytes[length++] = ':';
            bytes[length++] = ' ';
            put(value);
            crlf();
            lines++;
        }
    }

    private static boolean isCodecField(String name) {
        return switch (name.length()) {
            case 4 -> name.equals(HeaderNames.HOST);
            case 7 -> name.equals(HeaderNames.UPGRADE);
            case 10 -> name.equals(HeaderNames.CONNECTION) || name.equals(HeaderNames.KEEP_ALIVE);
            case 16 -> name.equals(HeaderNames.PROXY_CONNECTION);
            case 17 -> name.equals(HeaderNames.TRANSFER_ENCODING);
            default -> false;
        };
    }

    /// @param headers that say how the name is spelled
    void chunked(Headers headers) {
        ensure(HeaderNames.TRANSFER_ENCODING.length());
        put(headers.spelling(HeaderNames.TRANSFER_ENCODING));
        line(CHUNKED);
    }

    void contentLengthZero() {
        line(CONTENT_LENGTH_ZERO);
    }

    void close() {
        line(CLOSE);
    }

    void keepAlive() {
        line(KEEP_ALIVE);
    }

    void upgrade(String protocol) {
        ensure(protocol.length() + UPGRADE.length + 2);
        put(UPGRADE);
        put(protocol);
        crlf();
        lines += 2;
    }

    void end() {
        ensure(2);
        crlf();
        lines++;
    }

    /// A chunk's size line.
    void chunkSize(int size) {
        length = 0;
        int shift = Math.max(0, (31 - Integer.numberOfLeadingZeros(size)) & ~3);
        for (; shift >= 0; shift -= 4) {
            int digit = size >>> shift & 15;
            bytes[length++] = (byte) (digit < 10 ? '0' + digit : 'a' + digit - 10);
        }
        crlf();
    }

    /// Starts a trailer section, including the last chunk.
    void lastChunk() {
        length = 0;
        lines = 1;
        bytes[length++] = '0';
        crlf();
    }

    /// Whether the head has exactly the line breaks that were put there on purpose.
    boolean isIntact() {
        int feeds = 0;
        int returns = 0;
        byte[] array = bytes;
        for (int index = 0; index < length; index++) {
            byte b = array[index];
            if (b <= '\r') {
                if (b == '\n') {
                    feeds++;
                } else if (b == '\r') {
                    returns++;
                } else if (b == 0) {
                    return false;
                }
            }
        }
        return feeds == lines && returns == lines;
    }

    private void line(byte[] text) {
        put(text);
        lines++;
    }

    private void put(byte[] text) {
        ensure(text.length);
        System.arraycopy(text, 0, bytes, length, text.length);
        length += text.length;
    }

    // The one conversion that copies a Latin-1 string straight into an array; it drops high bytes, which isIntact
    // checks the result for.
    @SuppressWarnings("deprecation")
    private void put(String text) {
        int size = text.length();
        text.getBytes(0, size, bytes, length);
        length += size;
    }

    private void crlf() {
        bytes[length++] = '\r';
        bytes[length++] = '\n';
    }

    private void ensure(int more) {
        if (length + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[][] statusLines() {
        byte[][] result = new byte[1000][];
        for (int status = 0; status < 1000; status++) {
            result[status] = ascii("HTTP/1.1 " + (status < 100 ? "000" : Integer.toString(status)) + " "
                    + StatusText.of(status) + "\r\n");
        }
        return result;
    }
}
