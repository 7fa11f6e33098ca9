package dev.lateen.proxy.tcp;

import dev.lateen.net.proxyprotocol.ProxyHeader;
import dev.lateen.proxy.cluster.Cluster;
import dev.lateen.proxy.cluster.ClusterWorker;
import dev.lateen.proxy.cluster.Host;
import dev.lateen.proxy.cluster.HostResult;
import dev.lateen.proxy.cluster.LbContext;
import dev.lateen.proxy.cluster.NameCache;
import dev.lateen.proxy.cluster.PendingStream;
import dev.lateen.proxy.cluster.RoutePriority;
import dev.lateen.proxy.cluster.StreamOptions;
import dev.lateen.proxy.cluster.TcpOptions;
import dev.lateen.proxy.cluster.TcpReady;
import dev.lateen.proxy.cluster.XxHash64;
import dev.lateen.proxy.downstream.DownstreamConnection;
import dev.lateen.proxy.stream.Addresses;
import dev.lateen.proxy.stream.ClientSource;
import dev.lateen.proxy.stream.ProxyError;
import dev.lateen.proxy.stream.ResponseFlag;
import dev.lateen.proxy.stream.StreamInfo;
import dev.lateen.proxy.telemetry.DestinationService;
import dev.lateen.proxy.telemetry.IstioMetrics;
import dev.lateen.proxy.tls.OwnIdentity;
import dev.lateen.proxy.tls.PeerIdentity;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The life of one relayed connection, top to bottom: cluster → host → connect (other hosts after a failure) → relay →
/// finish.
///
/// Thread: event loop of the downstream channel, which the upstream channel shares.
final class TcpPath implements LbContext, TcpReady, Tunnel.Outcome, RelayEnd.Owner {
    private final TcpProxy proxy;
    private final DownstreamConnection connection;
    private final StreamInfo info;
    private final RelayHandler downstream;
    private final List<Host> tried = new ArrayList<>(1);
    private PendingStream pending = PendingStream.DONE;
    private @Nullable ClusterWorker worker;
    private @Nullable String destination;
    private @Nullable Tunnel asking;
    private @Nullable RelayEnd upstream;
    private @Nullable Future<?> idleTimer;
    private @Nullable Future<?> durationTimer;
    private @Nullable Future<?> countTimer;
    /// Null until metrics know of the connection.
    private IstioMetrics.@Nullable Connection counted;

    private long lastActivityNanos;
    private boolean ended;

    TcpPath(TcpProxy proxy, DownstreamConnection connection, StreamInfo info) {
        this.proxy = proxy;
        this.connection = connection;
        this.info = info;
        this.downstream = new RelayHandler(connection.channel(), this, true);
    }

    void start() {
        Channel channel = connection.channel();
        channel.config().setAutoRead(false);
        channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        channel.pipeline().addLast(downstream);
        proxy.config()
                .maxDuration()
                .ifPresent(limit -> durationTimer =
                        channel.eventLoop().schedule(this::closeBoth, limit.toNanos(), TimeUnit.NANOSECONDS));
        Cluster cluster = proxy.clusters().get(String.valueOf(info.clusterName));
        if (cluster == null) {
            proxy.stats().noRoute.increment();
            info.flag(ResponseFlag.NO_CLUSTER_FOUND);
            info.details = ProxyError.NO_CLUSTER.details();
            closeBoth();
            return;
        }
        worker = cluster.on(channel.eventLoop());
        NameCache names = cluster.names();
        if (names == null) {
            connect();
        } else {
            awaitName(names);
        }
    }

    /// Without an address, the pick of a host tells.
    private void awaitName(NameCache names) {
        String wanted = proxy.destination(connection);
        destination = wanted;
        if (wanted == null || names.known(wanted) != null) {
            connect();
            return;
        }
        names.resolve(wanted, connection.channel().eventLoop(), _ -> {
            if (!ended) {
                connect();
            }
        });
    }

    private void connect() {
        ClusterWorker cluster = worker;
        Host host = cluster == null ? null : cluster.pick(this);
        if (cluster == null || host == null) {
            fail(ProxyError.NO_HEALTHY_UPSTREAM, ProxyError.NO_HEALTHY_UPSTREAM.details());
            return;
        }
        tried.add(host);
        info.attempts++;
        info.upstreamHost = host.address();
        info.upstreamHostMetadata = host.config().metadata().namespaces();
        info.clusterMetadata = host.cluster().config().metadata().namespaces();
        info.upstreamPeer = host.peer();
        ProxyHeader client = host.proxyProtocol() == null ? null : connection.proxyHeader();
        ClientSource source = connection.origin().source();
        Optional<TunnelConfig> tunnel = proxy.config().tunnel();
        if (tunnel.isPresent()) {
            askForTunnel(cluster, host, tunnel.get(), client, source);
            return;
        }
        TcpOptions options =
                client == null && source == null ? TcpOptions.NONE : new TcpOptions(null, List.of(), client, source);
        pending = cluster.newTcpConnection(host, options, this);
    }

    private void askForTunnel(
            ClusterWorker cluster,
            Host host,
            TunnelConfig config,
            @Nullable ProxyHeader client,
            @Nullable ClientSource source) {
        Tunnel tunnel = new Tunnel(config, info, this, this);
        asking = tunnel;
        // Whatever the cluster speaks; it may leave that to the client, which speaks no HTTP.
        PendingStream waiting =
                cluster.newStream(host, StreamOptions.HTTP2.from(client).seenAs(source), tunnel);
        if (asking == tunnel) {
            pending = waiting;
        }
    }

    @Override
    public void onReady(Channel channel, Host host) {
        pending = PendingStream.DONE;
        if (ended) {
            channel.close();
            return;
        }
        describeUpstream(channel, host);
        channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        RelayHandler other = new RelayHandler(channel, this, false);
        channel.pipeline().addLast(other);
        relay(other, host);
    }

    @Override
    public void onTunnel(Tunnel tunnel, Channel channel, Host host) {
        asking = null;
        pending = PendingStream.DONE;
        describeUpstream(channel, host);
        relay(tunnel, host);
    }

    private void describeUpstream(Channel channel, Host host) {
        info.upstreamHost = host.address();
        info.upstreamHostName = host.config().hostname();
        info.upstreamHostMetadata = host.config().metadata().namespaces();
        info.clusterMetadata = host.cluster().config().metadata().namespaces();
        info.upstreamLocal = channel.localAddress();
        info.upstreamMutualTls = host.mutualTls();
        SslHandler ssl = channel.pipeline().get(SslHandler.class);
        if (ssl != null) {
            info.upstreamTlsSession = ssl.engine().getSession();
            info.upstreamPeerUri = PeerIdentity.uriOfPeer(ssl.engine().getSession());
            info.upstreamLocalUri = OwnIdentity.uriOf(channel);
        }
    }

    private void relay(RelayEnd other, Host host) {
        host.recordResult(HostResult.LOCAL_SUCCESS);
        upstream = other;
        downstream.connect(other);
        other.connect(downstream);
        if (ended) {
            return;
        }
        countInTime();
        watchIdle();
    }

    @Override
    public void onFailure(ProxyError error, String details) {
        asking = null;
        pending = PendingStream.DONE;
        if (ended) {
            return;
        }
        if (error.retry() != ProxyError.Retry.YES) {
            fail(error, details);
            return;
        }
        tried.getLast()
                .recordResult(
                        error.equals(ProxyError.CONNECT_TIMEOUT) ? HostResult.LOCAL_TIMEOUT : HostResult.LOCAL_FAILURE);
        if (info.attempts < proxy.config().maxConnectAttempts()) {
            // What an attempt met stays in the log, as with Envoy.
            info.flag(error.flag());
            info.upstreamTransportFailure = details.isEmpty() ? null : details;
            connect();
        } else {
            info.flag(ResponseFlag.UPSTREAM_RETRY_LIMIT_EXCEEDED);
            fail(error, details);
        }
    }

    private void fail(ProxyError error, String details) {
        info.flag(error.flag());
        info.details = error.details();
        info.upstreamTransportFailure = details.isEmpty() ? null : details;
        if (worker != null) {
            boolean full = error.equals(ProxyError.OVERFLOW);
            Cluster cluster = worker.cluster();
            info.evidence()
                    .note(
                            full ? "circuit" : "hosts",
                            full ? cluster.describeLimits(RoutePriority.DEFAULT) : cluster.describeHosts());
        }
        closeBoth();
    }

    @Override
    public void onBytes(boolean fromDownstream, int count) {
        lastActivityNanos = System.nanoTime();
        if (fromDownstream) {
            info.bytesReceived += count;
        } else {
            info.bytesSent += count;
        }
    }

    @Override
    public void onClosed(boolean downstreamSide, boolean reset) {
        if (ended) {
            return;
        }
        RelayEnd relay = upstream;
        if (relay == null) {
            info.flag(ResponseFlag.DOWNSTREAM_CONNECTION_TERMINATION);
        } else if (reset && !downstreamSide) {
            info.flag(ResponseFlag.UPSTREAM_REMOTE_RESET);
        }
        RelayEnd other = downstreamSide ? relay : downstream;
        finish();
        if (other == null) {
            return;
        }
        if (reset) {
            other.abort();
        } else {
            other.closeWhenFlushed();
        }
    }

    private void closeBoth() {
        finish();
        connection.channel().close();
        if (upstream != null) {
            upstream.closeWhenFlushed();
        }
    }

    private void finish() {
        if (ended) {
            return;
        }
        ended = true;
        pending.cancel();
        if (asking != null) {
            asking.abort();
        }
        if (idleTimer != null) {
            idleTimer.cancel(false);
        }
        if (durationTimer != null) {
            durationTimer.cancel(false);
        }
        if (countTimer != null) {
            countTimer.cancel(false);
        }
        proxy.ended(info, connection.channel().eventLoop(), service(), counted);
    }

    private void countInTime() {
        long every = proxy.counting().toNanos();
        if (every > 0) {
            countTimer = connection.channel().eventLoop().schedule(this::count, every, TimeUnit.NANOSECONDS);
        }
    }

    private void count() {
        if (!ended) {
            counted = proxy.counted(info, connection.channel().eventLoop(), service(), counted);
            countInTime();
        }
    }

    private DestinationService service() {
        return worker == null ? DestinationService.UNKNOWN : worker.cluster().service();
    }

    /// One timer that looks when the last byte went by, instead of one moved by each.
    private void watchIdle() {
        Duration limit = proxy.config().idleTimeout();
        if (limit.isZero()) {
            return;
        }
        lastActivityNanos = System.nanoTime();
        idleTimer = connection.channel().eventLoop().schedule(this::checkIdle, limit.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void checkIdle() {
        long limit = proxy.config().idleTimeout().toNanos();
        long idle = System.nanoTime() - lastActivityNanos;
        if (idle >= limit) {
            proxy.stats().idleTimeouts.increment();
            info.flag(ResponseFlag.STREAM_IDLE_TIMEOUT);
            closeBoth();
        } else {
            idleTimer = connection.channel().eventLoop().schedule(this::checkIdle, limit - idle, TimeUnit.NANOSECONDS);
        }
    }

    @Override
    public @Nullable SocketAddress originalDestination() {
        return connection.originalDestination();
    }

    @Override
    public @Nullable String destination() {
        return destination;
    }

    @Override
    public boolean hasHash() {
        return proxy.config().hashesSource();
    }

    @Override
    public long hash() {
        return XxHash64.ofBytes(Addresses.host(connection.origin().remote()), 0);
    }

    @Override
    public boolean wasTried(Host host) {
        return tried.contains(host);
    }

    @Override
    public int maxHostAttempts() {
        return info.attempts == 0 ? 0 : 3;
    }
}
