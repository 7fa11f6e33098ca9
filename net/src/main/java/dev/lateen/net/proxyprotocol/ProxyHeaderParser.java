package dev.lateen.net.proxyprotocol;

import io.netty.buffer.ByteBuf;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Looks for a PROXY header at the beginning of a connection, without consuming it.
///
/// Limits: 107 bytes of version 1, 16 KiB of version 2.
///
/// Source: the PROXY protocol, versions 1 and 2. Thread: its connection's.
public final class ProxyHeaderParser {
    private static final byte[] SIGNATURE1 = {'P', 'R', 'O', 'X', 'Y', ' '};
    private static final byte[] SIGNATURE2 = {0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a};
    private static final int MAX_LENGTH1 = 107;
    private static final int HEAD2 = 16;
    private static final int MAX_LENGTH2 = 16 * 1024;
    private static final int TCP4 = 0x11;
    private static final int TCP6 = 0x21;
    private static final int ADDRESSES4 = 12;
    private static final int ADDRESSES6 = 36;
    private static final int MAX_PORT = 65535;

    public enum Outcome {
        /// The bytes so far may become a header.
        NEED_MORE,
        /// They are something else.
        ABSENT,
        /// They begin like a header and break its rules.
        MALFORMED,
        VERSION_1,
        VERSION_2
    }

    private int length;
    private @Nullable ProxyHeader header;

    public Outcome read(ByteBuf in) {
        if (begins(in, SIGNATURE1)) {
            return in.readableBytes() < SIGNATURE1.length ? Outcome.NEED_MORE : version1(in);
        }
        if (begins(in, SIGNATURE2)) {
            return in.readableBytes() < HEAD2 ? Outcome.NEED_MORE : version2(in);
        }
        return Outcome.ABSENT;
    }

    /// Of a header that was found: its bytes.
    public int length() {
        return length;
    }

    /// Of a header that was found: what it says, or null where it says that the connection is the proxy's own.
    public @Nullable ProxyHeader header() {
        return header;
    }

    private static boolean begins(ByteBuf in, byte[] signature) {
        int count = Math.min(in.readableBytes(), signature.length);
        for (int index = 0; index < count; index++) {
            if (in.getByte(in.readerIndex() + index) != signature[index]) {
                return false;
            }
        }
        return true;
    }

    private Outcome version1(ByteBuf in) {
        int limit = Math.min(in.readableBytes(), MAX_LENGTH1);
        int end = in.indexOf(in.readerIndex(), in.readerIndex() + limit, (byte) '\n');
        if (end < 0) {
            return limit == MAX_LENGTH1 ? Outcome.MALFORMED : Outcome.NEED_MORE;
        }
        length = end + 1 - in.readerIndex();
        String line = in.toString(in.readerIndex(), length, StandardCharsets.ISO_8859_1);
        if (!line.endsWith("\r\n")) {
            return Outcome.MALFORMED;
        }
        String[] words = line.substring(0, line.length() - 2).split(" ", -1);
        if (words[1].equals("UNKNOWN")) {
            return Outcome.VERSION_1;
        }
        if (words.length != 6 || !(words[1].equals("TCP4") || words[1].equals("TCP6"))) {
            return Outcome.MALFORMED;
        }
        int bytes = words[1].equals("TCP4") ? 4 : 16;
        InetAddress source = address(words[2], bytes);
        InetAddress destination = address(words[3], bytes);
        int sourcePort = port(words[4]);
        int destinationPort = port(words[5]);
        if (source == null || destination == null || sourcePort < 0 || destinationPort < 0) {
            return Outcome.MALFORMED;
        }
        header = new ProxyHeader(
                new InetSocketAddress(source, sourcePort), new InetSocketAddress(destination, destinationPort));
        return Outcome.VERSION_1;
    }

    private static @Nullable InetAddress address(String text, int length) {
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(text);
        boolean fits = bytes != null && bytes.length == length && text.indexOf('[') < 0 && text.indexOf('%') < 0;
        return fits ? address(bytes) : null;
    }

    private static InetAddress address(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of 4 or 16 bytes", e);
        }
    }

    private static int port(String text) {
        if (text.isEmpty() || text.length() > 5) {
            return -1;
        }
        int port = 0;
        for (int index = 0; index < text.length(); index++) {
            char digit = text.charAt(index);
            if (digit < '0' || digit > '9') {
                return -1;
            }
            port = port * 10 + digit - '0';
        }
        return port <= MAX_PORT ? port : -1;
    }

    private Outcome version2(ByteBuf in) {
        int start = in.readerIndex();
        int command = in.getUnsignedByte(start + 12);
        int family = in.getUnsignedByte(start + 13);
        length = HEAD2 + in.getUnsignedShort(start + 14);
        if (length > MAX_LENGTH2 || (command != 0x20 && command != 0x21)) {
            return Outcome.MALFORMED;
        }
        boolean own = command == 0x20 || family == 0;
        int wanted = own ? 0 : family == TCP4 ? ADDRESSES4 : family == TCP6 ? ADDRESSES6 : Integer.MAX_VALUE;
        if (length - HEAD2 < wanted) {
            return Outcome.MALFORMED;
        }
        if (in.readableBytes() < length) {
            return Outcome.NEED_MORE;
        }
        if (!own) {
            header = addresses(in, start + HEAD2, family == TCP4 ? 4 : 16);
        }
        return Outcome.VERSION_2;
    }

    private static ProxyHeader addresses(ByteBuf in, int at, int size) {
        byte[] source = new byte[size];
        byte[] destination = new byte[size];
        in.getBytes(at, source);
        in.getBytes(at + size, destination);
        return new ProxyHeader(
                new InetSocketAddress(address(source), in.getUnsignedShort(at + 2 * size)),
                new InetSocketAddress(address(destination), in.getUnsignedShort(at + 2 * size + 2)));
    }
}
