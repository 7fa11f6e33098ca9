package dev.lateen.proxy.listener;

import io.netty.buffer.ByteBuf;
import io.netty.util.ByteProcessor;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;

/// Tells from its first bytes whether a plaintext connection speaks HTTP, without consuming them.
///
/// Limits: a request line of 8 KiB. Source: Envoy's HTTP inspector. Thread: event loop of the channel.
final class HttpSniffer {
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int MAX_LINE = 8 * 1024;
    private static final int MAX_METHOD = 16;
    private static final Set<String> METHODS = Set.of(
            "GET",
            "HEAD",
            "POST",
            "PUT",
            "DELETE",
            "CONNECT",
            "OPTIONS",
            "TRACE",
            "PATCH",
            "PROPFIND",
            "PROPPATCH",
            "MKCOL",
            "COPY",
            "MOVE",
            "LOCK",
            "UNLOCK",
            "SEARCH",
            "REPORT",
            "PURGE",
            "LINK",
            "UNLINK",
            "BIND",
            "ACL");
    static final List<String> HTTP_1_0 = List.of("http/1.0");
    static final List<String> HTTP_1_1 = List.of("http/1.1");
    static final List<String> HTTP_2 = List.of("h2c");

    private HttpSniffer() {}

    /// True once it is known; `into.applicationProtocols` is set where it is HTTP.
    static boolean read(ByteBuf bytes, ConnectionFacts into) {
        int available = bytes.readableBytes();
        if (available == 0) {
            return false;
        }
        int same = samePrefix(bytes, available);
        if (same == PREFACE.length) {
            into.applicationProtocols = HTTP_2;
            return true;
        }
        if (same == available) {
            return false;
        }
        int space =
                bytes.indexOf(bytes.readerIndex(), bytes.readerIndex() + Math.min(available, MAX_METHOD), (byte) ' ');
        if (space < 0) {
            return available >= MAX_METHOD || !isUpperCase(bytes, available);
        }
        int methodLength = space - bytes.readerIndex();
        if (!METHODS.contains(bytes.toString(bytes.readerIndex(), methodLength, StandardCharsets.US_ASCII))) {
            return true;
        }
        return readVersion(bytes, available, into);
    }

    private static boolean readVersion(ByteBuf bytes, int available, ConnectionFacts into) {
        int lineEnd = bytes.forEachByte(bytes.readerIndex(), Math.min(available, MAX_LINE), ByteProcessor.FIND_LF);
        if (lineEnd < 0) {
            return available >= MAX_LINE;
        }
        String line = bytes.toString(bytes.readerIndex(), lineEnd - bytes.readerIndex(), StandardCharsets.ISO_8859_1)
                .trim();
        if (line.endsWith(" HTTP/1.1")) {
            into.applicationProtocols = HTTP_1_1;
        } else if (line.endsWith(" HTTP/1.0")) {
            into.applicationProtocols = HTTP_1_0;
        }
        return true;
    }

    private static int samePrefix(ByteBuf bytes, int available) {
        int same = 0;
        while (same < Math.min(available, PREFACE.length)
                && bytes.getByte(bytes.readerIndex() + same) == PREFACE[same]) {
            same++;
        }
        return same;
    }

    private static boolean isUpperCase(ByteBuf bytes, int available) {
        for (int index = 0; index < available; index++) {
            byte b = bytes.getByte(bytes.readerIndex() + index);
            if (b < 'A' || b > 'Z') {
                return false;
            }
        }
        return true;
    }
}
