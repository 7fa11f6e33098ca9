package dev.lateen.net.http2;

import org.jspecify.annotations.Nullable;

/// What differs between the two ends of a session.
///
/// Thread: event loop of its channel.
interface Http2Role {
    /// A complete header block on a stream that is new (`exchange` is null: a request) or known.
    void onHeaders(int id, @Nullable Http2Exchange exchange, HeadAssembler fields, boolean end) throws Http2Violation;

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
