package dev.lateen.net.socket;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.RawUnixChannelOption;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/// Where a redirected connection was going before iptables' REDIRECT sent it to us (SO_ORIGINAL_DST, Linux with epoll).
/// Behind TPROXY the kernel leaves the address alone, and it is simply the channel's local one.
///
/// Thread: event loop of the channel.
public final class OriginalDestination {
    private static final int SOL_IP = 0;
    private static final int SOL_IPV6 = 41;
    private static final int SO_ORIGINAL_DST = 80;
    private static final int ADDRESS_V4_BYTES = 16;
    private static final int ADDRESS_V6_BYTES = 28;
    private static final int PORT_OFFSET = 2;
    private static final int IP_V4_OFFSET = 4;
    private static final int IP_V6_OFFSET = 8;

    private static final ChannelOption<ByteBuffer> V4 =
            new RawUnixChannelOption("LATEEN_ORIGINAL_DST_V4", SOL_IP, SO_ORIGINAL_DST, ADDRESS_V4_BYTES);
    private static final ChannelOption<ByteBuffer> V6 =
            new RawUnixChannelOption("LATEEN_ORIGINAL_DST_V6", SOL_IPV6, SO_ORIGINAL_DST, ADDRESS_V6_BYTES);

    private OriginalDestination() {}

    /// The address that the client connected to, where it differs from the local one; empty where the connection was
    /// not redirected, or cannot tell.
    public static Optional<InetSocketAddress> of(Channel channel) {
        if (!(channel instanceof EpollSocketChannel) || !(channel.localAddress() instanceof InetSocketAddress local)) {
            return Optional.empty();
        }
        // A dual-stack socket carries IPv4 under mapped addresses; the kernel keeps the two families' tables apart.
        Optional<InetSocketAddress> found = read(channel, V4, IP_V4_OFFSET, 4);
        if (found.isEmpty()) {
            found = read(channel, V6, IP_V6_OFFSET, 16);
        }
        return found.filter(address -> !address.equals(local));
    }

    private static Optional<InetSocketAddress> read(
            Channel channel, ChannelOption<ByteBuffer> option, int ipOffset, int ipLength) {
        try {
            ByteBuffer raw = channel.config().getOption(option);
            return raw == null ? Optional.empty() : Optional.of(decode(raw, ipOffset, ipLength));
        } catch (RuntimeException | IOException e) {
            // ENOENT: this connection is in no NAT table. There is no cheaper way to ask.
            return Optional.empty();
        }
    }

    /// Reads a `sockaddr_in` or `sockaddr_in6`; port and address are in network order.
    static InetSocketAddress decode(ByteBuffer raw, int ipOffset, int ipLength) throws UnknownHostException {
        ByteBuffer bytes = raw.duplicate().order(ByteOrder.BIG_ENDIAN);
        int start = bytes.position();
        int port = Short.toUnsignedInt(bytes.getShort(start + PORT_OFFSET));
        byte[] ip = new byte[ipLength];
        bytes.get(start + ipOffset, ip);
        return new InetSocketAddress(InetAddress.getByAddress(ip), port);
    }
}
