package dev.lateen.proxy.cluster;

import dev.lateen.net.http.ClientConnection;
import dev.lateen.net.http.HttpLimits;
import dev.lateen.net.http1.Http1ClientConnection;
import io.netty.channel.Channel;

/// Puts HTTP client codecs into connected channels.
final class HttpCodecs {
    private HttpCodecs() {}

    static ClientConnection install(Channel channel, HttpPool.Wish protocol, ClusterConfig config) {
        HttpLimits limits = limits(config);
        Http1ClientConnection connection = new Http1ClientConnection(limits);
        channel.pipeline().addLast(connection);
        channel.config().setAutoRead(true);
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
                otherwise.maxResetStreamsPerSecond());
    }
}
