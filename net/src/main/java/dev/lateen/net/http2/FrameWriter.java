package dev.lateen.net.http2;

import dev.lateen.net.FlushBatch;
import dev.lateen.net.http.Headers;
import dev.lateen.net.http.RequestHead;
import dev.lateen.net.http.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.FastThreadLocal;
import org.jspecify.annotations.Nullable;

/// The outgoing frames of one connection. Heads, control frames and short bodies of all its streams gather in one
/// buffer; long bodies are passed on as they are; all leave in one flush for each turn of the loop.
///
/// Limits: gives up once `MAX_BLOCKED_CONTROL_FRAMES` answers wait for a peer that does not read them.
///
/// Thread: event loop of its channel.
// A write or close that fails closes the channel, which is how everybody hears of it.
@SuppressWarnings("FutureReturnValueIgnored")
final class FrameWriter implements FlushBatch.Flushable {
    static final int MAX_BLOCKED_CONTROL_FRAMES = 10_000;
    private static final int COPY_BELOW_BYTES = 2048;
    private static final int INITIAL_BYTES = 1024;
    private static final int FULL_BYTES = 16 * 1024;

    /// The array in which the threads' frames are put together before they are copied out.
    private static final FastThreadLocal<FrameWriter.Scratch> SCRATCH = new FastThreadLocal<>() {
        @Override
        protected Scratch initialValue() {
            return new Scratch();
        }
    };

    private final ChannelHandlerContext context;
    private final FlushBatch batch;
    private final Scratch scratch;
    private final HpackEncoder hpack = new HpackEncoder();
    private @Nullable ByteBuf gathered;
    private boolean scheduled;
    private int maxFrameBytes = Frames.DEFAULT_MAX_BYTES;
    private int blockedControlFrames;

    private static final class Scratch {
        private byte[] bytes = new byte[4096];
    }

    FrameWriter(ChannelHandlerContext context) {
        this.context = context;
        this.batch = FlushBatch.of(context.channel().eventLoop());
        this.scratch = SCRATCH.get();
    }

    void maxFrameBytes(int bytes) {
        maxFrameBytes = bytes;
    }

    void peerTableSize(long bytes) {
        hpack.tableSize(bytes);
    }

    boolean isChannelWritable() {
        return context.channel().isWritable();
    }

    /// Whether too many answers wait for a peer that does not read.
    boolean isFlooded() {
        return blockedControlFrames > MAX_BLOCKED_CONTROL_FRAMES;
    }

    void unblocked() {
        blockedControlFrames = 0;
    }

    // ---- Messages

    void request(int id, RequestHead head, boolean end) {
        hpack.begin(scratch.bytes, Frames.HEADER_BYTES);
        hpack.request(head);
        block(id, end);
    }

    void response(int id, int status, ResponseHead head, boolean end) {
        hpack.begin(scratch.bytes, Frames.HEADER_BYTES);
        hpack.response(status, head);
        block(id, end);
    }

    void trailers(int id, Headers trailers) {
        hpack.begin(scratch.bytes, Frames.HEADER_BYTES);
        hpack.fields(trailers);
        block(id, true);
    }

    private void block(int id, boolean end) {
        byte[] bytes = hpack.bytes();
        scratch.bytes = bytes;
        int size = hpack.length() - Frames.HEADER_BYTES;
        int first = Math.min(size, maxFrameBytes);
        int flags = (end ? Frames.END_STREAM : 0) | (first == size ? Frames.END_HEADERS : 0);
        frameHeader(bytes, first, Frames.HEADERS, flags, id);
        room(Frames.HEADER_BYTES + first).writeBytes(bytes, 0, Frames.HEADER_BYTES + first);
        for (int sent = first; sent < size; ) {
            int next = Math.min(size - sent, maxFrameBytes);
            // The bytes in front of this piece have been copied out, and make room for its frame header.
            int flag = sent + next == size ? Frames.END_HEADERS : 0;
            ByteBuf buffer = room(Frames.HEADER_BYTES + next);
            buffer.writeMedium(next)
                    .writeByte(Frames.CONTINUATION)
                    .writeByte(flag)
                    .writeInt(id);
            buffer.writeBytes(bytes, Frames.HEADER_BYTES + sent, next);
            sent += next;
        }
    }

    /// Takes ownership.
    void data(int id, ByteBuf data, boolean end) {
        int size = data.readableBytes();
        while (size > maxFrameBytes) {
            piece(id, data.readRetainedSlice(maxFrameBytes), maxFrameBytes, false);
            size -= maxFrameBytes;
        }
        piece(id, data, size, end);
    }

    private void piece(int id, ByteBuf data, int size, boolean end) {
        boolean copy = size < COPY_BELOW_BYTES;
        ByteBuf buffer = room(Frames.HEADER_BYTES + (copy ? size : 0));
        byte[] bytes = scratch.bytes;
        frameHeader(bytes, size, Frames.DATA, end ? Frames.END_STREAM : 0, id);
        buffer.writeBytes(bytes, 0, Frames.HEADER_BYTES);
        if (copy) {
            if (size > 0) {
                buffer.writeBytes(data);
            }
            data.release();
        } else {
            writeGathered();
            context.write(data, context.voidPromise());
        }
    }

    // ---- Control frames

    void settings(long[] idsAndValues) {
        ByteBuf buffer = control(idsAndValues.length * 3, Frames.SETTINGS, 0, 0);
        for (int index = 0; index < idsAndValues.length; index += 2) {
            buffer.writeShort((int) idsAndValues[index]).writeInt((int) idsAndValues[index + 1]);
        }
    }

    void settingsAck() {
        control(0, Frames.SETTINGS, Frames.ACK, 0);
    }

    void ping(long payload, boolean ack) {
        control(8, Frames.PING, ack ? Frames.ACK : 0, 0).writeLong(payload);
    }

    void windowUpdate(int id, int increment) {
        control(4, Frames.WINDOW_UPDATE, 0, id).writeInt(increment);
    }

    void reset(int id, ErrorCode error) {
        control(4, Frames.RST_STREAM, 0, id).writeInt(error.code());
    }

    void goAway(int lastStream, ErrorCode error) {
        control(8, Frames.GOAWAY, 0, 0).writeInt(lastStream).writeInt(error.code());
    }

    void preface() {
        room(Frames.preface().length).writeBytes(Frames.preface());
    }

    private ByteBuf control(int size, int type, int flags, int id) {
        if (!isChannelWritable()) {
            blockedControlFrames++;
        }
        ByteBuf buffer = room(Frames.HEADER_BYTES + size);
        return buffer.writeMedium(size).writeByte(type).writeByte(flags).writeInt(id);
    }

    private static void frameHeader(byte[] bytes, int size, int type, int flags, int id) {
        bytes[0] = (byte) (size >>> 16);
        bytes[1] = (byte) (size >>> 8);
        bytes[2] = (byte) size;
        bytes[3] = (byte) type;
        bytes[4] = (byte) flags;
        bytes[5] = (byte) (id >>> 24);
        bytes[6] = (byte) (id >>> 16);
        bytes[7] = (byte) (id >>> 8);
        bytes[8] = (byte) id;
    }

    // ---- The buffer

    private ByteBuf room(int bytes) {
        ByteBuf buffer = gathered;
        if (buffer != null && buffer.readableBytes() + bytes > FULL_BYTES) {
            writeGathered();
            buffer = null;
        }
        if (buffer == null) {
            buffer = context.alloc().directBuffer(Math.max(INITIAL_BYTES, bytes));
            gathered = buffer;
            if (!scheduled) {
                scheduled = true;
                batch.add(this);
            }
        }
        return buffer;
    }

    private void writeGathered() {
        ByteBuf buffer = gathered;
        if (buffer != null) {
            gathered = null;
            context.write(buffer, context.voidPromise());
        }
    }

    @Override
    public void flushNow() {
        if (!scheduled) {
            return;
        }
        scheduled = false;
        writeGathered();
        context.flush();
    }

    /// Flushes what there is, then closes.
    void flushAndClose() {
        writeGathered();
        scheduled = false;
        context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    /// Lets go of what is unsent; the channel is gone.
    void discard() {
        ByteBuf buffer = gathered;
        gathered = null;
        scheduled = false;
        if (buffer != null) {
            buffer.release();
        }
    }
}
