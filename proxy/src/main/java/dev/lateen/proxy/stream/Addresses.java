package dev.lateen.proxy.stream;

import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/// Socket addresses as Envoy writes them: `10.0.0.1:80`, `[::1]:80`, a path.
public final class Addresses {
    private Addresses() {}

    public static String text(@Nullable SocketAddress address) {
        return switch (address) {
            case null -> "";
            case InetSocketAddress inet -> withPort(host(inet), inet.getPort());
            case DomainSocketAddress socket -> socket.path();
            default -> address.toString();
        };
    }

    /// Without the port, and without brackets.
    public static String host(SocketAddress address) {
        if (!(address instanceof InetSocketAddress inet)) {
            return text(address);
        }
        InetAddress ip = inet.getAddress();
        return ip == null ? inet.getHostString() : NetUtil.toAddressString(ip);
    }

    private static String withPort(String host, int port) {
        return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
    }
}
