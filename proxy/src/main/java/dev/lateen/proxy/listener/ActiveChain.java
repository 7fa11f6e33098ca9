package dev.lateen.proxy.listener;

import dev.lateen.proxy.downstream.ChainHandler;
import dev.lateen.proxy.downstream.DownstreamConnection;
import io.netty.channel.EventLoop;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// A filter chain in force, with the connections that it serves. Kept by identity while its configuration stays.
///
/// Thread: any.
public final class ActiveChain {
    private final FilterChainConfig config;
    private final @Nullable ServerTls tls;
    private final ChainHandler handler;
    private final Set<DownstreamConnection> connections = ConcurrentHashMap.newKeySet();
    private volatile boolean draining;
    private volatile boolean drainsIdle;

    ActiveChain(FilterChainConfig config, @Nullable ServerTls tls, ChainHandler handler) {
        this.config = config;
        this.tls = tls;
        this.handler = handler;
    }

    public FilterChainConfig config() {
        return config;
    }

    @Nullable
    ServerTls tls() {
        return tls;
    }

    /// Whether its secrets have arrived.
    boolean ready() {
        return tls == null || tls.ready();
    }

    ChainHandler handler() {
        return handler;
    }

    /// Adds its connections on a loop.
    void collectOn(EventLoop loop, List<DownstreamConnection> into) {
        for (DownstreamConnection connection : connections) {
            if (connection.channel().eventLoop().equals(loop)) {
                into.add(connection);
            }
        }
    }

    public int connectionCount() {
        return connections.size();
    }

    /// Event loop of the connection.
    void opened(DownstreamConnection connection) {
        connections.add(connection);
        connection.channel().closeFuture().addListener(_ -> connections.remove(connection));
        if (draining) {
            connection.drain(drainsIdle);
        }
    }

    /// Asks all connections to end soon; later ones too.
    ///
    /// @param idleToo close those at once that have nothing in flight; the process is about to end
    void drain(boolean idleToo) {
        drainsIdle = idleToo;
        draining = true;
        connections.forEach(connection -> connection.drain(idleToo));
    }

    /// Ends the connections that are left.
    void close() {
        connections.forEach(connection -> connection.channel().close());
        handler.close();
    }
}
