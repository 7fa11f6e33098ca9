package dev.lateen.net.http2;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/// A header block on its way: one HEADERS frame, and as many CONTINUATION frames as it takes.
///
/// Limits: its bytes, and how many frames it is cut into.
///
/// Thread: event loop of its channel.
final class HeaderBlock {
    private static final int MAX_CONTINUATIONS = 32;

    private final int maxBytes;
    private byte[] bytes = new byte[256];
    private int length;
    private int continuations;
    private int streamId;
    private boolean endOfStream;
    private boolean dependsOnItself;

    HeaderBlock(int maxBytes) {
        this.maxBytes = maxBytes;
    }

    void begin(int id, boolean end, boolean selfDependent) {
        length = 0;
        continuations = 0;
        streamId = id;
        endOfStream = end;
        dependsOnItself = selfDependent;
    }

    void append(ByteBuf source, int size) throws Http2Violation {
        if (length + size > maxBytes) {
            throw Http2Violation.ofConnection(ErrorCode.ENHANCE_YOUR_CALM, "header block above the limit");
        }
        if (length + size > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + size));
        }
        source.readBytes(bytes, length, size);
        length += size;
    }

    void countContinuation() throws Http2Violation {
        if (++continuations > MAX_CONTINUATIONS) {
            throw Http2Violation.ofConnection(ErrorCode.ENHANCE_YOUR_CALM, "too many CONTINUATION frames");
        }
    }

    /// The stream whose block is not complete yet, or 0.
    int streamId() {
        return streamId;
    }

    /// The block has been taken; the next frame may be any.
    void finish() {
        streamId = 0;
    }

    boolean isEndOfStream() {
        return endOfStream;
    }

    boolean dependsOnItself() {
        return dependsOnItself;
    }

    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }
}
