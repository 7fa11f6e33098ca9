package dev.lateen.net.socket;

import dev.lateen.net.EventLoops;
import dev.lateen.net.ReadBuffers;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;

/// Opens outgoing connections, TCP or Unix-domain (`DomainSocketAddress`, `UnixDomainSocketAddress`).
///
/// Thread: any; events come on the chosen loop.
public final class Connector {
    private final EventLoops loops;

    public Connector(EventLoops loops) {
        this.loops = loops;
    }

    /// Connects. The future fails with the system's reason, or with `ConnectTimeoutException` after
    /// `options.connectTimeout()`.
    ///
    /// @param initializer gets the channel before it connects
    public ChannelFuture connect(
            EventLoop loop, SocketAddress remote, ConnectOptions options, ChannelHandler initializer) {
        Bootstrap bootstrap = new Bootstrap()
                .group(loop)
                .option(ChannelOption.ALLOCATOR, loops.allocator())
                .option(ChannelOption.RECVBUF_ALLOCATOR, ReadBuffers.INSTANCE)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                        Math.min(Integer.MAX_VALUE, options.connectTimeout().toMillis()))
                .handler(initializer);
        boolean domain = remote instanceof DomainSocketAddress || remote instanceof UnixDomainSocketAddress;
        if (loops.isEpoll() || !domain) {
            // The JDK's Unix-domain channels know no half close.
            bootstrap.option(ChannelOption.ALLOW_HALF_CLOSURE, true);
        }
        if (domain) {
            return bootstrap
                    .channel(domainChannel())
                    .connect(loops.isEpoll() ? epollAddress(remote) : nioAddress(remote));
        }
        // Netty's TCP channels have TCP_NODELAY on as they are made.
        bootstrap.channel(loops.isEpoll() ? EpollSocketChannel.class : NioSocketChannel.class);
        tcpOptions(bootstrap, options);
        return options.source().isPresent()
                ? bootstrap.connect(remote, options.source().get())
                : bootstrap.connect(remote);
    }

    private void tcpOptions(Bootstrap bootstrap, ConnectOptions options) {
        if (options.keepAlive().isPresent()) {
            KeepAlive keepAlive = options.keepAlive().get();
            bootstrap.option(ChannelOption.SO_KEEPALIVE, true);
            if (loops.isEpoll()) {
                bootstrap.option(EpollChannelOption.TCP_KEEPIDLE, keepAlive.idleSeconds());
                bootstrap.option(EpollChannelOption.TCP_KEEPINTVL, keepAlive.intervalSeconds());
                bootstrap.option(EpollChannelOption.TCP_KEEPCNT, keepAlive.probes());
            }
        }
        if (options.transparentSource() && loops.isEpoll()) {
            bootstrap.option(EpollChannelOption.IP_TRANSPARENT, true);
        }
    }

    private Class<? extends Channel> domainChannel() {
        return loops.isEpoll() ? EpollDomainSocketChannel.class : NioDomainSocketChannel.class;
    }

    private static SocketAddress epollAddress(SocketAddress address) {
        return address instanceof UnixDomainSocketAddress unix
                ? new DomainSocketAddress(unix.getPath().toFile())
                : address;
    }

    private static SocketAddress nioAddress(SocketAddress address) {
        return address instanceof DomainSocketAddress domain ? UnixDomainSocketAddress.of(domain.path()) : address;
    }
}
