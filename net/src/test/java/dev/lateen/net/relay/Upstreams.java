package dev.lateen.net.relay;

import dev.lateen.net.EventLoops;
import dev.lateen.net.http.ClientConnection;
import dev.lateen.net.http.HttpLimits;
import dev.lateen.net.http.HttpVersion;
import dev.lateen.net.socket.ConnectOptions;
import dev.lateen.net.socket.Connector;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Connections to one address on one loop: idle ones of HTTP/1, the same one for all of HTTP/2.
///
/// Thread: event loop.
final class Upstreams implements ClientConnection.Listener {
    private final EventLoops loops;
    private final SocketAddress address;
    private final HttpVersion version;
    private final ArrayDeque<ClientConnection> idle = new ArrayDeque<>();
    private final ArrayDeque<Consumer<@Nullable ClientConnection>> waiting = new ArrayDeque<>();
    private boolean connecting;

    Upstreams(EventLoops loops, SocketAddress address, HttpVersion version) {
        this.loops = loops;
        this.address = address;
        this.version = version;
    }

    void take(Consumer<@Nullable ClientConnection> taker) {
        ClientConnection connection = version == HttpVersion.HTTP_2 ? idle.peekFirst() : idle.pollLast();
        if (connection != null && connection.availableStreams() > 0) {
            taker.accept(connection);
        } else {
            waiting.add(taker);
            connect();
        }
    }

    private void connect() {
        if (connecting && version == HttpVersion.HTTP_2) {
            return;
        }
        connecting = true;
        new Connector(loops)
                .connect(loops.at(0), address, ConnectOptions.DEFAULT, new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {}
                })
                .addListener(future -> {
                    if (!future.isSuccess()) {
                        Consumer<@Nullable ClientConnection> taker = waiting.poll();
                        if (taker != null) {
                            taker.accept(null);
                        }
                    } else {
                        ready(((io.netty.channel.ChannelFuture) future).channel());
                    }
                });
    }

    private void ready(Channel channel) {
        ClientConnection connection = HttpCodecs.client(channel.pipeline(), version, HttpLimits.DEFAULT);
        connection.listener(this);
        connecting = false;
        if (version == HttpVersion.HTTP_2) {
            idle.add(connection);
            while (!waiting.isEmpty() && connection.availableStreams() > 0) {
                waiting.remove().accept(connection);
            }
        } else {
            onStreamAvailable(connection);
        }
    }

    @Override
    public void onStreamAvailable(ClientConnection connection) {
        Consumer<@Nullable ClientConnection> taker = connection.availableStreams() > 0 ? waiting.poll() : null;
        if (taker != null) {
            taker.accept(connection);
        } else if (version != HttpVersion.HTTP_2) {
            idle.addLast(connection);
        }
    }

    @Override
    public void onDraining(ClientConnection connection) {
        idle.remove(connection);
    }

    @Override
    public void onClosed(ClientConnection connection, String details) {
        idle.remove(connection);
    }
}
