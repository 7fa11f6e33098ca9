package dev.lateen.net.http;

import io.netty.buffer.ByteBuf;

/// What the other end does to a stream after its head. Exactly one of `onData(…, true)`, `onTrailers` and `onReset` is
/// the last call about incoming bytes; `onReset` may also follow the end, while the opposite direction is still open.
///
/// Thread: event loop of its channel.
public interface StreamListener {
    /// A piece of the body; its ownership passes to the listener, which must release it or hand it on. May be empty
    /// only when `end` is true.
    void onData(ByteBuf data, boolean end);

    /// Trailers end the stream.
    void onTrailers(Headers trailers);

    /// The stream is gone, both ways; calls on it are ignored from here on.
    void onReset(StreamReset reason, String details);

    /// The outgoing direction fell below its low watermark (`true`) or rose above its high one (`false`).
    void onWritabilityChanged(boolean writable);
}
