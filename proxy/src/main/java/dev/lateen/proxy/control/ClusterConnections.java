package dev.lateen.proxy.control;

import dev.lateen.net.http.HttpLimits;
import dev.lateen.net.http2.Http2ClientConnection;
import dev.lateen.proxy.cluster.Cluster;
import dev.lateen.proxy.cluster.ClusterWorker;
import dev.lateen.proxy.cluster.Clusters;
import dev.lateen.proxy.cluster.Host;
import dev.lateen.proxy.cluster.LbContext;
import dev.lateen.proxy.cluster.PendingStream;
import dev.lateen.proxy.cluster.TcpOptions;
import dev.lateen.proxy.cluster.TcpReady;
import dev.lateen.proxy.stream.ProxyError;
import dev.lateen.xds.client.GrpcAdsTransport;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.util.List;

/// Opens HTTP/2 connections to the control plane through a static cluster of the bootstrap.
///
/// Thread: chores loop.
final class ClusterConnections implements GrpcAdsTransport.Connections {
    private final Clusters clusters;
    private final EventLoop chores;
    private final String name;

    ClusterConnections(Clusters clusters, EventLoop chores, String name) {
        this.clusters = clusters;
        this.chores = chores;
        this.name = name;
    }

    @Override
    public void connect(GrpcAdsTransport.Result result) {
        Cluster cluster = clusters.get(name);
        ClusterWorker worker = cluster == null ? null : cluster.on(chores);
        Host host = worker == null ? null : worker.pick(LbContext.ANY);
        if (worker == null || host == null) {
            result.onFailed("no host in cluster " + name);
            return;
        }
        PendingStream _ =
                worker.newTcpConnection(host, new TcpOptions(null, List.of("h2"), null, null), new TcpReady() {
                    @Override
                    public void onReady(Channel channel, Host connected) {
                        Http2ClientConnection connection = new Http2ClientConnection(HttpLimits.DEFAULT);
                        channel.pipeline().addLast(connection.handler());
                        channel.config().setAutoRead(true);
                        result.onConnected(connection);
                    }

                    @Override
                    public void onFailure(ProxyError error, String details) {
                        result.onFailed(
                                host.address() + ": " + error.name() + (details.isEmpty() ? "" : ": " + details));
                    }
                });
    }
}
