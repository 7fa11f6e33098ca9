package dev.lateen.proxy.cluster;

import dev.lateen.net.ReadBuffers;
import dev.lateen.proxy.stream.ClientSource;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.IntegerUnixChannelOption;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/// Opens upstream channels. The kind of channel follows from the loop's transport.
///
/// Thread: the loop's.
final class Connector {
    private static final int SOL_SOCKET = 1;
    private static final int SO_MARK = 36;
    private static final ChannelOption<Integer> MARK =
            new IntegerUnixChannelOption("LATEEN_SO_MARK", SOL_SOCKET, SO_MARK);

    private Connector() {}

    /// Starts to connect a channel that does not read by itself. Who waits for it watches the time.
    ///
    /// @param source that the other end is to see; null for our own
    static ChannelFuture connect(
            EventLoop loop, SocketAddress address, ConnectionSettings settings, @Nullable ClientSource source) {
        boolean epoll = loop instanceof IoEventLoop io && io.isCompatible(EpollIoHandle.class);
        Bootstrap bootstrap = new Bootstrap()
                .group(loop)
                .option(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.RECVBUF_ALLOCATOR, ReadBuffers.INSTANCE)
                .option(ChannelOption.AUTO_CLOSE, true)
                .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0)
                .option(
                        ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(settings.bufferLimitBytes() / 2, settings.bufferLimitBytes()))
                .handler(new ChannelInboundHandlerAdapter());
        if (address instanceof DomainSocketAddress) {
            return bootstrap.channel(EpollDomainSocketChannel.class).connect(address);
        }
        bootstrap.channel(epoll ? EpollSocketChannel.class : NioSocketChannel.class);
        bootstrap.option(ChannelOption.TCP_NODELAY, true);
        keepAlive(bootstrap, settings.keepAlive(), epoll);
        if (source != null && epoll) {
            bootstrap.option(EpollChannelOption.IP_TRANSPARENT, true).option(MARK, source.mark());
            return bootstrap.connect(address, new InetSocketAddress(source.address(), 0));
        }
        return settings.source().equals(ConnectionSettings.ANY_SOURCE)
                ? bootstrap.connect(address)
                : bootstrap.connect(address, settings.source());
    }

    private static void keepAlive(Bootstrap bootstrap, ConnectionSettings.KeepAlive keepAlive, boolean epoll) {
        if (!keepAlive.enabled()) {
            return;
        }
        bootstrap.option(ChannelOption.SO_KEEPALIVE, true);
        if (epoll) {
            if (keepAlive.probes() > 0) {
                bootstrap.option(EpollChannelOption.TCP_KEEPCNT, keepAlive.probes());
            }
            if (keepAlive.idleSeconds() > 0) {
                bootstrap.option(EpollChannelOption.TCP_KEEPIDLE, keepAlive.idleSeconds());
            }
            if (keepAlive.intervalSeconds() > 0) {
                bootstrap.option(EpollChannelOption.TCP_KEEPINTVL, keepAlive.intervalSeconds());
            }
        }
    }

    /// Puts a handler at the end; the placeholder that the channel began with goes.
    static void install(Channel channel, io.netty.channel.ChannelHandler handler) {
        channel.pipeline().addLast(handler);
    }
}
