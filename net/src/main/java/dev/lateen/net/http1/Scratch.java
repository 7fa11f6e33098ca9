package dev.lateen.net.http1;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// What the codecs of one thread share: arrays while they parse or write one head, of which nothing survives between
/// calls, and empty output buffers.
///
/// Thread: event loop.
final class Scratch {
    private static final FastThreadLocal<Scratch> CURRENT = new FastThreadLocal<>() {
        @Override
        protected Scratch initialValue() {
            return new Scratch();
        }

        @Override
        protected void onRemoval(Scratch scratch) {
            scratch.spares.forEach(ByteBuf::release);
            scratch.spares.clear();
        }
    };
    private static final int MAX_SPARES = 64;
    private static final int MAX_SPARE_BYTES = 1024;

    final FieldParser fields = new FieldParser();
    final HeadWriter writer = new HeadWriter();
    private final ArrayDeque<ByteBuf> spares = new ArrayDeque<>(MAX_SPARES);
    private byte[] head = new byte[4096];

    private Scratch() {}

    static Scratch current() {
        return CURRENT.get();
    }

    /// An array of at least this length.
    byte[] head(int length) {
        if (head.length < length) {
            head = new byte[length];
        }
        return head;
    }

    /// An empty buffer that was given back, now the caller's, or null.
    @Nullable
    ByteBuf spareBuffer() {
        return spares.pollLast();
    }

    /// Takes ownership of a buffer whose bytes have been sent.
    void giveBack(ByteBuf buffer) {
        if (buffer.capacity() > MAX_SPARE_BYTES || spares.size() >= MAX_SPARES) {
            buffer.release();
        } else {
            spares.addLast(buffer.clear());
        }
    }
}
