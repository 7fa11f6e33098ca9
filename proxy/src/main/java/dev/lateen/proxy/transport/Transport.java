package dev.lateen.proxy.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.SocketAddress;
import java.util.Optional;

/// Makes event loops and channels of the best kind that works here.
///
/// Thread: any (immutable).
public final class Transport {
    private final boolean epoll;

    private Transport(boolean epoll) {
        this.epoll = epoll;
    }

    /// Epoll where the native library loads, else NIO.
    public static Transport detect() {
        return new Transport(Epoll.isAvailable());
    }

    /// Whether several sockets may listen on one port, the kernel spreading connections over them.
    public boolean reusePort() {
        return epoll;
    }

    public boolean isEpoll() {
        return epoll;
    }

    /// @param name of the threads
    public MultiThreadIoEventLoopGroup newLoops(int threads, String name) {
        IoHandlerFactory factory = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        return new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory(name, true), factory);
    }

    /// Empty where addresses of this kind cannot be listened on here.
    public Optional<ChannelFactory<ServerChannel>> server(SocketAddress address) {
        if (address instanceof DomainSocketAddress) {
            return epoll ? Optional.of(EpollServerDomainSocketChannel::new) : Optional.empty();
        }
        return Optional.of(epoll ? EpollServerSocketChannel::new : NioServerSocketChannel::new);
    }

    /// Empty where addresses of this kind cannot be connected to here.
    public Optional<ChannelFactory<Channel>> client(SocketAddress address) {
        if (address instanceof DomainSocketAddress) {
            return epoll ? Optional.of(EpollDomainSocketChannel::new) : Optional.empty();
        }
        return Optional.of(epoll ? EpollSocketChannel::new : NioSocketChannel::new);
    }
}
