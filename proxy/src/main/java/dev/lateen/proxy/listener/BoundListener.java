package dev.lateen.proxy.listener;

import dev.lateen.net.socket.ListenOptions;
import dev.lateen.net.socket.Listener;
import dev.lateen.proxy.overload.Admission;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// A listener's sockets and what they serve now. The sockets stay while what they serve is replaced.
///
/// Thread: chores loop; `current` any.
final class BoundListener {
    private final Listeners listeners;
    private final List<Listener> sockets = new ArrayList<>();
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
        return sockets.stream().map(Listener::address).toList();
    }

    /// Binds all addresses, or none. Waits for the kernel.
    ///
    /// @param ours addresses that this process may share with the listener before
    /// @return empty, or why it failed
    Optional<String> bind(Collection<SocketAddress> ours) {
        ListenerConfig.SocketConfig socket = current.config().socket();
        if (!socket.bind()) {
            return Optional.empty();
        }
        ListenOptions options = new ListenOptions(socket.backlog(), 0, socket.transparent(), Optional.empty());
        Optional<String> taken = probe(current.config(), ours);
        if (taken.isPresent()) {
            return taken;
        }
        for (SocketAddress address : socket.addresses()) {
            try {
                sockets.add(Listener.bind(listeners.environment().loops(), address, options, new Acceptor()));
            } catch (IOException e) {
                close();
                return Optional.of(failure(current.config(), address, e));
            }
        }
        return Optional.empty();
    }

    /// With SO_REUSEPORT a second process could join our port unnoticed, or we its; a socket without it finds out.
    ///
    /// @return empty, or why an address cannot be listened on
    static Optional<String> probe(ListenerConfig config, Collection<SocketAddress> ours) {
        if (!config.socket().bind()) {
            return Optional.empty();
        }
        for (SocketAddress address : config.socket().addresses()) {
            if (!(address instanceof InetSocketAddress inet) || inet.getPort() == 0 || ours.contains(address)) {
                continue;
            }
            try (ServerSocket socket = new ServerSocket()) {
                socket.setReuseAddress(true);
                socket.bind(inet, 1);
            } catch (IOException e) {
                return Optional.of(failure(config, address, e));
            }
        }
        return Optional.empty();
    }

    private static String failure(ListenerConfig config, SocketAddress address, IOException cause) {
        String where = address instanceof InetSocketAddress inet
                ? inet.getAddress().getHostAddress() + ":" + inet.getPort()
                : address.toString();
        String why = String.valueOf(cause.getMessage());
        String advice = why;
        if (why.contains("in use")) {
            advice = "the address is in use; stop the other process or change the port";
        } else if (why.contains("ermission")) {
            advice = "permission denied; ports below 1024 need a privilege";
        }
        return "listener '" + config.name() + "': address: cannot listen on " + where + ": " + advice;
    }

    void accept(boolean accept) {
        sockets.forEach(accept ? Listener::resumeAccepting : Listener::pauseAccepting);
    }

    /// Stops listening; connections are not touched.
    void close() {
        sockets.forEach(Listener::close);
        sockets.clear();
    }

    /// Takes new connections.
    @io.netty.channel.ChannelHandler.Sharable
    private final class Acceptor extends ChannelInitializer<Channel> {
        @Override
        protected void initChannel(Channel channel) {
            // Reading starts when it is known who reads.
            channel.config().setAutoRead(false);
            ActiveListener listener = current;
            ListenerStats stats = listeners.stats(listener.config());
            SocketAddress client = channel.remoteAddress();
            Admission admission = listeners.environment().admission();
            Admission.Verdict verdict =
                    admission.admit(listener.config().name(), stats.connectionsActive.value(), client);
            if (verdict != Admission.Verdict.ADMITTED) {
                stats.refused(verdict);
                channel.close();
                return;
            }
            stats.connectionsTotal.increment();
            stats.connectionsActive.add(1);
            channel.closeFuture().addListener(_ -> {
                stats.connectionsActive.add(-1);
                admission.closed(client);
            });
            new AcceptedConnection(channel, listeners, listener).start();
        }
    }
}
