package dev.lateen.proxy.cluster;

import dev.lateen.net.http.ClientConnection;
import dev.lateen.net.proxyprotocol.ProxyHeader;
import dev.lateen.proxy.stream.ClientSource;
import dev.lateen.proxy.stream.ProxyError;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslHandler;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// HTTP connections to one host for requests with equal needs. The connection used last is used next, so that a pool
/// shrinks to what it needs; requests wait in the order in which they came.
///
/// Source: Envoy documentation, "Connection pooling" and "Circuit breaking".
///
/// Thread: its event loop.
final class HttpPool {
    /// What pools are told apart by. The needs of requests whose connections may not be shared.
    record Key(
            RoutePriority priority,
            Wish wish,
            @Nullable String sni,
            List<String> alpn,
            @Nullable ProxyHeader client,
            @Nullable ClientSource source) {}

    enum Wish {
        HTTP1,
        HTTP2,
        /// What the handshake yields.
        AUTO
    }

    private static final List<String> AUTO_ALPN = List.of("h2", "http/1.1");

    private final EventLoop loop;
    private final Host host;
    private final Key key;
    private final ResourceLimits limits;
    private final ClusterStats stats;
    private final HttpOptions options;
    private final ArrayDeque<PooledConnection> ready = new ArrayDeque<>();
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private final List<PooledConnection> connections = new ArrayList<>();
    private final List<Opening> openings = new ArrayList<>();
    private boolean draining;

    HttpPool(EventLoop loop, Host host, Key key) {
        this.loop = loop;
        this.host = host;
        this.key = key;
        this.limits = host.cluster().limits(key.priority);
        this.stats = host.cluster().stats();
        this.options = host.cluster().config().http();
    }

    PendingStream newStream(StreamReady callback) {
        PooledConnection connection = ready.peekFirst();
        if (connection != null) {
            if (!limits.tryRequest()) {
                overflow(callback);
                return PendingStream.DONE;
            }
            connection.attach(callback);
            return PendingStream.DONE;
        }
        if (!limits.tryPending()) {
            overflow(callback);
            return PendingStream.DONE;
        }
        stats.pendingTotal.increment();
        Waiting request = new Waiting(callback);
        waiting.addLast(request);
        openWhereNeeded();
        return request;
    }

    private void overflow(StreamReady callback) {
        stats.pendingOverflow.increment();
        callback.onFailure(ProxyError.OVERFLOW, "");
    }

    /// One connection for each request that waits, as far as those on their way will not do.
    private void openWhereNeeded() {
        int capacity = 0;
        for (Opening opening : openings) {
            capacity += opening.expectedStreams();
        }
        while (capacity < waiting.size()) {
            if (!limits.tryConnection()) {
                stats.connectionOverflow.increment();
                if (!connections.isEmpty() || !openings.isEmpty()) {
                    return;
                }
                // Without any connection the requests would wait for ever.
                limits.forceConnection();
            }
            Opening opening = new Opening();
            openings.add(opening);
            capacity += opening.expectedStreams();
            opening.start();
        }
    }

    private void serveWaiting() {
        while (!waiting.isEmpty()) {
            PooledConnection connection = ready.peekFirst();
            if (connection == null) {
                openWhereNeeded();
                return;
            }
            Waiting request = waiting.removeFirst();
            request.left = true;
            limits.releasePending();
            if (limits.tryRequest()) {
                connection.attach(request.callback);
            } else {
                overflow(request.callback);
            }
        }
    }

    private void failWaiting(ProxyError error, String details) {
        // A retry may ask this pool again from within its callback: those wait for the next connection.
        List<Waiting> failed = List.copyOf(waiting);
        waiting.clear();
        for (Waiting request : failed) {
            request.left = true;
            limits.releasePending();
        }
        for (Waiting request : failed) {
            stats.pendingFailureEject.increment();
            request.callback.onFailure(error, details);
        }
    }

    /// Connections end when they are idle; requests that wait are still served.
    void drain() {
        draining = true;
        for (PooledConnection connection : List.copyOf(connections)) {
            connection.drain();
        }
    }

    boolean isEmpty() {
        return connections.isEmpty() && openings.isEmpty() && waiting.isEmpty();
    }

    /// Closes what has been idle or open for too long.
    void sweep(long now) {
        for (int index = connections.size() - 1; index >= 0; index--) {
            connections.get(index).sweep(now);
        }
    }

    private final class Waiting implements PendingStream {
        private final StreamReady callback;
        private boolean left;

        Waiting(StreamReady callback) {
            this.callback = callback;
        }

        @Override
        public void cancel() {
            if (!left) {
                left = true;
                waiting.remove(this);
                limits.releasePending();
                stats.cancelled.increment();
            }
        }
    }

    /// A connection on its way.
    private final class Opening implements UpstreamConnect.Outcome {
        int expectedStreams() {
            return key.wish == Wish.HTTP2 ? Math.max(1, options.http2().maxConcurrentStreams()) : 1;
        }

        void start() {
            List<String> alpn = key.alpn.isEmpty() && key.wish == Wish.AUTO ? AUTO_ALPN : key.alpn;
            UpstreamConnect.start(
                    loop,
                    host,
                    new UpstreamConnect.Wishes(key.sni, options.autoSanValidation(), alpn, key.client, key.source),
                    this);
        }

        @Override
        public void onConnected(Channel channel, @Nullable SslHandler tls) {
            openings.remove(this);
            PooledConnection connection =
                    new PooledConnection(HttpCodecs.install(channel, protocol(tls), host.cluster()));
            connections.add(connection);
            if (draining) {
                connection.settle();
                connection.drain();
            } else {
                connection.settle();
            }
        }

        private Wish protocol(@Nullable SslHandler tls) {
            if (key.wish != Wish.AUTO) {
                return key.wish;
            }
            String negotiated = tls == null ? null : tls.applicationProtocol();
            return negotiated != null && negotiated.endsWith("h2") ? Wish.HTTP2 : Wish.HTTP1;
        }

        @Override
        public void onFailed(ProxyError error, String details) {
            openings.remove(this);
            limits.releaseConnection();
            failWaiting(error, details);
            // Whoever asked again meanwhile, where this was the only connection on its way.
            openWhereNeeded();
        }
    }

    /// An open connection with what this pool knows of it.
    private final class PooledConnection implements ClientConnection.Listener {
        private final ClientConnection connection;
        private final long since = System.nanoTime();
        private long idleSince = since;
        private long charged;
        private long released;
        private boolean listed;
        private boolean leaving;
        private boolean closed;

        PooledConnection(ClientConnection connection) {
            this.connection = connection;
            connection.listener(this);
        }

        /// Hands the connection out; the request has been admitted.
        void attach(StreamReady callback) {
            boolean reused = charged > 0;
            charged++;
            if (isLast() || connection.availableStreams() <= 1) {
                unlist();
            }
            host.requestStarted();
            host.stats().requestsTotal.getAndIncrement();
            stats.requests.attempts.increment();
            callback.onReady(connection, host, reused);
            if (connection.openedStreams() < charged) {
                // It was not used after all.
                charged--;
                host.requestEnded();
                limits.releaseRequest();
            }
            settle();
        }

        private boolean isLast() {
            return options.maxRequestsPerConnection() > 0 && charged >= options.maxRequestsPerConnection();
        }

        /// Releases what streams that ended had taken, and finds this connection's place in the pool.
        void settle() {
            long ended = charged - (closed ? 0 : connection.activeStreams());
            for (; released < ended; released++) {
                host.requestEnded();
                limits.releaseRequest();
            }
            if (closed) {
                return;
            }
            if (isLast() && !leaving) {
                stats.connectionMaxRequests.increment();
                drain();
                return;
            }
            if (!leaving && connection.availableStreams() > 0) {
                if (charged == released) {
                    idleSince = System.nanoTime();
                }
                if (!listed) {
                    listed = true;
                    ready.addFirst(this);
                }
                serveWaiting();
            }
        }

        void drain() {
            leaving = true;
            unlist();
            if (!closed) {
                connection.drain();
            }
        }

        private void unlist() {
            if (listed) {
                listed = false;
                ready.remove(this);
            }
        }

        void sweep(long now) {
            if (closed || leaving) {
                return;
            }
            long idle = options.idleTimeout().toNanos();
            long maximum = options.maxConnectionDuration().toNanos();
            if (idle > 0 && charged == released && now - idleSince >= idle) {
                stats.connectionIdleTimeouts.increment();
                drain();
            } else if (maximum > 0 && now - since >= maximum) {
                drain();
            }
        }

        @Override
        public void onStreamAvailable(ClientConnection ignored) {
            settle();
        }

        @Override
        public void onDraining(ClientConnection ignored) {
            leaving = true;
            unlist();
        }

        @Override
        public void onClosed(ClientConnection ignored, String details) {
            if (closed) {
                return;
            }
            closed = true;
            unlist();
            connections.remove(this);
            limits.releaseConnection();
            settle();
            if (!waiting.isEmpty()) {
                openWhereNeeded();
            }
        }
    }
}
