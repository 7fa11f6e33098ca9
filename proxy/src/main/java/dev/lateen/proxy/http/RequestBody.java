package dev.lateen.proxy.http;

import dev.lateen.net.http.ClientStream;
import dev.lateen.net.http.Headers;
import dev.lateen.net.http.HttpVersion;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOutboundBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// A request's body between the client and the upstream: waits while there is no upstream, streams through while there
/// is one, and keeps a copy as long as another attempt may need it. Together with `Mirror` the only place that retains
/// buffers.
///
/// Thread: event loop of the request.
final class RequestBody {
    private static final long NOTHING_KEPT = -1;

    private final ArrayDeque<ByteBuf> chunks = new ArrayDeque<>(0);
    private @Nullable ClientStream upstream;
    private @Nullable Mirror mirror;
    private @Nullable Headers trailers;
    private long bytes;
    private long keepLimitBytes = NOTHING_KEPT;
    private boolean ended;
    private boolean overflowed;
    private @Nullable Runnable onOverflow;

    void ended(boolean ended) {
        this.ended = ended;
    }

    /// Whether the request is a head only.
    boolean isEmpty() {
        return ended && chunks.isEmpty() && trailers == null && !overflowed && bytes == 0;
    }

    boolean isEnded() {
        return ended;
    }

    /// Whether what comes goes to an upstream at once.
    boolean isConnected() {
        return upstream != null;
    }

    /// What has come and is not sent yet.
    long bytes() {
        return bytes;
    }

    /// All that this body holds in memory, also what waits in an upstream's connection that is its own.
    long heldBytes() {
        ClientStream to = upstream;
        if (to == null || to.connection().version() == HttpVersion.HTTP_2) {
            return bytes;
        }
        ChannelOutboundBuffer waiting = to.connection().channel().unsafe().outboundBuffer();
        return bytes + (waiting == null ? 0 : waiting.totalPendingWriteBytes());
    }

    /// A copy of the first bytes of that.
    byte[] copy(int atMost) {
        byte[] copy = new byte[(int) Math.min(bytes, atMost)];
        int filled = 0;
        for (ByteBuf chunk : chunks) {
            int count = Math.min(chunk.readableBytes(), copy.length - filled);
            chunk.getBytes(chunk.readerIndex(), copy, filled, count);
            filled += count;
        }
        return copy;
    }

    /// Keeps what goes through for another attempt, until it is more than so many bytes.
    void keep(long limitBytes, Runnable onOverflow) {
        this.keepLimitBytes = limitBytes;
        this.onOverflow = onOverflow;
    }

    /// No other attempt will come; lets go of what has been sent.
    void keepNoLonger() {
        if (keepLimitBytes != NOTHING_KEPT) {
            keepLimitBytes = NOTHING_KEPT;
            if (upstream != null) {
                release();
            }
        }
    }

    /// Copies what has come and what comes.
    void mirror(Mirror mirror) {
        this.mirror = mirror;
        int left = chunks.size();
        for (ByteBuf chunk : chunks) {
            left--;
            mirror.send(chunk, left == 0 && ended);
        }
        if (chunks.isEmpty() && ended) {
            mirror.send(Unpooled.EMPTY_BUFFER, true);
        }
    }

    void add(ByteBuf data, boolean end) {
        ended |= end;
        if (mirror != null) {
            mirror.send(data, end);
        }
        ClientStream to = upstream;
        if (keepLimitBytes != NOTHING_KEPT && bytes + data.readableBytes() > keepLimitBytes) {
            overflow();
        }
        if (to == null) {
            bytes += data.readableBytes();
            chunks.add(data);
        } else if (keepLimitBytes == NOTHING_KEPT) {
            to.sendData(data, end);
        } else {
            bytes += data.readableBytes();
            chunks.add(data);
            to.sendData(data.retainedDuplicate(), end);
        }
    }

    private void overflow() {
        overflowed = true;
        keepLimitBytes = NOTHING_KEPT;
        if (upstream != null) {
            release();
        }
        if (onOverflow != null) {
            onOverflow.run();
        }
    }

    void end(Headers trailers) {
        ended = true;
        this.trailers = trailers;
        if (mirror != null) {
            mirror.send(Unpooled.EMPTY_BUFFER, true);
        }
        if (upstream != null) {
            upstream.sendTrailers(trailers);
        }
    }

    /// Sends what has come so far, and from now on what comes.
    void connect(ClientStream to) {
        upstream = to;
        Headers tail = trailers;
        int left = chunks.size();
        for (ByteBuf chunk : chunks) {
            left--;
            boolean last = left == 0 && ended && tail == null;
            to.sendData(keepLimitBytes == NOTHING_KEPT ? chunk : chunk.retainedDuplicate(), last);
        }
        if (tail != null) {
            to.sendTrailers(tail);
        }
        if (keepLimitBytes == NOTHING_KEPT) {
            chunks.clear();
            bytes = 0;
        }
    }

    /// The attempt is over; what comes now waits for the next one.
    void disconnect() {
        upstream = null;
    }

    /// Whether reading on would only fill memory.
    boolean isFull(int limitBytes) {
        return upstream == null ? bytes > limitBytes : !upstream.isWritable();
    }

    void discard() {
        if (mirror != null && !ended) {
            mirror.abandon();
        }
        upstream = null;
        keepLimitBytes = NOTHING_KEPT;
        release();
    }

    private void release() {
        ByteBuf chunk = chunks.poll();
        while (chunk != null) {
            chunk.release();
            chunk = chunks.poll();
        }
        bytes = 0;
    }
}
