package dev.lateen.net.proxyprotocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.NetUtil;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Whose connection is relayed: from which address to which.
///
/// Source: the PROXY protocol, versions 1 and 2. Thread: any (immutable).
public record ProxyHeader(InetSocketAddress source, InetSocketAddress destination) {
    private static final byte[] SIGNATURE = {0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a};
    private static final int COMMAND_LOCAL = 0x20;
    private static final int COMMAND_PROXY = 0x21;
    private static final int TCP4 = 0x11;
    private static final int TCP6 = 0x21;
    private static final int ADDRESSES4 = 12;
    private static final int ADDRESSES6 = 36;
    private static final int TLV_HEAD = 3;

    /// A further field of version 2.
    ///
    /// @param value at most 65,535 bytes; not copied
    @SuppressWarnings("ArrayRecordComponent") // Written and compared by identity only.
    public record Tlv(int type, byte[] value) {}

    /// The line of version 1; `header` null: whose connection it is, is not known.
    public static ByteBuf version1(@Nullable ProxyHeader header, ByteBufAllocator allocator) {
        ByteBuf out = allocator.buffer(128);
        if (header == null) {
            out.writeCharSequence("PROXY UNKNOWN\r\n", StandardCharsets.US_ASCII);
            return out;
        }
        String family = header.isIpv4() ? "TCP4 " : "TCP6 ";
        out.writeCharSequence(
                "PROXY " + family + header.text(header.source) + ' ' + header.text(header.destination) + ' '
                        + header.source.getPort() + ' ' + header.destination.getPort() + "\r\n",
                StandardCharsets.US_ASCII);
        return out;
    }

    /// The bytes of version 2; `header` null: the connection is the proxy's own.
    public static ByteBuf version2(@Nullable ProxyHeader header, List<Tlv> tlvs, ByteBufAllocator allocator) {
        int length = header == null ? 0 : header.isIpv4() ? ADDRESSES4 : ADDRESSES6;
        for (Tlv tlv : tlvs) {
            length += TLV_HEAD + tlv.value.length;
        }
        ByteBuf out = allocator.buffer(SIGNATURE.length + 4 + length);
        out.writeBytes(SIGNATURE);
        if (header == null) {
            out.writeByte(COMMAND_LOCAL).writeByte(0).writeShort(length);
        } else {
            out.writeByte(COMMAND_PROXY)
                    .writeByte(header.isIpv4() ? TCP4 : TCP6)
                    .writeShort(length);
            out.writeBytes(header.bytes(header.source)).writeBytes(header.bytes(header.destination));
            out.writeShort(header.source.getPort()).writeShort(header.destination.getPort());
        }
        for (Tlv tlv : tlvs) {
            out.writeByte(tlv.type).writeShort(tlv.value.length).writeBytes(tlv.value);
        }
        return out;
    }

    private boolean isIpv4() {
        return source.getAddress() instanceof Inet4Address && destination.getAddress() instanceof Inet4Address;
    }

    /// In IPv6's form unless both are IPv4.
    private String text(InetSocketAddress address) {
        InetAddress ip = address.getAddress();
        return isIpv4() || !(ip instanceof Inet4Address)
                ? NetUtil.toAddressString(ip)
                : "::ffff:" + NetUtil.toAddressString(ip);
    }

    private byte[] bytes(InetSocketAddress address) {
        byte[] bytes = address.getAddress().getAddress();
        if (isIpv4() || bytes.length == 16) {
            return bytes;
        }
        byte[] mapped = new byte[16];
        mapped[10] = (byte) 0xff;
        mapped[11] = (byte) 0xff;
        System.arraycopy(bytes, 0, mapped, 12, bytes.length);
        return mapped;
    }
}
