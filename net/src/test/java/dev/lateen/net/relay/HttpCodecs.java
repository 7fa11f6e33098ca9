package dev.lateen.net.relay;

import dev.lateen.net.http.ClientConnection;
import dev.lateen.net.http.HttpConnection;
import dev.lateen.net.http.HttpLimits;
import dev.lateen.net.http.HttpVersion;
import dev.lateen.net.http.ServerHandlerFactory;
import dev.lateen.net.http1.Http1ClientConnection;
import dev.lateen.net.http1.Http1ServerConnection;
import dev.lateen.net.http2.Http2ClientConnection;
import dev.lateen.net.http2.Http2ServerConnection;
import io.netty.channel.ChannelPipeline;

/// Installs HTTP at the end of a pipeline.
///
/// Thread: event loop of the channel.
final class HttpCodecs {
    private HttpCodecs() {}

    /// The server end of a version that is known: HTTP/1 for 1.0 and 1.1.
    static HttpConnection server(
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
    static ClientConnection client(ChannelPipeline pipeline, HttpVersion version, HttpLimits limits) {
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
}
