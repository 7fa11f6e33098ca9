package dev.lateen.net.http2;

import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/// What differs between the two ends of a session.
///
/// Thread: event loop of its channel.
interface Http2Role {
    /// A HEADERS frame on a stream that is unknown (`exchange` is null: a request) or known.
    void onHeaders(Http2Stream stream, @Nullable Http2Exchange exchange, Http2Headers headers, boolean end)
            throws Http2Exception;

    /// A stream has left the session's table.
    void onStreamEnded();

    /// The settings of the peer have arrived.
    void onPeerSettings();

    void onGoAway();

    /// Refused by the codec before a handler saw it.
    void onRejected(int status, String details);

    /// The connection has closed; its streams have been reset.
    void onClosed(String details);
}
