package dev.lateen.net.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/// Cuts what arrives into frames, straight off the buffer that was read. The body of a DATA frame is passed on as it
/// comes; other frames are waited for, as they are short.
///
/// Thread: event loop of its channel.
/// Source: RFC 9113 §4, §6.
final class FrameReader {
    private final Http2Session session;
    private final HeaderBlock block;
    private final ByteBufAllocator allocator;
    private @Nullable ByteBuf held;
    private int prefaceRead;
    private boolean settingsSeen;

    // The DATA frame of which a part is still to come.
    private @Nullable Http2Exchange dataStream;
    private int dataLeft;
    private boolean dataEnd;

    FrameReader(Http2Session session, ByteBufAllocator allocator) {
        this.session = session;
        this.allocator = allocator;
        int limit = session.limits().maxHeaderBytes();
        this.block = new HeaderBlock(limit + limit / 4);
        this.prefaceRead = session.isServer() ? 0 : Frames.preface().length;
    }

    /// Takes ownership.
    ///
    /// @throws Http2Violation of the connection; those of streams have been dealt with
    void read(ByteBuf arrived) throws Http2Violation {
        ByteBuf input = arrived;
        ByteBuf earlier = held;
        if (earlier != null) {
            held = null;
            earlier.writeBytes(arrived);
            arrived.release();
            input = earlier;
        }
        boolean kept = false;
        try {
            boolean more = true;
            while (more && !session.isClosed()) {
                try {
                    more = step(input);
                } catch (Http2Violation e) {
                    if (e.streamId() == 0) {
                        throw e;
                    }
                    session.streamError(e);
                }
            }
            if (input.isReadable() && !session.isClosed()) {
                kept = hold(input, earlier != null);
            }
        } finally {
            if (!kept) {
                input.release();
            }
        }
    }

    // Says whether the buffer itself was kept. What is left is copied, so that a few bytes do not hold the whole of a
    // read buffer.
    private boolean hold(ByteBuf input, boolean ours) {
        if (ours && input.readerIndex() == 0) {
            held = input;
            return true;
        }
        int size = Math.max(input.readableBytes(), Math.min(missing(input), Frames.DEFAULT_MAX_BYTES));
        ByteBuf rest = allocator.buffer(size + Frames.HEADER_BYTES);
        rest.writeBytes(input);
        held = rest;
        return false;
    }

    private static int missing(ByteBuf input) {
        return input.readableBytes() < 3 ? 64 : input.getUnsignedMedium(input.readerIndex());
    }

    void discard() {
        ByteBuf rest = held;
        held = null;
        if (rest != null) {
            rest.release();
        }
    }

    private boolean step(ByteBuf input) throws Http2Violation {
        if (dataLeft > 0) {
            return input.isReadable() && dataPiece(input);
        }
        if (prefaceRead < Frames.preface().length) {
            return preface(input);
        }
        if (input.readableBytes() < Frames.HEADER_BYTES) {
            return false;
        }
        int start = input.readerIndex();
        long header = input.getLong(start);
        int length = (int) (header >>> 40);
        int type = (int) (header >>> 32) & 0xff;
        int flags = (int) (header >>> 24) & 0xff;
        int id = ((int) header << 8 | input.getUnsignedByte(start + 8)) & Integer.MAX_VALUE;
        check(length, type, flags, id);
        if (type == Frames.DATA && (flags & Frames.PADDED) == 0) {
            input.skipBytes(Frames.HEADER_BYTES);
            return unpaddedData(input, id, length, (flags & Frames.END_STREAM) != 0);
        }
        if (input.readableBytes() < Frames.HEADER_BYTES + length) {
            return false;
        }
        input.skipBytes(Frames.HEADER_BYTES);
        int end = input.readerIndex() + length;
        try {
            frame(input, type, flags, id, length);
        } finally {
            if (input.refCnt() > 0) {
                input.readerIndex(end);
            }
        }
        return true;
    }

    private boolean preface(ByteBuf input) throws Http2Violation {
        byte[] preface = Frames.preface();
        while (prefaceRead < preface.length && input.isReadable()) {
            if (input.readByte() != preface[prefaceRead++]) {
                throw protocol("no HTTP/2 connection preface");
            }
        }
        return input.isReadable();
    }

    private void check(int length, int type, int flags, int id) throws Http2Violation {
        if (length > Frames.DEFAULT_MAX_BYTES) {
            throw Http2Violation.ofConnection(ErrorCode.FRAME_SIZE_ERROR, "frame above 16 KiB");
        }
        int open = block.streamId();
        if (open != 0 ? type != Frames.CONTINUATION || id != open : type == Frames.CONTINUATION) {
            throw protocol("CONTINUATION without its HEADERS, or the other way round");
        }
        if (!settingsSeen) {
            if (type != Frames.SETTINGS || (flags & Frames.ACK) != 0) {
                throw protocol("the first frame is not SETTINGS");
            }
            settingsSeen = true;
        }
    }

    // ---- DATA

    private boolean unpaddedData(ByteBuf input, int id, int length, boolean end) throws Http2Violation {
        dataLeft = length;
        dataEnd = end;
        dataStream = null;
        dataStream = session.incoming().dataBegins(id, length, end);
        return length > 0 || dataPiece(input);
    }

    private boolean dataPiece(ByteBuf input) throws Http2Violation {
        int size = Math.min(dataLeft, input.readableBytes());
        Http2Exchange stream = dataStream;
        dataLeft -= size;
        if (stream == null || stream.isGone()) {
            input.skipBytes(size);
            session.incoming().consume(size);
        } else {
            deliver(stream, input, size, size, dataEnd && dataLeft == 0);
        }
        if (dataLeft == 0) {
            dataStream = null;
        }
        return true;
    }

    private void deliver(Http2Exchange stream, ByteBuf input, int size, int credit, boolean end) throws Http2Violation {
        try {
            stream.receiveData(input.readRetainedSlice(size), end);
        } finally {
            if (credit > 0) {
                stream.consume(credit);
            }
        }
        if (end) {
            session.streamAdvanced(stream);
        }
    }

    private void paddedData(ByteBuf input, int id, int length, int flags) throws Http2Violation {
        int padding = padding(input, length);
        boolean end = (flags & Frames.END_STREAM) != 0;
        Http2Exchange stream;
        try {
            stream = session.incoming().dataBegins(id, length, end);
        } catch (Http2Violation e) {
            session.incoming().consume(length);
            throw e;
        }
        if (stream == null) {
            session.incoming().consume(length);
        } else {
            deliver(stream, input, length - 1 - padding, length, end);
        }
    }

    private static int padding(ByteBuf input, int length) throws Http2Violation {
        if (length == 0) {
            throw Http2Violation.ofConnection(ErrorCode.FRAME_SIZE_ERROR, "padded frame without its pad length");
        }
        int padding = input.readUnsignedByte();
        if (padding >= length) {
            throw protocol("padding longer than its frame");
        }
        return padding;
    }

    // ---- Other frames

    private void frame(ByteBuf input, int type, int flags, int id, int length) throws Http2Violation {
        switch (type) {
            case Frames.DATA -> paddedData(input, id, length, flags);
            case Frames.HEADERS -> headers(input, id, length, flags);
            case Frames.CONTINUATION -> continuation(input, length, flags);
            case Frames.PRIORITY -> priority(input, id, length);
            case Frames.RST_STREAM -> {
                size(length == 4);
                stream(id);
                session.incoming().resetReceived(id, input.readUnsignedInt());
            }
            case Frames.SETTINGS -> settings(input, id, length, flags);
            case Frames.PUSH_PROMISE -> throw protocol("push is disabled");
            case Frames.PING -> {
                connection(id);
                size(length == 8);
                session.incoming().pingReceived(input.readLong(), (flags & Frames.ACK) != 0);
            }
            case Frames.GOAWAY -> {
                connection(id);
                size(length >= 8);
                session.incoming().goAwayReceived(input.readInt() & Integer.MAX_VALUE, input.readUnsignedInt());
            }
            case Frames.WINDOW_UPDATE -> {
                size(length == 4);
                session.incoming().windowUpdateReceived(id, input.readInt() & Integer.MAX_VALUE);
            }
            default -> session.incoming().guard().countControlFrame();
        }
    }

    private void headers(ByteBuf input, int id, int length, int flags) throws Http2Violation {
        stream(id);
        int padding = 0;
        int size = length;
        if ((flags & Frames.PADDED) != 0) {
            padding = padding(input, length);
            size -= 1 + padding;
        }
        boolean selfDependent = false;
        if ((flags & Frames.PRIORITY_FLAG) != 0) {
            size(size >= 5);
            selfDependent = (input.readInt() & Integer.MAX_VALUE) == id;
            input.skipBytes(1);
            size -= 5;
        }
        block.begin(id, (flags & Frames.END_STREAM) != 0, selfDependent);
        block.append(input, size);
        endBlock(flags);
    }

    private void continuation(ByteBuf input, int length, int flags) throws Http2Violation {
        block.countContinuation();
        block.append(input, length);
        endBlock(flags);
    }

    private void endBlock(int flags) throws Http2Violation {
        if ((flags & Frames.END_HEADERS) != 0) {
            int id = block.streamId();
            block.finish();
            session.incoming().headersReceived(id, block);
        }
    }

    private void priority(ByteBuf input, int id, int length) throws Http2Violation {
        stream(id);
        size(length == 5);
        if ((input.readInt() & Integer.MAX_VALUE) == id) {
            throw protocol("stream depends on itself");
        }
        session.incoming().guard().countControlFrame();
    }

    private void settings(ByteBuf input, int id, int length, int flags) throws Http2Violation {
        connection(id);
        boolean ack = (flags & Frames.ACK) != 0;
        size(ack ? length == 0 : length % 6 == 0);
        if (ack) {
            return;
        }
        PeerSettings peer = session.peerSettings();
        int windowBefore = peer.initialWindow();
        peer.frameReceived();
        for (int left = length; left > 0; left -= 6) {
            peer.set(input.readUnsignedShort(), input.readUnsignedInt(), !session.isServer());
        }
        session.incoming().settingsReceived(windowBefore);
    }

    private static void size(boolean right) throws Http2Violation {
        if (!right) {
            throw Http2Violation.ofConnection(ErrorCode.FRAME_SIZE_ERROR, "length does not fit the frame's type");
        }
    }

    private static void stream(int id) throws Http2Violation {
        if (id == 0) {
            throw protocol("frame needs a stream");
        }
    }

    private static void connection(int id) throws Http2Violation {
        if (id != 0) {
            throw protocol("frame belongs to the connection");
        }
    }

    private static Http2Violation protocol(String what) {
        return Http2Violation.ofConnection(ErrorCode.PROTOCOL_ERROR, what);
    }
}
