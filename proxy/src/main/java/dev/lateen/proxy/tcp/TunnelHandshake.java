package dev.lateen.proxy.tcp;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Future;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Asks a proxy behind a new connection for a tunnel, by CONNECT in HTTP/1.1, and waits for its answer. After a 2xx the
/// connection is the tunnel, whatever the answer's fields say.
///
/// Limits: an answer's head of `MAX_HEAD` bytes; a time for all of it.
///
/// Source: RFC 9110 §9.3.6. Thread: event loop of the connection.
final class TunnelHandshake extends ChannelInboundHandlerAdapter {
    private static final int MAX_HEAD = 16 * 1024;
    private static final int STATUS_LINE = "HTTP/1.1 200".length();

    /// What became of it. Exactly one call; after a failure the connection is closed.
    interface Outcome {
        /// @param rest what came after the answer's head; the receiver's to release
        void onTunnel(Channel channel, ByteBuf rest);

        void onTunnelRefused(String details);
    }

    private final Outcome outcome;
    private @Nullable ByteBuf head;
    private @Nullable Future<?> timer;
    private boolean over;

    private TunnelHandshake(Outcome outcome) {
        this.outcome = outcome;
    }

    /// @param channel whose auto-read is off, as it is again afterwards
    /// @param authority where the tunnel ends, `host:port`
    static void start(Channel channel, String authority, Duration limit, Outcome outcome) {
        TunnelHandshake handshake = new TunnelHandshake(outcome);
        handshake.head = channel.alloc().buffer(256);
        channel.pipeline().addLast(handshake);
        handshake.timer = channel.eventLoop()
                .schedule(
                        () -> handshake.refuse(channel, "no answer to CONNECT in time"),
                        limit.toNanos(),
                        TimeUnit.NANOSECONDS);
        String request = "CONNECT " + authority + " HTTP/1.1\r\nhost: " + authority + "\r\n\r\n";
        ByteBuf bytes = channel.alloc().buffer(request.length());
        bytes.writeCharSequence(request, StandardCharsets.US_ASCII);
        channel.writeAndFlush(bytes);
        channel.config().setAutoRead(true);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        ByteBuf read = head;
        if (over || read == null) {
            bytes.release();
            return;
        }
        read.writeBytes(bytes);
        bytes.release();
        int end = endOfHead(read);
        if (end >= 0) {
            answered(ctx.channel(), read, end);
        } else if (read.readableBytes() > MAX_HEAD) {
            refuse(ctx.channel(), "the answer to CONNECT is too long");
        }
    }

    private static int endOfHead(ByteBuf read) {
        for (int at = 0; at + 4 <= read.writerIndex(); at++) {
            if (read.getInt(at) == 0x0d0a0d0a) {
                return at + 4;
            }
        }
        return -1;
    }

    private void answered(Channel channel, ByteBuf read, int end) {
        String line = read.toString(0, Math.min(STATUS_LINE, end), StandardCharsets.ISO_8859_1);
        if (!isStatusLine(line)) {
            refuse(channel, "the answer to CONNECT is not HTTP/1");
            return;
        }
        String status = line.substring(STATUS_LINE - 3);
        if (status.charAt(0) == '1') {
            // An interim answer; the final one follows.
            read.readerIndex(end).discardReadBytes();
            int next = endOfHead(read);
            if (next >= 0) {
                answered(channel, read, next);
            }
            return;
        }
        if (status.charAt(0) != '2') {
            refuse(channel, "CONNECT was answered with " + status);
            return;
        }
        finish();
        head = null;
        channel.config().setAutoRead(false);
        channel.pipeline().remove(this);
        outcome.onTunnel(channel, read.readerIndex(end));
    }

    private static boolean isStatusLine(String line) {
        boolean known = line.startsWith("HTTP/1.1 ") || line.startsWith("HTTP/1.0 ");
        for (int at = STATUS_LINE - 3; known && at < STATUS_LINE; at++) {
            known = at < line.length() && line.charAt(at) >= '0' && line.charAt(at) <= '9';
        }
        return known;
    }

    private void refuse(Channel channel, String details) {
        if (!over) {
            finish();
            channel.close();
            outcome.onTunnelRefused(details);
        }
    }

    private void finish() {
        over = true;
        if (timer != null) {
            timer.cancel(false);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        refuse(ctx.channel(), "the connection ended before CONNECT was answered");
        ctx.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        ByteBuf read = head;
        if (read != null) {
            head = null;
            read.release();
        }
    }

    @Override
    @SuppressWarnings("deprecation") // Netty's contract for inbound handlers.
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
