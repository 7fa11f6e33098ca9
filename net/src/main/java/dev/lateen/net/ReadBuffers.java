package dev.lateen.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.concurrent.FastThreadLocal;
import org.jspecify.annotations.Nullable;

/// What sockets read into. Small reads go into one buffer of their loop, again and again, as long as whoever got it
/// before has let go of it; a connection whose bytes are kept, or come in bulk, reads into buffers of its own, of the
/// size of what it reads.
///
/// Limits: 64 KiB a read. Kept bytes pin at most `SHARED_BYTES` once in `PRIVATE_READS` reads, else twice their size.
///
/// Thread: any; a handle belongs to its channel's event loop.
public final class ReadBuffers extends DefaultMaxMessagesRecvByteBufAllocator {
    public static final ReadBuffers INSTANCE = new ReadBuffers();

    private static final int SHARED_BYTES = 4096;
    private static final int MIN_BYTES = 256;
    private static final int MAX_BYTES = 65536;
    private static final int PRIVATE_READS = 256;

    private static final FastThreadLocal<Shared> SHARED = new FastThreadLocal<>() {
        @Override
        protected Shared initialValue() {
            return new Shared();
        }

        @Override
        protected void onRemoval(Shared shared) {
            shared.drop();
        }
    };

    private ReadBuffers() {}

    @Override
    @SuppressWarnings("deprecation") // Netty's contract for allocators of reads.
    public RecvByteBufAllocator.Handle newHandle() {
        return new Reads();
    }

    /// The buffer of one loop, which keeps one reference to it.
    private static final class Shared {
        private @Nullable ByteBuf buffer;

        ByteBuf take(ByteBufAllocator allocator) {
            ByteBuf last = buffer;
            if (last != null && last.refCnt() == 1) {
                return last.clear().retain();
            }
            drop();
            ByteBuf made = allocator.directBuffer(SHARED_BYTES, SHARED_BYTES);
            buffer = made;
            return made.retain();
        }

        /// Whether somebody still holds a buffer that was lent.
        @SuppressWarnings("ReferenceEquality") // Whether it is this very buffer; buffers are equal by content.
        boolean isKept(ByteBuf lent) {
            return lent.refCnt() > (lent == buffer ? 1 : 0);
        }

        void drop() {
            ByteBuf last = buffer;
            if (last != null) {
                buffer = null;
                last.release();
            }
        }
    }

    private final class Reads extends MaxMessageHandle {
        private @Nullable Shared shared;
        private @Nullable ByteBuf lent;
        private int bytes = SHARED_BYTES;
        private int privateReads;
        private boolean small;

        @Override
        public ByteBuf allocate(ByteBufAllocator allocator) {
            Shared loops = shared;
            if (loops == null) {
                loops = SHARED.get();
                shared = loops;
            }
            ByteBuf before = lent;
            if (before != null && loops.isKept(before)) {
                privateReads = PRIVATE_READS;
                bytes = MIN_BYTES;
            }
            lent = null;
            if (privateReads > 0) {
                privateReads--;
            } else if (bytes <= SHARED_BYTES) {
                ByteBuf buffer = loops.take(allocator);
                lent = buffer;
                return buffer;
            }
            return allocator.ioBuffer(bytes);
        }

        @Override
        public int guess() {
            return bytes;
        }

        @Override
        public void lastBytesRead(int count) {
            super.lastBytesRead(count);
            if (count > 0 && count == attemptedBytesRead()) {
                bytes = Math.min(MAX_BYTES, Math.max(count, MIN_BYTES) * 4);
                small = false;
            }
        }

        /// Two turns in a row that would have fitted into half make it half.
        @Override
        public void readComplete() {
            if (totalBytesRead() > bytes / 2) {
                small = false;
            } else if (small) {
                small = false;
                bytes = Math.max(MIN_BYTES, bytes / 2);
            } else {
                small = true;
            }
        }
    }
}
