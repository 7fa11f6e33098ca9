package dev.lateen.net.sniff;

import dev.lateen.net.http.HeaderNames;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/// Decides what a connection speaks by its first bytes; the buffer's indexes are left alone.
///
/// Thread: any.
public final class ProtocolSniffer {
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] VERSION = " HTTP/1.".getBytes(StandardCharsets.US_ASCII);
    private static final int HANDSHAKE_RECORD = 0x16;
    private static final int MAX_METHOD_BYTES = 32;

    private ProtocolSniffer() {}

    /// Whether the first byte can only be that of a TLS handshake.
    public static boolean looksLikeTls(ByteBuf bytes) {
        return bytes.isReadable() && bytes.getByte(bytes.readerIndex()) == HANDSHAKE_RECORD;
    }

    public static Sniffed sniff(ByteBuf bytes) {
        if (!bytes.isReadable()) {
            return Sniffed.Plain.NEED_MORE;
        }
        return looksLikeTls(bytes) ? ClientHelloSniffer.sniff(bytes) : sniffHttp(bytes);
    }

    private static Sniffed sniffHttp(ByteBuf bytes) {
        int matched = prefaceMatch(bytes);
        if (matched == PREFACE.length) {
            return Sniffed.Plain.HTTP_2;
        }
        if (matched == bytes.readableBytes()) {
            return Sniffed.Plain.NEED_MORE;
        }
        return sniffRequestLine(bytes);
    }

    private static int prefaceMatch(ByteBuf bytes) {
        int limit = Math.min(PREFACE.length, bytes.readableBytes());
        int start = bytes.readerIndex();
        for (int index = 0; index < limit; index++) {
            if (bytes.getByte(start + index) != PREFACE[index]) {
                return index;
            }
        }
        return limit;
    }

    // method SP target SP HTTP/1.x CR
    private static Sniffed sniffRequestLine(ByteBuf bytes) {
        int index = bytes.readerIndex();
        int end = bytes.writerIndex();
        int start = index;
        while (index < end && HeaderNames.tokenLower(bytes.getByte(index)) != 0) {
            index++;
        }
        if (index - start > MAX_METHOD_BYTES) {
            return Sniffed.Plain.UNKNOWN;
        }
        if (index == end) {
            return Sniffed.Plain.NEED_MORE;
        }
        if (index == start || bytes.getByte(index) != ' ') {
            return Sniffed.Plain.UNKNOWN;
        }
        int target = ++index;
        while (index < end && bytes.getByte(index) > 0x20) {
            index++;
        }
        if (index == end) {
            return Sniffed.Plain.NEED_MORE;
        }
        if (index == target) {
            return Sniffed.Plain.UNKNOWN;
        }
        for (int at = 0; at < VERSION.length; at++, index++) {
            if (index == end) {
                return Sniffed.Plain.NEED_MORE;
            }
            if (bytes.getByte(index) != VERSION[at]) {
                return Sniffed.Plain.UNKNOWN;
            }
        }
        return Sniffed.Plain.HTTP_1;
    }
}
