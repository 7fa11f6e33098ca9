package dev.lateen.net.http1;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/// Gathers the bytes of one head (start line and fields, to the empty line) into an array, where parsing is cheapest.
/// A head that arrives whole goes through a scratch array shared by the loop; only a partial one is kept here.
///
/// Limits: `maxBytes`, excluding the empty line before a request line.
///
/// Thread: event loop of its channel.
final class HeadBuffer {
    static final int INCOMPLETE = 0;
    static final int TOO_LARGE = -1;
    static final int BARE_LINE_FEED = -2;

    private static final int WINDOW = 1024;

    private final int maxBytes;
    private final boolean skipEmptyLine;
    private byte[] bytes;
    private boolean owned;
    private boolean skippedEmptyLine;
    private int start;
    private int lineStart;
    private int length;

    /// @param scratch at least `maxBytes` + 4 long; may be overwritten between calls of `feed` by another connection
    /// @param skipEmptyLine whether one empty line may come first (RFC 9112 §2.2, requests only)
    HeadBuffer(byte[] scratch, int maxBytes, boolean skipEmptyLine) {
        this.bytes = scratch;
        this.maxBytes = maxBytes;
        this.skipEmptyLine = skipEmptyLine;
    }

    /// Takes bytes up to the end of the head. Returns the index after the head's empty line in `bytes()`, where the
    /// head begins at `start()`, or `INCOMPLETE`, `TOO_LARGE`, `BARE_LINE_FEED`. After a whole head, call `clear`.
    int feed(ByteBuf in, byte[] scratch) {
        if (!owned) {
            bytes = scratch;
        }
        int limit = maxBytes + 4;
        while (in.isReadable()) {
            int take = Math.min(Math.min(in.readableBytes(), WINDOW), limit - length);
            if (take <= 0) {
                return TOO_LARGE;
            }
            if (owned && length + take > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.min(limit, Math.max(bytes.length * 2, length + take)));
            }
            in.getBytes(in.readerIndex(), bytes, length, take);
            int from = length;
            int end = scan(from, from + take);
            if (end != INCOMPLETE) {
                in.skipBytes(Math.max(0, end - from));
                return end - start > limit ? TOO_LARGE : end;
            }
            in.skipBytes(take);
            length += take;
        }
        keep();
        return INCOMPLETE;
    }

    private int scan(int from, int to) {
        byte[] array = bytes;
        for (int index = from; index < to; index++) {
            if (array[index] != '\n') {
                continue;
            }
            if (index == lineStart || array[index - 1] != '\r') {
                return BARE_LINE_FEED;
            }
            if (index - lineStart == 1) {
                if (lineStart > start || !skipEmptyLine || skippedEmptyLine) {
                    return index + 1;
                }
                skippedEmptyLine = true;
                start = index + 1;
            }
            lineStart = index + 1;
        }
        return INCOMPLETE;
    }

    private void keep() {
        if (!owned && length > 0) {
            bytes = Arrays.copyOf(bytes, Math.max(length, 256));
            owned = true;
        }
    }

    byte[] bytes() {
        return bytes;
    }

    int start() {
        return start;
    }

    /// Whether a part of a head is waiting for the rest.
    boolean isPartial() {
        return length > start;
    }

    void clear(byte[] scratch) {
        bytes = scratch;
        owned = false;
        skippedEmptyLine = false;
        start = 0;
        lineStart = 0;
        length = 0;
    }
}
