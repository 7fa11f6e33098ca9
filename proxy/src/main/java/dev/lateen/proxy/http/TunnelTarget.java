package dev.lateen.proxy.http;

import dev.lateen.net.http.ClientConnection;
import dev.lateen.net.http.ClientStream;
import dev.lateen.net.http.Headers;
import dev.lateen.net.http.HttpVersion;
import dev.lateen.net.http.RequestHead;
import dev.lateen.net.http.ResponseHead;
import dev.lateen.net.http.ResponseListener;
import dev.lateen.net.http.StreamReset;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/// What a tunnel that ends here leads to: a TCP connection that speaks no HTTP, as the one exchange of a connection.
/// Its answer is a 200 as soon as there is a connection; its body is what the server sends, the request's what it is
/// sent. The end of what the client sends is passed on as such, and so is a reset. What the server sends may end the
/// exchange, as with any answer.
///
/// Source: RFC 9110 §9.3.6, Envoy `RouteAction.UpgradeConfig.connect_config`. Thread: event loop of its channel.
final class TunnelTarget extends ChannelInboundHandlerAdapter implements ClientConnection, ClientStream {
    private static final int OK = 200;

    private final Channel channel;
    private @Nullable ResponseListener listener;
    private boolean accepted;
    private boolean paused;
    private boolean inputEnded;
    private boolean outputEnded;
    private boolean outputSent;

    /// @param channel that does not read yet
    TunnelTarget(Channel channel) {
        this.channel = channel;
    }

    // ---- A connection with room for one stream

    @Override
    public ClientStream open(RequestHead head, boolean end, ResponseListener answers) {
        listener = answers;
        channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        channel.pipeline().addLast(this);
        // The caller has to know the stream before it hears of it.
        channel.eventLoop().execute(this::accept);
        if (end) {
            endOutput();
        }
        return this;
    }

    /// Before anything that the server sends; that may have come with the last words of the handshake.
    private void accept() {
        ResponseListener answers = listener;
        if (answers != null && !accepted) {
            accepted = true;
            answers.onHead(new ResponseHead(OK, new Headers()), false);
            if (!paused && !inputEnded) {
                channel.config().setAutoRead(true);
            }
        }
    }

    @Override
    public int availableStreams() {
        return listener == null ? 1 : 0;
    }

    @Override
    public int activeStreams() {
        return 1 - availableStreams();
    }

    @Override
    public long openedStreams() {
        return activeStreams();
    }

    @Override
    public void listener(Listener pool) {
        throw new IllegalStateException("no pool keeps the end of a tunnel");
    }

    @Override
    public Channel channel() {
        return channel;
    }

    @Override
    public HttpVersion version() {
        return HttpVersion.HTTP_1_1;
    }

    @Override
    public @Nullable SSLSession tls() {
        SslHandler ssl = channel.pipeline().get(SslHandler.class);
        return ssl == null ? null : ssl.engine().getSession();
    }

    @Override
    public void drain() {
        // Its only stream goes on, and no other comes.
    }

    @Override
    public void close() {
        channel.close();
    }

    @Override
    public TunnelTarget connection() {
        return this;
    }

    // ---- What the client sends

    @Override
    public void sendData(ByteBuf data, boolean end) {
        if (outputEnded) {
            data.release();
            return;
        }
        channel.writeAndFlush(data, channel.voidPromise());
        if (end) {
            endOutput();
        }
    }

    @Override
    public void sendTrailers(Headers trailers) {
        endOutput();
    }

    private void endOutput() {
        if (outputEnded) {
            return;
        }
        outputEnded = true;
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(_ -> {
            outputSent = true;
            if (inputEnded) {
                channel.close();
            } else if (channel.pipeline().get(SslHandler.class) == null) {
                ((DuplexChannel) channel).shutdownOutput();
            }
            // The TLS library would end both halves: the server is told when its answer has ended.
        });
    }

    @Override
    public void reset(StreamReset reason) {
        listener = null;
        outputEnded = true;
        if (!inputEnded && channel instanceof SocketChannel) {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
        }
        channel.close();
    }

    @Override
    public boolean isWritable() {
        return channel.isWritable();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        ResponseListener answers = listener;
        if (answers != null) {
            answers.onWritabilityChanged(channel.isWritable());
        }
        ctx.fireChannelWritabilityChanged();
    }

    // ---- What the server sends

    @Override
    public void pauseReading() {
        paused = true;
        channel.config().setAutoRead(false);
    }

    @Override
    public void resumeReading() {
        paused = false;
        if (!inputEnded && accepted) {
            channel.config().setAutoRead(true);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        accept();
        ResponseListener answers = listener;
        if (answers == null) {
            bytes.release();
        } else {
            answers.onData(bytes, false);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE || event instanceof SslCloseCompletionEvent) {
            endInput();
        }
    }

    private void endInput() {
        accept();
        ResponseListener answers = listener;
        if (inputEnded || answers == null) {
            return;
        }
        inputEnded = true;
        listener = null;
        answers.onData(Unpooled.EMPTY_BUFFER, true);
        if (outputSent) {
            channel.close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        ResponseListener answers = listener;
        if (answers != null) {
            listener = null;
            answers.onReset(StreamReset.CONNECTION_CLOSED, "");
        }
        ctx.fireChannelInactive();
    }

    @Override
    @SuppressWarnings("deprecation") // Netty's contract for inbound handlers.
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        // A reset by the server or a broken TLS record: `channelInactive` tells the listener.
        ctx.close();
    }
}
