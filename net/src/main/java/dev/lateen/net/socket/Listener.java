package dev.lateen.net.socket;

import dev.lateen.net.EventLoops;
import dev.lateen.net.ReadBuffers;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.UnixChannelOption;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.ArrayList;
import java.util.List;

/// A listening address, accepted on every loop: with epoll each loop has an acceptor of its own (SO_REUSEPORT), so a
/// connection is born on the loop that will serve it.
///
/// Thread: any.
// A write or close that fails closes the channel, which is how everybody hears of it.
@SuppressWarnings("FutureReturnValueIgnored")
public final class Listener implements AutoCloseable {
    private final List<Channel> acceptors;
    private final ConnectionLimit connections;

    private Listener(List<Channel> acceptors, ConnectionLimit connections) {
        this.acceptors = List.copyOf(acceptors);
        this.connections = connections;
    }

    /// Binds and starts to accept. Waits for the kernel, so not to be called on a loop.
    ///
    /// @param address port 0 lets the kernel choose, see `address()`; a Unix-domain address has one acceptor
    /// @param initializer is added to each accepted channel on its loop (a `ChannelInitializer`, or sharable)
    /// @throws IOException naming the address and the system's reason
    public static Listener bind(
            EventLoops loops, SocketAddress address, ListenOptions options, ChannelHandler initializer)
            throws IOException {
        ConnectionLimit connections = new ConnectionLimit(options.maxConnections());
        List<Channel> acceptors = new ArrayList<>();
        boolean domain = address instanceof DomainSocketAddress || address instanceof UnixDomainSocketAddress;
        int count = loops.isEpoll() && !domain ? loops.all().size() : 1;
        SocketAddress next = domain ? domainAddress(loops, address) : address;
        for (int index = 0; index < count; index++) {
            ServerBootstrap bootstrap = bootstrap(loops, loops.at(index), count > 1, domain, options)
                    .handler(acceptorHandler(connections))
                    .childHandler(initializer);
            ChannelFuture bound = bootstrap.bind(next).awaitUninterruptibly();
            if (!bound.isSuccess()) {
                acceptors.forEach(Channel::close);
                throw new IOException("cannot listen on " + address + ": " + reason(bound.cause()), bound.cause());
            }
            acceptors.add(bound.channel());
            next = bound.channel().localAddress();
        }
        return new Listener(acceptors, connections);
    }

    private static String reason(Throwable cause) {
        String message = cause.getMessage();
        return message == null ? cause.getClass().getSimpleName() : message;
    }

    private static ChannelHandler acceptorHandler(ConnectionLimit connections) {
        return new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.pipeline().addLast(connections);
            }
        };
    }

    private static ServerBootstrap bootstrap(
            EventLoops loops, EventLoop loop, boolean shared, boolean domain, ListenOptions options) {
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loop, shared || loops.all().size() == 1 ? loop : loop.parent())
                .channel(channelClass(loops, domain))
                .option(ChannelOption.SO_BACKLOG, options.backlog())
                .childOption(ChannelOption.ALLOCATOR, loops.allocator())
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, ReadBuffers.INSTANCE);
        if (loops.isEpoll() || !domain) {
            // The JDK's Unix-domain channels know no half close.
            bootstrap.childOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        }
        if (domain) {
            return bootstrap;
        }
        bootstrap.option(
                ChannelOption.SO_REUSEADDR, true); // Netty's TCP channels have TCP_NODELAY on as they are made.
        if (shared) {
            bootstrap.option(UnixChannelOption.SO_REUSEPORT, true);
        }
        if (options.transparent() && loops.isEpoll()) {
            bootstrap.option(EpollChannelOption.IP_TRANSPARENT, true);
        }
        if (options.keepAlive().isPresent()) {
            KeepAlive keepAlive = options.keepAlive().get();
            bootstrap.childOption(ChannelOption.SO_KEEPALIVE, true);
            if (loops.isEpoll()) {
                bootstrap
                        .childOption(EpollChannelOption.TCP_KEEPIDLE, keepAlive.idleSeconds())
                        .childOption(EpollChannelOption.TCP_KEEPINTVL, keepAlive.intervalSeconds())
                        .childOption(EpollChannelOption.TCP_KEEPCNT, keepAlive.probes());
            }
        }
        return bootstrap;
    }

    private static Class<? extends ServerChannel> channelClass(EventLoops loops, boolean domain) {
        if (domain) {
            return loops.isEpoll() ? EpollServerDomainSocketChannel.class : NioServerDomainSocketChannel.class;
        }
        return loops.isEpoll() ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    }

    private static SocketAddress domainAddress(EventLoops loops, SocketAddress address) {
        if (loops.isEpoll()) {
            return address instanceof UnixDomainSocketAddress unix
                    ? new DomainSocketAddress(unix.getPath().toFile())
                    : address;
        }
        return address instanceof DomainSocketAddress domain ? UnixDomainSocketAddress.of(domain.path()) : address;
    }

    /// The bound address; its port is the real one.
    public SocketAddress address() {
        return acceptors.getFirst().localAddress();
    }

    /// The bound TCP port, or 0 for a Unix-domain address.
    public int port() {
        return address() instanceof InetSocketAddress inet ? inet.getPort() : 0;
    }

    /// Accepted connections that are still open.
    public int openConnections() {
        return connections.open();
    }

    /// Connections closed because of `ListenOptions.maxConnections`.
    public int refusedConnections() {
        return connections.refused();
    }

    /// Leaves new connections in the kernel's backlog.
    public void pauseAccepting() {
        acceptors.forEach(acceptor -> acceptor.config().setAutoRead(false));
    }

    public void resumeAccepting() {
        acceptors.forEach(acceptor -> acceptor.config().setAutoRead(true));
    }

    /// Stops listening; accepted connections go on.
    @Override
    public void close() {
        acceptors.forEach(Channel::close);
    }
}
