package dev.lateen.proxy.cluster;

import dev.lateen.net.http.ClientConnection;
import dev.lateen.net.http.HttpLimits;
import dev.lateen.net.http1.Http1ClientConnection;
import dev.lateen.net.http2.Http2ClientConnection;
import io.netty.channel.Channel;

/// Puts HTTP client codecs into connected channels.
final class HttpCodecs {
    private HttpCodecs() {}

    static ClientConnection install(Channel channel, HttpPool.Wish protocol, Cluster cluster) {
        boolean http2 = protocol == HttpPool.Wish.HTTP2;
        (http2 ? cluster.stats().connectionsHttp2 : cluster.stats().connectionsHttp1).increment();
        return uncounted(channel, http2, cluster);
    }

    /// For what is no traffic.
    static ClientConnection uncounted(Channel channel, boolean http2, Cluster cluster) {
        HttpLimits limits = limits(cluster.config());
        ClientConnection connection = http2 ? http2(channel, limits, cluster) : http1(channel, limits);
        channel.config().setAutoRead(true);
        return connection;
    }

    private static ClientConnection http1(Channel channel, HttpLimits limits) {
        Http1ClientConnection connection = new Http1ClientConnection(limits);
        channel.pipeline().addLast(connection);
        return connection;
    }

    private static ClientConnection http2(Channel channel, HttpLimits limits, Cluster cluster) {
        Http2ClientConnection connection = new Http2ClientConnection(limits);
        channel.pipeline().addLast(connection.handler());
        HttpOptions.Http2Options options = cluster.config().http().http2();
        if (!options.keepAliveInterval().isZero()) {
            connection.keepAlive(options.keepAliveInterval(), options.keepAliveTimeout());
        }
        return connection;
    }

    private static HttpLimits limits(ClusterConfig config) {
        HttpLimits otherwise = HttpLimits.DEFAULT;
        HttpOptions.Http2Options http2 = config.http().http2();
        return new HttpLimits(
                otherwise.maxHeaderBytes(),
                otherwise.maxHeaderCount(),
                http2.maxConcurrentStreams(),
                http2.initialStreamWindow() > 0 ? http2.initialStreamWindow() : otherwise.initialStreamWindowBytes(),
                http2.initialConnectionWindow() > 0
                        ? http2.initialConnectionWindow()
                        : otherwise.initialConnectionWindowBytes(),
                Math.min(config.connections().bufferLimitBytes(), otherwise.bufferLimitBytes()),
                otherwise.headersTimeout(),
                otherwise.allowHttp10(),
                otherwise.maxResetStreamsPerSecond(),
                config.http().keepsSpelling());
    }
}
