package dev.lateen.net.http1;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// What was read from the socket, on its way to a decoder that may have to wait: bytes that may not be decoded yet are
/// held, and the socket is stopped meanwhile. What is held is bounded by one read: nothing more is asked of the socket
/// while something waits.
///
/// Thread: event loop of its channel.
final class Input {
    private final Channel channel;
    private final Decoder decoder;
    private final ArrayDeque<ByteBuf> held = new ArrayDeque<>(2);
    private boolean decoding;
    private boolean socketPaused;

    Input(Channel channel, Decoder decoder) {
        this.channel = channel;
        this.decoder = decoder;
    }

    /// The connection that the bytes belong to.
    interface Decoder {
        /// Whether nothing is decoded any more: what comes is thrown away.
        boolean isOver();

        /// Whether the next byte has to wait.
        boolean isBlocked();

        /// Whether the reader of what was decoded wants no more of it, so that the socket has to stay stopped.
        boolean isPaused();

        /// Decodes at least one byte, or as many as belong together.
        ///
        /// @return whether the buffer has been handed on with its reference; the caller releases it otherwise
        boolean decode(ByteBuf in);

        /// All that could be decoded by now has been.
        default void decoded() {}
    }

    /// Takes over the bytes and decodes them, unless others wait before them.
    void read(ByteBuf in) {
        if (decoding || !held.isEmpty()) {
            held.addLast(in);
            pauseSocket();
            return;
        }
        decode(in);
    }

    /// Goes on with held bytes once something that blocked them has changed.
    void proceed() {
        if (decoding) {
            return;
        }
        while (!held.isEmpty() && (decoder.isOver() || !decoder.isBlocked())) {
            decode(held.removeFirst());
        }
        if (held.isEmpty() && !decoder.isPaused()) {
            resumeSocket();
        }
    }

    private void decode(ByteBuf in) {
        decoding = true;
        boolean handedOn = false;
        while (!handedOn && in.isReadable() && !decoder.isOver()) {
            if (decoder.isBlocked()) {
                held.addFirst(in);
                pauseSocket();
                decoding = false;
                return;
            }
            handedOn = decoder.decode(in);
        }
        if (!handedOn) {
            in.release();
        }
        decoding = false;
        decoder.decoded();
    }

    /// Whether the call comes from within the decoder, which will look at what follows by itself.
    boolean isDecoding() {
        return decoding;
    }

    /// Whether nothing is held.
    boolean isEmpty() {
        return held.isEmpty();
    }

    /// Takes what is held away from the decoder, buffer by buffer.
    @Nullable
    ByteBuf poll() {
        return held.pollFirst();
    }

    void pauseSocket() {
        if (!socketPaused) {
            socketPaused = true;
            channel.config().setAutoRead(false);
        }
    }

    void resumeSocket() {
        if (socketPaused) {
            socketPaused = false;
            channel.config().setAutoRead(true);
        }
    }

    void discard() {
        ByteBuf bytes = held.pollFirst();
        while (bytes != null) {
            bytes.release();
            bytes = held.pollFirst();
        }
    }
}
