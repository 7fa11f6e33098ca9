package dev.lateen.net.http1;

import dev.lateen.net.http.HeaderNames;
import dev.lateen.net.http.Headers;
import io.netty.buffer.ByteBuf;

/// Frames one outgoing body, and holds its writer to the length that the head promised.
///
/// Thread: event loop of its channel.
final class BodyWriter {
    private enum Framing {
        NONE,
        COUNTED,
        CHUNKED,
        UNTIL_CLOSE,
        TUNNEL
    }

    private final Output output;
    private Framing framing = Framing.NONE;
    private long remaining;

    BodyWriter(Output output) {
        this.output = output;
    }

    void startNone() {
        framing = Framing.NONE;
    }

    void startTunnel() {
        framing = Framing.TUNNEL;
    }

    /// Writes the fields of a head, choosing how its body will be framed: by its `content-length` where it has a valid
    /// one, else chunked (or up to the close, for an HTTP/1.0 peer).
    ///
    /// @param end no body follows
    /// @param sayEmpty whether an empty body without a length is announced as `content-length: 0`
    void start(HeadWriter writer, Headers headers, boolean end, boolean sayEmpty, boolean http10) {
        long length = contentLength(headers);
        writer.fields(headers, length >= 0);
        if (length >= 0) {
            framing = Framing.COUNTED;
            remaining = length;
        } else if (end) {
            framing = Framing.COUNTED;
            remaining = 0;
            if (sayEmpty) {
                writer.contentLengthZero();
            }
        } else if (http10) {
            framing = Framing.UNTIL_CLOSE;
        } else {
            framing = Framing.CHUNKED;
            writer.chunked(headers);
        }
    }

    boolean isUntilClose() {
        return framing == Framing.UNTIL_CLOSE;
    }

    /// Whether fewer bytes were written than promised.
    boolean isCutShort() {
        return framing == Framing.COUNTED && remaining > 0;
    }

    /// Takes ownership of `data`. False where it exceeds the promised length.
    boolean write(ByteBuf data, boolean end) {
        int length = data.readableBytes();
        switch (framing) {
            case NONE -> data.release();
            case COUNTED -> {
                if (length > remaining) {
                    data.release();
                    return false;
                }
                remaining -= length;
                output.data(data);
            }
            case CHUNKED -> writeChunk(data, length, end);
            case UNTIL_CLOSE, TUNNEL -> output.data(data);
        }
        return true;
    }

    private void writeChunk(ByteBuf data, int length, boolean end) {
        if (length > 0) {
            HeadWriter writer = Scratch.current().writer;
            writer.chunkSize(length);
            output.bytes(writer.bytes(), writer.length());
            output.data(data);
            output.crlf();
        } else {
            data.release();
        }
        if (end) {
            output.lastChunk();
        }
    }

    /// Ends a body of which nothing was written after the head.
    void end() {
        if (framing == Framing.CHUNKED) {
            output.lastChunk();
        }
    }

    /// Ends the body; trailers are dropped where the framing has no place for them. False where they are malformed.
    boolean writeTrailers(Headers trailers) {
        if (framing != Framing.CHUNKED) {
            return true;
        }
        HeadWriter writer = Scratch.current().writer;
        writer.lastChunk();
        writer.fields(trailers, false);
        writer.end();
        if (!writer.isIntact()) {
            return false;
        }
        output.bytes(writer.bytes(), writer.length());
        return true;
    }

    // A length that is no number is treated as absent: it would be a lie on the wire.
    private static long contentLength(Headers headers) {
        String text = headers.get(HeaderNames.CONTENT_LENGTH);
        if (text == null || text.isEmpty() || text.length() > 18) {
            return -1;
        }
        long length = 0;
        for (int index = 0; index < text.length(); index++) {
            int digit = text.charAt(index) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            length = length * 10 + digit;
        }
        return length;
    }
}
