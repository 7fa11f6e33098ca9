package dev.lateen.net.http2;

import java.util.ArrayDeque;

/// The peer's credit for the whole connection, shared in turns by the streams that wait for it.
///
/// Thread: event loop of its channel.
/// Source: RFC 9113 §5.2.
final class SendFlow {
    /// How much one stream may send before it is the next one's turn.
    private static final int TURN_BYTES = 16 * 1024;

    private final FrameWriter writer;
    private final ArrayDeque<Http2Exchange> waiting = new ArrayDeque<>();
    private int window = Frames.DEFAULT_WINDOW_BYTES;
    private boolean pumping;

    SendFlow(FrameWriter writer) {
        this.writer = writer;
    }

    /// How much of a body may be written now, as far as the connection is concerned.
    int window() {
        return writer.isChannelWritable() ? window : 0;
    }

    void sent(int bytes) {
        window -= bytes;
    }

    void grow(int increment) throws Http2Violation {
        if (window > Integer.MAX_VALUE - increment) {
            throw Http2Violation.ofConnection(ErrorCode.FLOW_CONTROL_ERROR, "window above 2^31-1");
        }
        window += increment;
        pump();
    }

    /// The stream has something that it could send if the connection let it.
    void await(Http2Exchange exchange) {
        waiting.add(exchange);
    }

    /// Lets waiting streams send, in turns, as far as credit and the channel go.
    void pump() {
        if (pumping) {
            return;
        }
        pumping = true;
        while (window() > 0) {
            Http2Exchange exchange = waiting.poll();
            if (exchange == null) {
                break;
            }
            if (exchange.sendQueued(Math.min(window(), TURN_BYTES))) {
                waiting.add(exchange);
            }
        }
        pumping = false;
    }
}
