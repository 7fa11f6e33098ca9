package dev.lateen.proxy.http;

import dev.lateen.net.EventLoops;
import dev.lateen.net.http1.Http1ServerConnection;
import dev.lateen.net.http2.Http2ServerConnection;
import dev.lateen.net.socket.ListenOptions;
import dev.lateen.net.socket.Listener;
import dev.lateen.proxy.cluster.ClusterDecoder;
import dev.lateen.proxy.cluster.ClusterEnvironment;
import dev.lateen.proxy.cluster.Clusters;
import dev.lateen.proxy.config.Place;
import dev.lateen.proxy.config.ProtoJson;
import dev.lateen.proxy.downstream.Direction;
import dev.lateen.proxy.downstream.DownstreamConnection;
import dev.lateen.proxy.downstream.Origin;
import dev.lateen.proxy.expression.Surroundings;
import dev.lateen.proxy.http.HttpConnectionManagerConfig.RouteSource;
import dev.lateen.proxy.http.filter.OwnMetadata;
import dev.lateen.proxy.route.RouteTable;
import dev.lateen.proxy.stream.PeerInfo;
import dev.lateen.proxy.stream.StreamInfo;
import dev.lateen.proxy.telemetry.IstioReporters;
import dev.lateen.proxy.telemetry.Stats;
import dev.lateen.proxy.tracing.SpanReporters;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// The HTTP data path behind a real socket, configured as xDS would.
final class ProxyFixture implements AutoCloseable {
    final EventLoops loops = EventLoops.create("proxy", 1);
    final EventLoops chores = EventLoops.create("chores", 1);
    final Stats stats = new Stats();
    final Clusters clusters = new Clusters(new ClusterEnvironment(chores.at(0), stats));
    final BlockingQueue<StreamInfo> logged = new LinkedBlockingQueue<>();
    final BlockingQueue<String> flags = new LinkedBlockingQueue<>();
    private Listener listener;

    /// Adds a cluster with one endpoint.
    ProxyFixture cluster(String name, int port, String more) throws Exception {
        return json("""
            {"name": "%s", "type": "STATIC", "connect_timeout": "1s", %s
             "load_assignment": {"cluster_name": "%s", "endpoints": [{"lb_endpoints": [
               {"endpoint": {"address": {"socket_address": {"address": "127.0.0.1", "port_value": %d}}}}]}]}}
            """.formatted(name, more.isEmpty() ? "" : more + ",", name, port));
    }

    ProxyFixture json(String cluster) throws Exception {
        Cluster proto = new ProtoJson().parse(cluster, Cluster.newBuilder()).build();
        var config = new ClusterDecoder((_, at) -> {
                    throw at.unsupported();
                })
                .decode(proto)
                .orRefuse();
        chores.at(0).submit(() -> clusters.put(config)).get(20, TimeUnit.SECONDS);
        return this;
    }

    /// @param routes the JSON of a virtual host's `routes`
    ProxyFixture start(String routes) throws Exception {
        return start("", "", routes);
    }

    /// @param hcm further fields of the connection manager, with a comma at the end
    /// @param host further fields of the virtual host, with a comma at the end
    ProxyFixture start(String hcm, String host, String routes) throws Exception {
        return start(hcm, host, routes, "");
    }

    /// @param filters before the router, with a comma at the end
    ProxyFixture start(String hcm, String host, String routes, String filters) throws Exception {
        String json = """
            {%s "stat_prefix": "in", "http_filters": [%s {"name": "envoy.filters.http.router", "typed_config":
               {"@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"}}],
             "route_config": {"name": "r", "virtual_hosts": [{%s "name": "all", "domains": ["*"], "routes": [%s]}]}}
            """.formatted(hcm, filters, host, routes);
        HttpConnectionManager proto =
                new ProtoJson().parse(json, HttpConnectionManager.newBuilder()).build();
        HttpConnectionManagerConfig config =
                HttpConnectionManagerDecoder.decode(proto, Place.resource("listener", "test"));
        RouteTable table = new RouteTable(((RouteSource.Inline) config.routes()).config());
        var manager = new dev.lateen.proxy.http.HttpConnectionManager(
                config,
                new LiveRoutes(table),
                new HttpEnvironment(
                        clusters,
                        stats,
                        new IstioReporters(stats, PeerInfo.UNKNOWN, Surroundings.NONE),
                        new SpanReporters("test", clusters, stats),
                        OwnMetadata.of(PeerInfo.UNKNOWN, "sidecar~test", "test"),
                        dev.lateen.proxy.overload.Overload.none()),
                List.of(info -> {
                    flags.add(info.flagsText());
                    logged.add(info);
                }));
        listener = Listener.bind(
                loops,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                ListenOptions.DEFAULT,
                new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        serve(channel, config, manager);
                    }
                });
        return this;
    }

    private static void serve(
            Channel channel, HttpConnectionManagerConfig config, dev.lateen.proxy.http.HttpConnectionManager manager) {
        Origin origin = new Origin(
                channel.localAddress(),
                channel.remoteAddress(),
                channel.remoteAddress(),
                false,
                "",
                "test",
                "",
                Direction.OUTBOUND,
                null);
        var handlers = manager.handlers(new DownstreamConnection(channel, origin, null, null));
        if (config.codec() == HttpConnectionManagerConfig.Codec.HTTP2) {
            channel.pipeline().addLast(new Http2ServerConnection(config.limits(), handlers).handler());
        } else {
            channel.pipeline().addLast(new Http1ServerConnection(config.limits(), handlers));
        }
        channel.config().setAutoRead(true);
    }

    int port() {
        return listener.port();
    }

    Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port());
        socket.setSoTimeout(10_000);
        return socket;
    }

    /// Sends a request that ends the connection, and gives all that comes back.
    String call(String request) throws IOException {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    String get(String path, String... headers) throws IOException {
        StringBuilder head = new StringBuilder("GET " + path + " HTTP/1.1\r\nhost: a.test\r\nconnection: close\r\n");
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        return call(head.append("\r\n").toString());
    }

    String nextFlags() throws InterruptedException {
        return String.valueOf(flags.poll(10, TimeUnit.SECONDS));
    }

    StreamInfo nextLogged() throws InterruptedException {
        StreamInfo info = logged.poll(10, TimeUnit.SECONDS);
        if (info == null) {
            throw new AssertionError("nothing was logged");
        }
        return info;
    }

    @Override
    public void close() {
        if (listener != null) {
            listener.close();
        }
        loops.close();
        chores.close();
    }
}
