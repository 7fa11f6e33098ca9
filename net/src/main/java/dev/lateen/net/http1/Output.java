package dev.lateen.net.http1;

import dev.lateen.net.FlushBatch;
import dev.lateen.net.StraightSocket;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/// The outgoing bytes of one connection: small pieces (heads, chunk lines, short bodies) gather in one buffer, large
/// ones are passed on as they are, and all leave in one flush per turn of the loop.
///
/// Copying a short piece costs less than an entry of its own in the outbound queue, and it lets go of the read buffer
/// of which the piece may be a small slice. On a plain socket the buffer goes to the kernel without a stay in Netty's
/// queue, and serves the next connection.
///
/// Thread: event loop of its channel.
// A write or close that fails closes the channel, which is how everybody hears of it.
@SuppressWarnings("FutureReturnValueIgnored")
final class Output implements FlushBatch.Flushable {
    private static final int COPY_BELOW_BYTES = 1024;
    private static final int INITIAL_BYTES = 512;
    private static final int FULL_BYTES = 8 * 1024;
    private static final byte[] CRLF = {'\r', '\n'};
    private static final byte[] LAST_CHUNK = {'0', '\r', '\n', '\r', '\n'};

    private final ChannelHandlerContext context;
    private final FlushBatch batch;
    private final Scratch scratch;
    private final @Nullable StraightSocket socket;
    private @Nullable ByteBuf small;
    private boolean scheduled;
    private boolean queued;

    Output(ChannelHandlerContext context) {
        this.context = context;
        this.batch = FlushBatch.of(context.channel().eventLoop());
        this.scratch = Scratch.current();
        this.socket = StraightSocket.of(context);
    }

    void bytes(byte[] bytes, int length) {
        room(length).writeBytes(bytes, 0, length);
    }

    void crlf() {
        bytes(CRLF, 2);
    }

    void lastChunk() {
        bytes(LAST_CHUNK, LAST_CHUNK.length);
    }

    /// Takes ownership.
    void data(ByteBuf data) {
        int length = data.readableBytes();
        if (length < COPY_BELOW_BYTES) {
            if (length > 0) {
                room(length).writeBytes(data);
            }
            data.release();
            return;
        }
        writeSmall();
        queued = true;
        context.write(data, context.voidPromise());
        schedule();
    }

    private ByteBuf room(int length) {
        ByteBuf buffer = small;
        if (buffer != null && buffer.readableBytes() + length > FULL_BYTES) {
            writeSmall();
            buffer = null;
        }
        if (buffer == null) {
            buffer = length <= INITIAL_BYTES ? scratch.spareBuffer() : null;
            if (buffer == null) {
                buffer = context.alloc().directBuffer(Math.max(INITIAL_BYTES, length));
            }
            small = buffer;
            schedule();
        }
        return buffer;
    }

    private void schedule() {
        if (!scheduled) {
            scheduled = true;
            batch.add(this);
        }
    }

    @Override
    public void flushNow() {
        if (!scheduled) {
            return;
        }
        flush();
    }

    private void writeSmall() {
        ByteBuf buffer = small;
        if (buffer != null) {
            small = null;
            queued = true;
            context.write(buffer, context.voidPromise());
        }
    }

    private boolean sendSmall() {
        ByteBuf buffer = small;
        if (buffer == null || socket == null || queued || !socket.send(buffer)) {
            return false;
        }
        small = null;
        scratch.giveBack(buffer);
        return true;
    }

    /// Flushes at once, then closes.
    void close() {
        writeSmall();
        scheduled = false;
        context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    /// Flushes at once.
    void flush() {
        scheduled = false;
        if (sendSmall()) {
            return;
        }
        writeSmall();
        queued = false;
        context.flush();
    }

    /// Lets go of what is unsent; the channel is gone.
    void discard() {
        ByteBuf buffer = small;
        if (buffer != null) {
            small = null;
            buffer.release();
        }
        scheduled = false;
    }
}
