package dev.lateen.proxy.admin;

import dev.lateen.net.http.ServerStream;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// The body of an answer that is written while it is sent.
///
/// Limits: two writes are on their way at a time; a peer that takes nothing for thirty seconds is given up.
///
/// Thread: `write` and `close` one that may block; everything else the connection's event loop.
final class PageStream extends OutputStream {
    private static final int AT_A_TIME = 2;
    private static final int PATIENCE_SECONDS = 30;

    private final ServerStream stream;
    private final EventLoop loop;
    private final Semaphore room = new Semaphore(AT_A_TIME);
    private volatile boolean gone;
    /// Writes that the loop has taken while the peer was slow.
    private int waiting;

    PageStream(ServerStream stream) {
        this.stream = stream;
        this.loop = stream.connection().channel().eventLoop();
    }

    @Override
    public void write(int letter) throws IOException {
        write(new byte[] {(byte) letter}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return;
        }
        try {
            if (!room.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS) || gone) {
                throw new IOException("the reader of this page is gone, or too slow");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        byte[] copy = new byte[length];
        System.arraycopy(bytes, offset, copy, 0, length);
        loop.execute(() -> send(copy));
    }

    private void send(byte[] bytes) {
        if (gone) {
            room.release();
            return;
        }
        waiting++;
        stream.sendData(Unpooled.wrappedBuffer(bytes), false);
        if (stream.isWritable()) {
            onWritable();
        }
    }

    /// The peer takes more.
    void onWritable() {
        room.release(waiting);
        waiting = 0;
    }

    /// Nobody reads on.
    void onGone() {
        gone = true;
        room.release(AT_A_TIME);
    }

    @Override
    public void close() {
        loop.execute(() -> {
            if (!gone) {
                stream.sendData(Unpooled.EMPTY_BUFFER, true);
            }
        });
    }

    /// After a failure: the page must not look whole.
    void abort() {
        loop.execute(() -> stream.connection().channel().close());
    }
}
