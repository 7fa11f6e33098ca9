package dev.lateen.net.http2;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http2.AbstractHttp2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/// Netty's frame codec, telling our session of errors and of the channel's end.
///
/// Thread: event loop of its channel.
// A write or close that fails closes the channel, which is how everybody hears of it.
@SuppressWarnings("FutureReturnValueIgnored")
final class Http2Handler extends Http2ConnectionHandler {
    private final Http2Session session;

    private Http2Handler(
            Http2ConnectionDecoder decoder,
            Http2ConnectionEncoder encoder,
            Http2Settings settings,
            Http2Session session) {
        super(decoder, encoder, settings, true);
        this.session = session;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
        session.attach(ctx, this);
        super.handlerAdded(ctx);
        if (ctx.channel().isActive()) {
            session.prefaceSent();
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) throws Exception {
        super.channelActive(ctx);
        session.prefaceSent();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        session.closing("remote_disconnect");
        super.channelInactive(ctx);
        session.closed();
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext ctx) throws Exception {
        super.handlerRemoved0(ctx);
        session.closed();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
        super.userEventTriggered(ctx, event);
        if (event instanceof ChannelInputShutdownEvent) {
            ctx.close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) throws Exception {
        if (Http2CodecUtil.getEmbeddedHttp2Exception(cause) != null) {
            super.exceptionCaught(ctx, cause);
        } else {
            // A broken socket or TLS record; channelInactive tells the rest.
            session.closing("io_error");
            ctx.close();
        }
    }

    @Override
    protected void onConnectionError(
            ChannelHandlerContext ctx, boolean outbound, Throwable cause, @Nullable Http2Exception http2) {
        session.connectionFailed(http2, cause);
        super.onConnectionError(ctx, outbound, cause, http2);
    }

    @Override
    protected void onStreamError(
            ChannelHandlerContext ctx, boolean outbound, Throwable cause, Http2Exception.StreamException error) {
        Http2Exception graver = session.asConnectionError(error);
        if (graver != null) {
            onConnectionError(ctx, outbound, graver, graver);
            ctx.flush();
            return;
        }
        Http2Exception.StreamException told = session.afterEnd(error);
        session.streamFailed(told);
        super.onStreamError(ctx, outbound, told, told);
    }

    @Override
    protected void handleServerHeaderDecodeSizeError(ChannelHandlerContext ctx, Http2Stream stream) {
        session.headersTooLarge();
        super.handleServerHeaderDecodeSizeError(ctx, stream);
    }

    /// Sets limits, then builds a handler for one session.
    static final class Builder extends AbstractHttp2ConnectionHandlerBuilder<Http2Handler, Builder> {
        private static final int MAX_QUEUED_CONTROL_FRAMES = 10_000;
        private final Http2Session session;

        Builder(Http2Session session, boolean server, Http2Settings settings, int maxResetsPerSecond) {
            this.session = session;
            server(server);
            initialSettings(settings);
            frameListener((Http2FrameListener) session);
            validateHeaders(true);
            encoderIgnoreMaxHeaderListSize(true);
            encoderEnforceMaxQueuedControlFrames(MAX_QUEUED_CONTROL_FRAMES);
            gracefulShutdownTimeoutMillis(0);
            decoupleCloseAndGoAway(true);
            if (server && maxResetsPerSecond > 0) {
                decoderEnforceMaxRstFramesPerWindow(maxResetsPerSecond, 1);
            }
        }

        @Override
        protected Http2Handler build() {
            return super.build();
        }

        @Override
        protected Http2Handler build(
                Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings settings) {
            return new Http2Handler(decoder, encoder, settings, session);
        }
    }
}
