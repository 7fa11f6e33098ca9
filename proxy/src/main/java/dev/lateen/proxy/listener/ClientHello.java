package dev.lateen.proxy.listener;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Reads server name and protocols out of the first bytes of a TLS connection, without consuming them.
///
/// Limits: 16 KiB of handshake; whatever does not parse is called TLS without a name, for the handshake to refuse.
/// Source: RFC 8446 §4.1.2, §4.2.1 and §4.2.3, RFC 6066 §3, RFC 7301 §3.1. Thread: event loop of the channel.
final class ClientHello {
    private static final int RECORD_HANDSHAKE = 22;
    private static final int RECORD_HEADER = 5;
    private static final int HANDSHAKE_HEADER = 4;
    private static final int CLIENT_HELLO = 1;
    private static final int MAX_BYTES = 16 * 1024;
    private static final int EXTENSION_SERVER_NAME = 0;
    private static final int EXTENSION_SIGNATURE_ALGORITHMS = 13;
    private static final int EXTENSION_ALPN = 16;
    private static final int EXTENSION_SUPPORTED_VERSIONS = 43;
    private static final int TLS_1_3 = 0x0304;
    /// With P-256, P-384 and P-521.
    private static final Set<Integer> ECDSA = Set.of(0x0403, 0x0503, 0x0603);
    /// ECDHE_ECDSA with AES-128 and AES-256 in GCM, and with ChaCha20.
    private static final Set<Integer> ECDSA_SUITES_OF_TLS_1_2 = Set.of(0xc02b, 0xc02c, 0xcca9);

    enum Result {
        NEED_MORE,
        NOT_TLS,
        TLS
    }

    private ClientHello() {}

    /// @param bytes all that has arrived; its indexes stay as they are
    static Result read(ByteBuf bytes, ConnectionFacts into) {
        int at = bytes.readerIndex();
        int available = bytes.readableBytes();
        if (available == 0) {
            return Result.NEED_MORE;
        }
        if (bytes.getUnsignedByte(at) != RECORD_HANDSHAKE) {
            return Result.NOT_TLS;
        }
        if (available < RECORD_HEADER) {
            return Result.NEED_MORE;
        }
        if (bytes.getUnsignedByte(at + 1) != 3) {
            return Result.NOT_TLS;
        }
        ByteBuf handshake = bytes.alloc().heapBuffer(Math.min(available, MAX_BYTES));
        try {
            boolean complete = gather(bytes, handshake);
            if (!complete && available < MAX_BYTES) {
                return Result.NEED_MORE;
            }
            parse(handshake, into);
            return Result.TLS;
        } catch (IndexOutOfBoundsException _) {
            // A truncated or lying length.
            return Result.TLS;
        } finally {
            handshake.release();
        }
    }

    /// Joins the records' contents. True once a whole handshake message is there.
    private static boolean gather(ByteBuf bytes, ByteBuf handshake) {
        int at = bytes.readerIndex();
        int end = bytes.writerIndex();
        while (end - at >= RECORD_HEADER && bytes.getUnsignedByte(at) == RECORD_HANDSHAKE) {
            int length = bytes.getUnsignedShort(at + 3);
            int here = Math.min(length, end - at - RECORD_HEADER);
            handshake.writeBytes(bytes, at + RECORD_HEADER, here);
            if (isWhole(handshake)) {
                return true;
            }
            if (here < length) {
                return false;
            }
            at += RECORD_HEADER + length;
        }
        return isWhole(handshake);
    }

    private static boolean isWhole(ByteBuf handshake) {
        return handshake.readableBytes() >= HANDSHAKE_HEADER
                && handshake.readableBytes()
                        >= HANDSHAKE_HEADER + handshake.getUnsignedMedium(handshake.readerIndex() + 1);
    }

    private static void parse(ByteBuf hello, ConnectionFacts into) {
        if (hello.readUnsignedByte() != CLIENT_HELLO) {
            return;
        }
        hello.skipBytes(3 + 2 + 32);
        hello.skipBytes(hello.readUnsignedByte());
        boolean suite = hasAny(hello.readSlice(hello.readUnsignedShort()), ECDSA_SUITES_OF_TLS_1_2);
        boolean signature = false;
        hello.skipBytes(hello.readUnsignedByte());
        if (!hello.isReadable()) {
            return;
        }
        int end = hello.readerIndex() + 2 + hello.getUnsignedShort(hello.readerIndex());
        hello.skipBytes(2);
        while (hello.readerIndex() + 4 <= end) {
            int type = hello.readUnsignedShort();
            ByteBuf extension = hello.readSlice(hello.readUnsignedShort());
            switch (type) {
                case EXTENSION_SERVER_NAME -> serverName(extension, into);
                case EXTENSION_ALPN -> protocols(extension, into);
                case EXTENSION_SIGNATURE_ALGORITHMS ->
                    signature = hasAny(extension.readSlice(extension.readUnsignedShort()), ECDSA);
                // Suites of TLS 1.3 say nothing of keys.
                case EXTENSION_SUPPORTED_VERSIONS ->
                    suite |= hasAny(extension.readSlice(extension.readUnsignedByte()), Set.of(TLS_1_3));
                default -> {}
            }
        }
        into.takesEllipticCurves = suite && signature;
    }

    private static boolean hasAny(ByteBuf numbers, Set<Integer> wanted) {
        while (numbers.readableBytes() >= 2) {
            if (wanted.contains(numbers.readUnsignedShort())) {
                return true;
            }
        }
        return false;
    }

    private static void serverName(ByteBuf extension, ConnectionFacts into) {
        extension.skipBytes(2);
        while (extension.isReadable()) {
            int type = extension.readUnsignedByte();
            int length = extension.readUnsignedShort();
            String name = extension
                    .readCharSequence(length, StandardCharsets.US_ASCII)
                    .toString();
            if (type == 0) {
                into.serverName = name.toLowerCase(Locale.ROOT);
                return;
            }
        }
    }

    private static void protocols(ByteBuf extension, ConnectionFacts into) {
        extension.skipBytes(2);
        List<String> protocols = new ArrayList<>(4);
        while (extension.isReadable()) {
            protocols.add(extension
                    .readCharSequence(extension.readUnsignedByte(), StandardCharsets.US_ASCII)
                    .toString());
        }
        into.applicationProtocols = protocols;
    }
}
