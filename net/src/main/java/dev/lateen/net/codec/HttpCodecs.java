package dev.lateen.net.codec;

import dev.lateen.net.http.ClientConnection;
import dev.lateen.net.http.HttpConnection;
import dev.lateen.net.http.HttpLimits;
import dev.lateen.net.http.HttpVersion;
import dev.lateen.net.http.ServerHandlerFactory;
import dev.lateen.net.http1.Http1ClientConnection;
import dev.lateen.net.http1.Http1ServerConnection;
import dev.lateen.net.http2.Http2ClientConnection;
import dev.lateen.net.http2.Http2ServerConnection;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;

/// Installs HTTP at the end of a pipeline. Behind TLS, call it after the handshake, or use `serverAfterHandshake`.
///
/// Thread: event loop of the channel.
public final class HttpCodecs {
    private static final String ALPN_HTTP_2 = "h2";

    private HttpCodecs() {}

    /// The server end of a version that is known: HTTP/1 for 1.0 and 1.1.
    public static HttpConnection server(
            ChannelPipeline pipeline, HttpVersion version, HttpLimits limits, ServerHandlerFactory handlers) {
        return switch (version) {
            case HTTP_1_0, HTTP_1_1 -> {
                Http1ServerConnection connection = new Http1ServerConnection(limits, handlers);
                pipeline.addLast(connection);
                yield connection;
            }
            case HTTP_2 -> {
                Http2ServerConnection connection = new Http2ServerConnection(limits, handlers);
                pipeline.addLast(connection.handler());
                yield connection;
            }
        };
    }

    /// The client end of a version that is known.
    public static ClientConnection client(ChannelPipeline pipeline, HttpVersion version, HttpLimits limits) {
        return switch (version) {
            case HTTP_1_0, HTTP_1_1 -> {
                Http1ClientConnection connection = new Http1ClientConnection(limits);
                pipeline.addLast(connection);
                yield connection;
            }
            case HTTP_2 -> {
                Http2ClientConnection connection = new Http2ClientConnection(limits);
                pipeline.addLast(connection.handler());
                yield connection;
            }
        };
    }

    /// What ALPN agreed on; HTTP/1.1 where it agreed on nothing.
    public static HttpVersion negotiated(SslHandler ssl) {
        return ALPN_HTTP_2.equals(ssl.applicationProtocol()) ? HttpVersion.HTTP_2 : HttpVersion.HTTP_1_1;
    }

    /// Waits for the TLS handshake in front of it, then installs the server end that ALPN chose. A failed handshake
    /// closes the channel.
    public static ChannelInboundHandlerAdapter serverAfterHandshake(HttpLimits limits, ServerHandlerFactory handlers) {
        return new AfterHandshake(limits, handlers);
    }

    // A close that fails has nobody left to tell.
    @SuppressWarnings("FutureReturnValueIgnored")
    private static final class AfterHandshake extends ChannelInboundHandlerAdapter {
        private final HttpLimits limits;
        private final ServerHandlerFactory handlers;

        AfterHandshake(HttpLimits limits, ServerHandlerFactory handlers) {
            this.limits = limits;
            this.handlers = handlers;
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            ctx.fireUserEventTriggered(event);
            if (event instanceof SslHandshakeCompletionEvent completion) {
                SslHandler ssl = ctx.pipeline().get(SslHandler.class);
                if (completion.isSuccess() && ssl != null) {
                    server(ctx.pipeline(), negotiated(ssl), limits, handlers);
                    ctx.pipeline().remove(this);
                } else {
                    ctx.close();
                }
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }
}
