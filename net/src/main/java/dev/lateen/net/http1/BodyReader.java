package dev.lateen.net.http1;

import dev.lateen.net.http.Headers;
import dev.lateen.net.http.HttpLimits;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/// Takes a message body apart: counted, chunked, or up to the end of the connection. Data is passed on in slices of
/// the read buffer, never copied.
///
/// ```
/// SIZE → EXTENSION → SIZE_LF → DATA → DATA_CR → DATA_LF → SIZE …
///                            ↘ TRAILERS → DONE
/// ```
///
/// Limits: 16 hexadecimal digits of size, 4 KiB of chunk extensions in a message, trailers as heads.
///
/// Thread: event loop of its channel.
final class BodyReader {
    private static final int MAX_EXTENSION_BYTES = 4096;

    private enum State {
        DONE,
        COUNTED,
        UNTIL_CLOSE,
        SIZE,
        EXTENSION,
        SIZE_LF,
        DATA,
        DATA_CR,
        DATA_LF,
        TRAILERS
    }

    private final HttpLimits limits;
    private final BodySink sink;
    private State state = State.DONE;
    private long remaining;
    private int digits;
    private int extensionBytes;
    private @Nullable HeadBuffer trailers;

    BodyReader(HttpLimits limits, BodySink sink) {
        this.limits = limits;
        this.sink = sink;
    }

    void startCounted(long length) {
        remaining = length;
        state = length == 0 ? State.DONE : State.COUNTED;
    }

    void startChunked() {
        state = State.SIZE;
        remaining = 0;
        digits = 0;
        extensionBytes = 0;
    }

    void startUntilClose() {
        state = State.UNTIL_CLOSE;
    }

    boolean isDone() {
        return state == State.DONE;
    }

    boolean isUntilClose() {
        return state == State.UNTIL_CLOSE;
    }

    void stop() {
        state = State.DONE;
        trailers = null;
    }

    /// Consumes some of `in`: one piece of data, or framing up to the next piece. Returns whether the whole buffer was
    /// handed on, in which case the caller no longer owns it.
    boolean read(ByteBuf in) {
        switch (state) {
            case COUNTED -> {
                return readCounted(in);
            }
            case UNTIL_CLOSE -> {
                sink.onBody(in, false);
                return true;
            }
            case DATA -> {
                return readChunkData(in);
            }
            case TRAILERS -> readTrailers(in);
            case DONE -> throw new IllegalStateException("no body is expected");
            case SIZE, EXTENSION, SIZE_LF, DATA_CR, DATA_LF -> readFraming(in);
        }
        return false;
    }

    private boolean readCounted(ByteBuf in) {
        int readable = in.readableBytes();
        if (readable > remaining) {
            int take = (int) remaining;
            remaining = 0;
            state = State.DONE;
            sink.onBody(in.readRetainedSlice(take), true);
            return false;
        }
        remaining -= readable;
        boolean end = remaining == 0;
        if (end) {
            state = State.DONE;
        }
        sink.onBody(in, end);
        return true;
    }

    private boolean readChunkData(ByteBuf in) {
        int readable = in.readableBytes();
        if (readable > remaining) {
            int take = (int) remaining;
            remaining = 0;
            state = State.DATA_CR;
            sink.onBody(in.readRetainedSlice(take), false);
            return false;
        }
        remaining -= readable;
        if (remaining == 0) {
            state = State.DATA_CR;
        }
        sink.onBody(in, false);
        return true;
    }

    private void readFraming(ByteBuf in) {
        while (in.isReadable()) {
            byte b = in.readByte();
            Http1Violation violation = step(b);
            if (violation != null) {
                state = State.DONE;
                sink.onBodyViolation(violation);
                return;
            }
            if (state == State.DATA || state == State.TRAILERS) {
                return;
            }
        }
    }

    private @Nullable Http1Violation step(byte b) {
        switch (state) {
            case SIZE -> {
                return stepSize(b);
            }
            case EXTENSION -> {
                if (b == '\r') {
                    state = State.SIZE_LF;
                } else if ((b < 0x20 && b >= 0 && b != '\t') || b == 0x7f) {
                    return Http1Violation.INVALID_CHUNK;
                } else if (++extensionBytes > MAX_EXTENSION_BYTES) {
                    return Http1Violation.CHUNK_EXTENSION_TOO_LARGE;
                }
            }
            case SIZE_LF -> {
                if (b != '\n') {
                    return Http1Violation.INVALID_CHUNK;
                }
                state = remaining == 0 ? State.TRAILERS : State.DATA;
            }
            case DATA_CR -> {
                if (b != '\r') {
                    return Http1Violation.INVALID_CHUNK;
                }
                state = State.DATA_LF;
            }
            case DATA_LF -> {
                if (b != '\n') {
                    return Http1Violation.INVALID_CHUNK;
                }
                state = State.SIZE;
                digits = 0;
                remaining = 0;
            }
            case DONE, COUNTED, UNTIL_CLOSE, DATA, TRAILERS -> throw new IllegalStateException("not in framing");
        }
        return null;
    }

    private @Nullable Http1Violation stepSize(byte b) {
        int digit = Character.digit(b, 16);
        if (digit >= 0) {
            if (++digits > 15) {
                return Http1Violation.INVALID_CHUNK;
            }
            remaining = remaining << 4 | digit;
            return null;
        }
        if (digits == 0) {
            return Http1Violation.INVALID_CHUNK;
        }
        if (b == '\r') {
            state = State.SIZE_LF;
            return null;
        }
        // RFC 9112 §7.1.1 allows blanks before the semicolon ("bad" white space); we do not.
        if (b == ';') {
            state = State.EXTENSION;
            return null;
        }
        return Http1Violation.INVALID_CHUNK;
    }

    private void readTrailers(ByteBuf in) {
        Scratch scratch = Scratch.current();
        byte[] array = scratch.head(limits.maxHeaderBytes() + 4);
        HeadBuffer buffer = trailers;
        if (buffer == null) {
            buffer = new HeadBuffer(array, limits.maxHeaderBytes(), false);
            trailers = buffer;
        }
        int end = buffer.feed(in, array);
        if (end == HeadBuffer.INCOMPLETE) {
            return;
        }
        trailers = null;
        state = State.DONE;
        if (end < 0) {
            sink.onBodyViolation(
                    end == HeadBuffer.TOO_LARGE ? Http1Violation.TRAILERS_TOO_LARGE : Http1Violation.INVALID_TRAILER);
            return;
        }
        if (end - buffer.start() == 2) {
            sink.onBodyEnd();
            return;
        }
        Headers fields = new Headers();
        Http1Violation violation =
                scratch.fields.parseTrailers(buffer.bytes(), buffer.start(), end, limits.maxHeaderCount(), fields);
        if (violation != null) {
            sink.onBodyViolation(violation);
        } else {
            sink.onBodyTrailers(fields);
        }
    }
}
