package dev.lateen.proxy.tcp;

import dev.lateen.proxy.accesslog.AccessLogger;
import dev.lateen.proxy.cluster.Clusters;
import dev.lateen.proxy.downstream.ChainHandler;
import dev.lateen.proxy.downstream.DownstreamConnection;
import dev.lateen.proxy.stream.StreamInfo;
import dev.lateen.proxy.telemetry.Counter;
import dev.lateen.proxy.telemetry.DestinationService;
import dev.lateen.proxy.telemetry.IstioMetrics;
import dev.lateen.proxy.telemetry.Stats;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/// The TCP proxy of one filter chain: makes a `TcpPath` for each connection.
///
/// Thread: `serve` the event loop of the connection.
public final class TcpProxy implements ChainHandler {
    private final TcpProxyConfig config;
    private final ServerNameUse names;
    private final Clusters clusters;
    private final TcpTelemetry telemetry;
    private final TcpStats stats;
    private final InstantSource clock;

    /// What the client's SNI means.
    ///
    /// @param cluster it is the cluster's name (the `sni_cluster` filter)
    /// @param port of the destination that it names (the `sni_dynamic_forward_proxy` filter); 0: it names none
    public record ServerNameUse(boolean cluster, int port) {}

    public TcpProxy(
            TcpProxyConfig config,
            ServerNameUse names,
            Clusters clusters,
            TcpTelemetry telemetry,
            Stats stats,
            InstantSource clock) {
        this.config = config;
        this.names = names;
        this.clusters = clusters;
        this.telemetry = telemetry;
        this.stats = new TcpStats(stats, config.statPrefix());
        this.clock = clock;
    }

    @Override
    public void serve(DownstreamConnection connection) {
        StreamInfo info = new StreamInfo();
        info.startEpochMillis = clock.millis();
        info.startNanos = System.nanoTime();
        connection.describe(info);
        info.clusterName = chooseCluster(connection);
        stats.connectionsTotal.increment();
        new TcpPath(this, connection, info).start();
    }

    @Override
    public void refused(DownstreamConnection connection, StreamInfo info) {
        info.clusterName = chooseCluster(connection);
        stats.connectionsTotal.increment();
        ended(info, connection.channel().eventLoop(), DestinationService.UNKNOWN, null);
    }

    private String chooseCluster(DownstreamConnection connection) {
        if (names.cluster && !connection.origin().serverName().isEmpty()) {
            return connection.origin().serverName();
        }
        List<TcpProxyConfig.WeightedCluster> weighted = config.clusters();
        if (weighted.size() == 1) {
            return weighted.getFirst().name();
        }
        int draw = ThreadLocalRandom.current().nextInt(config.totalWeight());
        for (TcpProxyConfig.WeightedCluster cluster : weighted) {
            draw -= cluster.weight();
            if (draw < 0) {
                return cluster.name();
            }
        }
        return weighted.getLast().name();
    }

    /// The destination that a connection names, `name:port`; null for none.
    @Nullable
    String destination(DownstreamConnection connection) {
        String name = connection.origin().serverName();
        return names.port == 0 || name.isEmpty() ? null : name + ":" + names.port;
    }

    TcpProxyConfig config() {
        return config;
    }

    Clusters clusters() {
        return clusters;
    }

    TcpStats stats() {
        return stats;
    }

    /// How often `counted` is to be called while a connection is open; zero for never.
    Duration counting() {
        IstioMetrics istio = telemetry.istio();
        return istio == null ? Duration.ZERO : istio.tcpReporting();
    }

    /// The connection has its upstream and is still open.
    ///
    /// @param before what this returned before; null at first
    IstioMetrics.@Nullable Connection counted(
            StreamInfo info, EventLoop loop, DestinationService service, IstioMetrics.@Nullable Connection before) {
        IstioMetrics.Connection connection = before == null ? report(info, loop, service) : before;
        if (connection != null) {
            connection.bytes(info);
        }
        return connection;
    }

    private IstioMetrics.@Nullable Connection report(StreamInfo info, EventLoop loop, DestinationService service) {
        IstioMetrics istio = telemetry.istio();
        if (istio == null) {
            return null;
        }
        if (info.downstreamPeerUri != null) {
            info.downstreamPeer = clusters.peers().find(info.downstreamRemote, info.downstreamPeer, System.nanoTime());
        }
        return istio.on(loop).tcpOpened(info, service);
    }

    /// The connection has ended, whether it ever had an upstream or not.
    ///
    /// @param before what `counted` returned; null where it was not called
    void ended(StreamInfo info, EventLoop loop, DestinationService service, IstioMetrics.@Nullable Connection before) {
        info.endNanos = System.nanoTime();
        stats.bytesReceived.add(info.bytesReceived);
        stats.bytesSent.add(info.bytesSent);
        IstioMetrics.Connection connection = before == null ? report(info, loop, service) : before;
        if (connection != null) {
            connection.closed(info);
        }
        for (AccessLogger logger : telemetry.loggers()) {
            logger.log(info);
        }
    }

    @Override
    public void close() {}

    /// Numbers of one `stat_prefix`, under Envoy's names.
    static final class TcpStats {
        final Counter connectionsTotal;
        final Counter noRoute;
        final Counter bytesReceived;
        final Counter bytesSent;
        final Counter idleTimeouts;

        TcpStats(Stats stats, String prefix) {
            String name = "tcp." + prefix + ".";
            connectionsTotal = stats.counter(name + "downstream_cx_total");
            noRoute = stats.counter(name + "downstream_cx_no_route");
            bytesReceived = stats.counter(name + "downstream_cx_rx_bytes_total");
            bytesSent = stats.counter(name + "downstream_cx_tx_bytes_total");
            idleTimeouts = stats.counter(name + "idle_timeout");
        }
    }
}
