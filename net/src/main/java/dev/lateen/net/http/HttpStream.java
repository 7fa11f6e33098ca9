package dev.lateen.net.http;

import io.netty.buffer.ByteBuf;

/// What both ends of an exchange can do. Writes made in one turn of the event loop leave in one flush.
///
/// Back-pressure in three sentences: a writer stops when `isWritable()` is false and goes on at
/// `StreamListener.onWritabilityChanged(true)`; a reader that cannot pass bytes on calls `pauseReading()`, after which
/// the codec stops reading the socket (HTTP/1) or returning window credit (HTTP/2); bytes that were already on their
/// way may still arrive after a pause, bounded by one read (HTTP/1) or by the stream's window (HTTP/2).
///
/// Thread: event loop of its channel. Calls on a stream that has ended are ignored (data is released).
public interface HttpStream {
    /// Ownership of `data` passes to the stream.
    void sendData(ByteBuf data, boolean end);

    /// Sends trailers and ends the outgoing direction. HTTP/1 needs chunked coding for them, else they are dropped.
    void sendTrailers(Headers trailers);

    void reset(StreamReset reason);

    boolean isWritable();

    void pauseReading();

    void resumeReading();

    /// The connection that carries this stream.
    HttpConnection connection();
}
