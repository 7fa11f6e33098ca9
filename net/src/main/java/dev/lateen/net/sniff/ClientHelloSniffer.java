package dev.lateen.net.sniff;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reads server name and ALPN from a ClientHello, which may come in several records; the buffer is left alone.
///
/// Limits: a ClientHello of 16 KiB; what is larger or malformed counts as unknown.
///
/// Source: RFC 8446 §4.1.2, §5.1; RFC 6066 §3; RFC 7301 §3.1.
///
/// Thread: any.
public final class ClientHelloSniffer {
    private static final int MAX_HELLO_BYTES = 16 * 1024;
    private static final int RECORD_HEADER = 5;
    private static final int HANDSHAKE_RECORD = 0x16;
    private static final int CLIENT_HELLO = 1;
    private static final int EXTENSION_SERVER_NAME = 0;
    private static final int EXTENSION_ALPN = 16;

    private final byte[] hello;
    private int position;
    private @Nullable String serverName;
    private final List<String> alpn = new ArrayList<>();

    private ClientHelloSniffer(byte[] hello) {
        this.hello = hello;
    }

    /// `Tls`, `NEED_MORE` or `UNKNOWN`.
    public static Sniffed sniff(ByteBuf bytes) {
        int at = bytes.readerIndex();
        int end = bytes.writerIndex();
        byte[] gathered = new byte[Math.min(bytes.readableBytes(), MAX_HELLO_BYTES + 4)];
        int filled = 0;
        while (true) {
            if (end - at < RECORD_HEADER) {
                return Sniffed.Plain.NEED_MORE;
            }
            int length = bytes.getUnsignedShort(at + 3);
            if (bytes.getByte(at) != HANDSHAKE_RECORD || bytes.getByte(at + 1) != 3 || length == 0) {
                return Sniffed.Plain.UNKNOWN;
            }
            at += RECORD_HEADER;
            int take = Math.min(Math.min(length, end - at), gathered.length - filled);
            bytes.getBytes(at, gathered, filled, take);
            filled += take;
            at += take;
            if (filled >= 4) {
                int size = (gathered[1] & 0xff) << 16 | (gathered[2] & 0xff) << 8 | (gathered[3] & 0xff);
                if (gathered[0] != CLIENT_HELLO || size > MAX_HELLO_BYTES) {
                    return Sniffed.Plain.UNKNOWN;
                }
                if (filled >= size + 4) {
                    return new ClientHelloSniffer(java.util.Arrays.copyOfRange(gathered, 4, size + 4)).parse();
                }
            }
            if (take < length) {
                return Sniffed.Plain.NEED_MORE;
            }
        }
    }

    private Sniffed parse() {
        try {
            position = 2 + 32;
            position += 1 + u8(position);
            position += 2 + u16(position);
            position += 1 + u8(position);
            if (position < hello.length) {
                parseExtensions();
            }
        } catch (IndexOutOfBoundsException e) {
            return Sniffed.Plain.UNKNOWN;
        }
        return new Sniffed.Tls(Optional.ofNullable(serverName), alpn);
    }

    private void parseExtensions() {
        int end = position + 2 + u16(position);
        position += 2;
        while (position < end) {
            int type = u16(position);
            int length = u16(position + 2);
            int start = position + 4;
            if (type == EXTENSION_SERVER_NAME && length > 0) {
                parseServerName(start);
            } else if (type == EXTENSION_ALPN) {
                parseAlpn(start);
            }
            position = start + length;
        }
    }

    private void parseServerName(int start) {
        int end = start + 2 + u16(start);
        int at = start + 2;
        while (at < end) {
            int length = u16(at + 1);
            if (u8(at) == 0) {
                serverName = text(at + 3, length).toLowerCase(Locale.ROOT);
                return;
            }
            at += 3 + length;
        }
    }

    private void parseAlpn(int start) {
        int end = start + 2 + u16(start);
        int at = start + 2;
        while (at < end) {
            int length = u8(at);
            alpn.add(text(at + 1, length));
            at += 1 + length;
        }
    }

    private String text(int from, int length) {
        java.util.Objects.checkFromIndexSize(from, length, hello.length);
        return new String(hello, from, length, StandardCharsets.ISO_8859_1);
    }

    private int u8(int at) {
        return hello[at] & 0xff;
    }

    private int u16(int at) {
        return u8(at) << 8 | u8(at + 1);
    }
}
