package dev.lateen.proxy.transport;

import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.RawUnixChannelOption;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Where a redirected connection was going before iptables sent it here.
///
/// Source: `SO_ORIGINAL_DST` of netfilter_ipv4.h and netfilter_ipv6.h. Thread: event loop of the channel.
public final class OriginalDestination {
    private static final int SO_ORIGINAL_DST = 80;
    private static final int SOL_IP = 0;
    private static final int SOL_IPV6 = 41;
    private static final int SOCKADDR_IN_BYTES = 16;
    private static final int SOCKADDR_IN6_BYTES = 28;
    private static final int ADDRESS_OFFSET = 4;
    private static final int ADDRESS_6_OFFSET = 8;
    private static final RawUnixChannelOption V4 =
            new RawUnixChannelOption("SO_ORIGINAL_DST", SOL_IP, SO_ORIGINAL_DST, SOCKADDR_IN_BYTES);
    private static final RawUnixChannelOption V6 =
            new RawUnixChannelOption("IP6T_SO_ORIGINAL_DST", SOL_IPV6, SO_ORIGINAL_DST, SOCKADDR_IN6_BYTES);

    private OriginalDestination() {}

    /// Null where the connection was not redirected, or the system cannot tell.
    public static @Nullable InetSocketAddress of(Channel channel) {
        if (!(channel instanceof EpollSocketChannel socket)) {
            return null;
        }
        boolean v6 = socket.localAddress().getAddress() instanceof Inet6Address;
        try {
            ByteBuffer answer = channel.config().getOption(v6 ? V6 : V4);
            return answer == null ? null : address(answer, v6);
        } catch (RuntimeException _) {
            // ENOENT: no such connection in conntrack; that is how it says "not redirected".
            return null;
        }
    }

    private static @Nullable InetSocketAddress address(ByteBuffer answer, boolean v6) {
        byte[] bytes = new byte[answer.remaining()];
        answer.get(bytes);
        int port = ((bytes[2] & 0xff) << 8) | (bytes[3] & 0xff);
        byte[] ip = v6
                ? Arrays.copyOfRange(bytes, ADDRESS_6_OFFSET, ADDRESS_6_OFFSET + 16)
                : Arrays.copyOfRange(bytes, ADDRESS_OFFSET, ADDRESS_OFFSET + 4);
        try {
            return new InetSocketAddress(InetAddress.getByAddress(ip), port);
        } catch (UnknownHostException _) {
            return null;
        }
    }
}
