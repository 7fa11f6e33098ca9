package dev.lateen.net.http2;

import dev.lateen.net.http.Headers;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// What a stream has to send and may not yet: body, then trailers.
///
/// Thread: event loop of its channel.
final class SendQueue {
    private final ArrayDeque<ByteBuf> pieces = new ArrayDeque<>(4);
    private int bytes;
    private boolean end;
    private @Nullable Headers trailers;

    void add(ByteBuf data, boolean last) {
        pieces.add(data);
        bytes += data.readableBytes();
        end |= last;
    }

    void end(Headers last) {
        trailers = last;
    }

    int bytes() {
        return bytes;
    }

    boolean isEmpty() {
        return pieces.isEmpty() && trailers == null;
    }

    /// Writes what the stream may send now.
    ///
    /// @param allowed how many bytes of body
    /// @return how many bytes were written
    int write(int id, int allowed, FrameWriter writer) {
        int written = 0;
        ByteBuf first = pieces.peek();
        while (first != null && (written < allowed || !first.isReadable())) {
            int size = Math.min(first.readableBytes(), allowed - written);
            written += size;
            bytes -= size;
            if (size == first.readableBytes()) {
                pieces.remove();
                writer.data(id, first, end && pieces.isEmpty());
            } else {
                writer.data(id, first.readRetainedSlice(size), false);
            }
            first = pieces.peek();
        }
        if (first == null && trailers != null) {
            writer.trailers(id, trailers);
            trailers = null;
            end = true;
        }
        return written;
    }

    /// Whether the last frame of the stream has been written.
    boolean isFinished() {
        return end && isEmpty();
    }

    void discard() {
        ByteBuf piece = pieces.poll();
        while (piece != null) {
            piece.release();
            piece = pieces.poll();
        }
        trailers = null;
        bytes = 0;
    }
}
