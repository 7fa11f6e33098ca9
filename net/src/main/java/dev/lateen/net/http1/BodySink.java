package dev.lateen.net.http1;

import dev.lateen.net.http.Headers;
import io.netty.buffer.ByteBuf;

/// Takes what a `BodyReader` decodes.
///
/// Thread: event loop of its channel.
interface BodySink {
    /// Ownership of `data` passes on. Never empty.
    void onBody(ByteBuf data, boolean end);

    /// The end of a body whose last piece could not know it (chunked without trailers).
    void onBodyEnd();

    void onBodyTrailers(Headers trailers);

    void onBodyViolation(Http1Violation violation);
}
