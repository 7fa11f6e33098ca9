package dev.lateen.proxy.listener;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.unix.UnixChannelOption;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// A listener's sockets, one for each event loop where the system allows it, and what they serve now. The sockets stay
/// while what they serve is replaced.
///
/// Thread: chores loop; `current` any.
final class BoundListener {
    private final Listeners listeners;
    private final List<Channel> channels = new ArrayList<>();
    private volatile ActiveListener current;

    BoundListener(Listeners listeners, ActiveListener current) {
        this.listeners = listeners;
        this.current = current;
    }

    ActiveListener current() {
        return current;
    }

    /// The one before.
    ActiveListener replace(ActiveListener next) {
        ActiveListener before = current;
        current = next;
        return before;
    }

    List<SocketAddress> localAddresses() {
        List<SocketAddress> addresses = new ArrayList<>();
        for (Channel channel : channels) {
            if (!addresses.contains(channel.localAddress())) {
                addresses.add(channel.localAddress());
            }
        }
        return addresses;
    }

    /// @param ours addresses that this process may share with the listener before
    /// @param done on the chores loop: empty, or why it failed; nothing is bound then
    void bind(Collection<SocketAddress> ours, Consumer<Optional<String>> done) {
        if (!current.config().socket().bind()) {
            done.accept(Optional.empty());
            return;
        }
        for (SocketAddress address : current.config().socket().addresses()) {
            Optional<String> taken = ours.contains(address) ? Optional.empty() : probe(address);
            if (taken.isPresent()) {
                done.accept(taken);
                return;
            }
        }
        bindNext(0, 0, current.config().socket().addresses().getFirst(), done);
    }

    /// With SO_REUSEPORT a second process could join our port unnoticed, or we its; a socket without it finds out.
    private Optional<String> probe(SocketAddress address) {
        if (!(address instanceof InetSocketAddress inet) || inet.getPort() == 0) {
            return Optional.empty();
        }
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(inet, 1);
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(failure(address, e));
        }
    }

    private String failure(SocketAddress address, Throwable cause) {
        String where = address instanceof InetSocketAddress inet
                ? inet.getAddress().getHostAddress() + ":" + inet.getPort()
                : address.toString();
        String why = String.valueOf(cause.getMessage());
        String text = why.contains("in use")
                ? "the address is in use; stop the other process or change the port"
                : why.contains("ermission") ? "permission denied; ports below 1024 need a privilege" : why;
        return "listener '" + current.config().name() + "': cannot listen on " + where + ": " + text;
    }

    /// Binds one socket after the other: a port that the system chooses is known to those after the first.
    private void bindNext(int addressIndex, int loopIndex, SocketAddress address, Consumer<Optional<String>> done) {
        ListenerEnvironment environment = listeners.environment();
        Optional<ChannelFactory<ServerChannel>> factory =
                environment.transport().server(address);
        if (factory.isEmpty()) {
            fail(address, new IOException("addresses of this kind are not supported on this system"), done);
            return;
        }
        ChannelFuture binding = bootstrap(
                        factory.get(), address, environment.loops().get(loopIndex))
                .bind(address);
        binding.addListener(_ -> environment.chores().execute(() -> {
            if (!binding.isSuccess()) {
                fail(address, binding.cause(), done);
                return;
            }
            channels.add(binding.channel());
            boolean moreLoops = environment.transport().reusePort()
                    && address instanceof InetSocketAddress
                    && loopIndex + 1 < environment.loops().size();
            List<SocketAddress> addresses = current.config().socket().addresses();
            if (moreLoops) {
                bindNext(addressIndex, loopIndex + 1, binding.channel().localAddress(), done);
            } else if (addressIndex + 1 < addresses.size()) {
                bindNext(addressIndex + 1, 0, addresses.get(addressIndex + 1), done);
            } else {
                done.accept(Optional.empty());
            }
        }));
    }

    private void fail(SocketAddress address, Throwable cause, Consumer<Optional<String>> done) {
        close();
        done.accept(Optional.of(failure(address, cause)));
    }

    private ServerBootstrap bootstrap(ChannelFactory<ServerChannel> factory, SocketAddress address, EventLoop loop) {
        ListenerConfig.SocketConfig socket = current.config().socket();
        boolean spread = !listeners.environment().transport().reusePort() || !(address instanceof InetSocketAddress);
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loop, spread && loop.parent() != null ? loop.parent() : loop)
                .channelFactory(factory)
                .option(ChannelOption.SO_BACKLOG, socket.backlog())
                .childOption(ChannelOption.AUTO_READ, false)
                .childHandler(new Acceptor());
        if (address instanceof InetSocketAddress) {
            bootstrap.option(ChannelOption.SO_REUSEADDR, true).childOption(ChannelOption.TCP_NODELAY, true);
            if (listeners.environment().transport().reusePort()) {
                bootstrap.option(UnixChannelOption.SO_REUSEPORT, true);
                if (socket.transparent()) {
                    bootstrap.option(EpollChannelOption.IP_TRANSPARENT, true);
                }
            }
        }
        return bootstrap;
    }

    /// Stops listening; connections are not touched.
    void close() {
        channels.forEach(Channel::close);
        channels.clear();
    }

    /// Takes new connections.
    private final class Acceptor extends ChannelInitializer<Channel> {
        @Override
        protected void initChannel(Channel channel) {
            ActiveListener listener = current;
            ListenerStats stats = listeners.stats(listener.config());
            if (listeners.activeConnections().value() >= listeners.environment().maxConnections()) {
                stats.overflow.increment();
                channel.close();
                return;
            }
            stats.connectionsTotal.increment();
            stats.connectionsActive.add(1);
            listeners.activeConnections().add(1);
            channel.closeFuture().addListener(_ -> {
                stats.connectionsActive.add(-1);
                listeners.activeConnections().add(-1);
            });
            new AcceptedConnection(channel, listeners, listener).start();
        }
    }
}
