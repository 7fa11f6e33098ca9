package dev.lateen.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelOutboundHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A plain socket that can be written to without Netty's outbound queue, while that is empty. The queue costs as much
/// CPU as all of a small answer's parsing; it is needed only where the kernel takes less than everything.
///
/// Thread: event loop of its channel.
public final class StraightSocket {
    private final Channel channel;
    private final Socket socket;

    private StraightSocket(Channel channel, Socket socket) {
        this.channel = channel;
        this.socket = socket;
    }

    /// The socket below this handler, or null where it is none of epoll's, or a handler between (TLS) changes what is
    /// written. No such handler may be added later.
    public static @Nullable StraightSocket of(ChannelHandlerContext context) {
        if (!(context.channel() instanceof EpollSocketChannel epoll) || !(epoll.fd() instanceof Socket socket)) {
            return null;
        }
        for (Map.Entry<String, ChannelHandler> entry : context.pipeline()) {
            if (entry.getKey().equals(context.name())) {
                return new StraightSocket(epoll, socket);
            }
            if (entry.getValue() instanceof ChannelOutboundHandler) {
                return null;
            }
        }
        return null;
    }

    /// Sends what it can. True where that was all of it; otherwise the rest has to be written through the pipeline,
    /// which waits for room, or meets the error that was met here and closes.
    ///
    /// @param data direct memory, stays the caller's
    public boolean send(ByteBuf data) {
        // A channel that is closing has no queue any more: its descriptor may be another connection's by now.
        ChannelOutboundBuffer queue = channel.unsafe().outboundBuffer();
        if (queue == null || queue.totalPendingWriteBytes() > 0 || !data.hasMemoryAddress()) {
            return false;
        }
        try {
            data.skipBytes(socket.sendAddress(data.memoryAddress(), data.readerIndex(), data.writerIndex()));
        } catch (IOException _) {
            return false;
        }
        return !data.isReadable();
    }
}
