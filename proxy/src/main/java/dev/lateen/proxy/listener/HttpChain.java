package dev.lateen.proxy.listener;

import dev.lateen.net.http.ServerHandlerFactory;
import dev.lateen.net.http1.Http1ServerConnection;
import dev.lateen.net.http2.Http2ServerConnection;
import dev.lateen.proxy.downstream.ChainHandler;
import dev.lateen.proxy.downstream.DownstreamConnection;
import dev.lateen.proxy.http.HttpConnectionManager;
import dev.lateen.proxy.http.HttpConnectionManagerConfig;
import dev.lateen.proxy.stream.StreamInfo;
import io.netty.channel.Channel;

/// Serves a filter chain that ends in HTTP: chooses the codec and hands its requests to the connection manager.
///
/// Thread: `serve` the event loop of the connection.
public final class HttpChain implements ChainHandler {
    private static final String ALPN_HTTP2 = "h2";

    private final HttpConnectionManager manager;

    public HttpChain(HttpConnectionManager manager) {
        this.manager = manager;
    }

    @Override
    public void serve(DownstreamConnection connection) {
        HttpConnectionManagerConfig.Codec codec = manager.config().codec();
        String alpn = connection.alpn();
        Channel channel = connection.channel();
        switch (codec) {
            case HTTP1 -> http1(connection, false);
            case HTTP2 -> http2(connection);
            case AUTO -> {
                if (alpn != null) {
                    if (alpn.equals(ALPN_HTTP2)) {
                        http2(connection);
                    } else {
                        http1(connection, false);
                    }
                } else {
                    channel.pipeline()
                            .addLast(new PrefaceSniffer(manager.config().times().connectionIdleNanos(), http2 -> {
                                if (http2) {
                                    http2(connection);
                                } else {
                                    http1(connection, true);
                                }
                            }));
                }
            }
        }
        channel.config().setAutoRead(true);
    }

    private void http1(DownstreamConnection connection, boolean besideHttp2) {
        Http1ServerConnection http =
                new Http1ServerConnection(manager.config().limits(), handlers(connection), besideHttp2);
        connection.channel().pipeline().addLast(http);
        connection.onDrain(idleToo -> {
            if (idleToo) {
                http.drain();
            } else {
                http.closeAfterNext();
            }
        });
    }

    private void http2(DownstreamConnection connection) {
        Http2ServerConnection http = new Http2ServerConnection(manager.config().limits(), handlers(connection));
        connection.channel().pipeline().addLast(http.handler());
        connection.onDrain(_ -> http.drain());
    }

    private ServerHandlerFactory handlers(DownstreamConnection connection) {
        return manager.handlers(connection);
    }

    /// Without a request there is nothing to log.
    @Override
    public void refused(DownstreamConnection connection, StreamInfo info) {}

    @Override
    public void close() {
        manager.drain();
    }
}
