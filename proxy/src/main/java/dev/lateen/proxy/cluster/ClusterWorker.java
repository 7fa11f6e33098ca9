package dev.lateen.proxy.cluster;

import dev.lateen.net.http.HttpVersion;
import dev.lateen.proxy.stream.ProxyError;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslHandler;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A cluster on one event loop: its load balancer and its connections.
///
/// Thread: its event loop.
public final class ClusterWorker {
    private static final long MIN_SWEEP_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long MAX_SWEEP_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Cluster cluster;
    private final EventLoop loop;
    private final LoadBalancer balancer;
    private final IdentityHashMap<Host, HostPools> pools = new IdentityHashMap<>();
    private boolean sweeping;

    ClusterWorker(Cluster cluster, EventLoop loop) {
        this.cluster = cluster;
        this.loop = loop;
        this.balancer = new LoadBalancer(cluster.config().loadBalancing(), cluster.stats());
    }

    public Cluster cluster() {
        return cluster;
    }

    EventLoop loop() {
        return loop;
    }

    /// The host for a request, or null where no host is healthy.
    public @Nullable Host pick(LbContext context) {
        LbContext.Wish wish = context.wish();
        Host host = wish == null ? null : cluster.registry().forSession(wish.host());
        if (host == null && (wish == null || !wish.strict())) {
            host = switch (cluster.config().discovery()) {
                case Discovery.Static _, Discovery.Eds _, Discovery.Dns _ -> balancer.pick(cluster.snapshot(), context);
                case Discovery.OriginalDst _ -> cluster.originalDestination(context.originalDestination());
                case Discovery.Named _ -> named(context);
            };
        }
        if (host == null) {
            cluster.stats().noneHealthy.increment();
        }
        return host;
    }

    private @Nullable Host named(LbContext context) {
        NameCache names = cluster.names();
        return names == null ? null : names.host(context.destination());
    }

    /// Admits a request (circuit breakers), gets or opens a connection to `host` and calls back on this loop. The
    /// caller tells the host how it went (`Host.recordResult`), failures to connect included.
    public PendingStream newStream(Host host, StreamOptions options, StreamReady callback) {
        HostPools own = pools.get(host);
        if (own == null) {
            own = new HostPools(host);
            pools.put(host, own);
            startSweeping();
        }
        return own.pool(options).newStream(callback);
    }

    /// Has a connection that `ClusterCall` will find, from now on.
    void keepConnected() {
        new KeptConnection(this).open();
    }

    /// Opens a connection to `host` for one TCP session. The caller tells the host how it went (`Host.recordResult`).
    public PendingStream newTcpConnection(Host host, TcpOptions options, TcpReady callback) {
        return newTcpConnection(host, RoutePriority.DEFAULT, options, callback);
    }

    /// One that a request is the reason for, and counts as such.
    public PendingStream newTunnelEnd(Host host, RoutePriority priority, TcpOptions options, TcpReady callback) {
        return newTcpConnection(host, priority, options, new TcpReady() {
            @Override
            public void onReady(Channel channel, Host connected) {
                connected.stats().requestsTotal.getAndIncrement();
                cluster.stats().requests.attempts.increment();
                callback.onReady(channel, connected);
            }

            @Override
            public void onFailure(ProxyError error, String details) {
                callback.onFailure(error, details);
            }
        });
    }

    private PendingStream newTcpConnection(Host host, RoutePriority priority, TcpOptions options, TcpReady callback) {
        ResourceLimits limits = cluster.limits(priority);
        if (!limits.tryConnection()) {
            cluster.stats().connectionOverflow.increment();
            callback.onFailure(ProxyError.OVERFLOW, "");
            return PendingStream.DONE;
        }
        TcpOpening opening = new TcpOpening(host, limits, callback);
        opening.start(options);
        return opening;
    }

    /// Whether another retry may run now (max_retries, or the retry budget); pairs with `endRetry`.
    public boolean tryStartRetry(RoutePriority priority) {
        if (cluster.limits(priority).tryRetry()) {
            return true;
        }
        cluster.stats().requests.retryOverflow.increment();
        return false;
    }

    public void endRetry(RoutePriority priority) {
        cluster.limits(priority).releaseRetry();
    }

    /// Hosts have left the cluster, or the cluster itself has gone: their connections end when idle.
    void drainRemoved() {
        for (HostPools own : pools.values()) {
            if (own.host.removed()) {
                own.drain();
            }
        }
    }

    private void startSweeping() {
        if (!sweeping) {
            sweeping = true;
            loop.schedule(this::sweep, sweepInterval(), TimeUnit.NANOSECONDS);
        }
    }

    private long sweepInterval() {
        HttpOptions http = cluster.config().http();
        long shortest = MAX_SWEEP_NANOS;
        if (!http.idleTimeout().isZero()) {
            shortest = Math.min(shortest, http.idleTimeout().toNanos() / 4);
        }
        if (!http.maxConnectionDuration().isZero()) {
            shortest = Math.min(shortest, http.maxConnectionDuration().toNanos() / 4);
        }
        return Math.max(MIN_SWEEP_NANOS, shortest);
    }

    private void sweep() {
        long now = System.nanoTime();
        for (Iterator<HostPools> all = pools.values().iterator(); all.hasNext(); ) {
            HostPools own = all.next();
            own.sweep(now);
            if (own.host.removed() && own.isEmpty()) {
                all.remove();
            }
        }
        sweeping = false;
        if (!pools.isEmpty()) {
            startSweeping();
        }
    }

    boolean hasConnections(Host host) {
        HostPools own = pools.get(host);
        return own != null && !own.isEmpty();
    }

    /// The pools of one host; nearly all requests have the same needs.
    private final class HostPools {
        private final Host host;
        private final Map<HttpPool.Key, HttpPool> special = new HashMap<>();
        private @Nullable HttpPool http1;
        private @Nullable HttpPool http2;

        HostPools(Host host) {
            this.host = host;
        }

        HttpPool pool(StreamOptions options) {
            HttpPool.Wish wish = wish(options);
            if (options.sni() == null
                    && options.alpn().isEmpty()
                    && options.client() == null
                    && options.source() == null
                    && options.priority() == RoutePriority.DEFAULT) {
                switch (wish) {
                    case HTTP1 -> {
                        HttpPool pool = http1 != null ? http1 : newPool(wish);
                        http1 = pool;
                        return pool;
                    }
                    case HTTP2 -> {
                        HttpPool pool = http2 != null ? http2 : newPool(wish);
                        http2 = pool;
                        return pool;
                    }
                    case AUTO -> {
                        // Among the special ones.
                    }
                }
            }
            HttpPool.Key key = new HttpPool.Key(
                    options.priority(), wish, options.sni(), options.alpn(), options.client(), options.source());
            HttpPool pool = special.get(key);
            if (pool == null) {
                pool = new HttpPool(loop, host, key);
                special.put(key, pool);
            }
            return pool;
        }

        private HttpPool newPool(HttpPool.Wish wish) {
            return new HttpPool(loop, host, new HttpPool.Key(RoutePriority.DEFAULT, wish, null, List.of(), null, null));
        }

        private HttpPool.Wish wish(StreamOptions options) {
            if (options.forceHttp1()) {
                return HttpPool.Wish.HTTP1;
            }
            return switch (cluster.config().http().protocol()) {
                case HTTP1 -> HttpPool.Wish.HTTP1;
                case HTTP2 -> HttpPool.Wish.HTTP2;
                case AUTO -> HttpPool.Wish.AUTO;
                case USE_DOWNSTREAM ->
                    options.downstream() == HttpVersion.HTTP_2 ? HttpPool.Wish.HTTP2 : HttpPool.Wish.HTTP1;
            };
        }

        void drain() {
            if (http1 != null) {
                http1.drain();
            }
            if (http2 != null) {
                http2.drain();
            }
            special.values().forEach(HttpPool::drain);
        }

        void sweep(long now) {
            if (http1 != null) {
                http1.sweep(now);
            }
            if (http2 != null) {
                http2.sweep(now);
            }
            for (HttpPool pool : special.values()) {
                pool.sweep(now);
            }
            special.values().removeIf(HttpPool::isEmpty);
        }

        boolean isEmpty() {
            return (http1 == null || http1.isEmpty()) && (http2 == null || http2.isEmpty()) && special.isEmpty();
        }
    }

    /// A TCP connection on its way. It counts against the breaker until its channel closes.
    private final class TcpOpening implements UpstreamConnect.Outcome, PendingStream {
        private final Host host;
        private final ResourceLimits limits;
        private final TcpReady callback;
        private @Nullable UpstreamConnect attempt;
        private boolean over;

        TcpOpening(Host host, ResourceLimits limits, TcpReady callback) {
            this.host = host;
            this.limits = limits;
            this.callback = callback;
        }

        void start(TcpOptions options) {
            UpstreamConnect.Wishes wishes = new UpstreamConnect.Wishes(
                    options.sni(), false, options.alpn(), options.client(), options.source());
            attempt = UpstreamConnect.start(loop, host, wishes, this);
        }

        @Override
        public void onConnected(Channel channel, @Nullable SslHandler tls) {
            over = true;
            host.requestStarted();
            channel.closeFuture().addListener(_ -> {
                limits.releaseConnection();
                host.requestEnded();
            });
            callback.onReady(channel, host);
        }

        @Override
        public void onFailed(ProxyError error, String details) {
            over = true;
            limits.releaseConnection();
            callback.onFailure(error, details);
        }

        @Override
        public void cancel() {
            if (!over && attempt != null) {
                over = true;
                attempt.cancel();
                limits.releaseConnection();
            }
        }
    }
}
