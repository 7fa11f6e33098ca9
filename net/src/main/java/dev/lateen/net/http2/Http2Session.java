package dev.lateen.net.http2;

import dev.lateen.net.FlushBatch;
import dev.lateen.net.http.HttpLimits;
import dev.lateen.net.http.StreamReset;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.ssl.SslHandler;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/// What both ends of an HTTP/2 connection have in common: frames to exchanges, credit, flushing, floods, the end.
///
/// Thread: event loop of its channel.
// A write or close that fails closes the channel, which is how everybody hears of it.
@SuppressWarnings("FutureReturnValueIgnored")
final class Http2Session implements Http2FrameListener, Http2Connection.Listener, FlushBatch.Flushable {
    private static final char ENABLE_CONNECT_PROTOCOL = 8;
    private static final int MAX_CONTROL_FRAMES_PER_SECOND = 1000;
    private static final long SECOND_NANOS = 1_000_000_000L;

    private final HttpLimits limits;
    private final boolean server;
    private final Http2Role role;
    private final Http2Handler handler;
    private final ClosedStreams closedStreams = new ClosedStreams();
    private ChannelHandlerContext context;
    private FlushBatch batch;
    private Http2Connection.PropertyKey key;
    private boolean flushScheduled;
    private boolean closed;
    private boolean windowRaised;
    private boolean locallyClosing;
    private boolean peerConnectProtocol;
    private boolean settingsReceived;
    private int goAwayLastStream = Integer.MAX_VALUE;
    private String closeDetails = "remote_disconnect";
    private StreamReset closeReason = StreamReset.CONNECTION_CLOSED;
    private long controlWindowStart;
    private int controlFrames;
    private @Nullable PingListener pings;

    /// Told of answers to our PINGs.
    interface PingListener {
        void onPingAck(long payload);
    }

    @SuppressWarnings("NullAway.Init") // the rest is set in attach, before any event
    Http2Session(HttpLimits limits, boolean server, Http2Role role) {
        this.limits = limits;
        this.server = server;
        this.role = role;
        Http2Settings settings = Http2Settings.defaultSettings()
                .initialWindowSize(limits.initialStreamWindowBytes())
                .maxHeaderListSize(limits.maxHeaderBytes());
        if (server) {
            settings.maxConcurrentStreams(limits.maxConcurrentStreams());
            settings.put(ENABLE_CONNECT_PROTOCOL, Long.valueOf(1));
        } else {
            settings.pushEnabled(false);
        }
        this.handler = new Http2Handler.Builder(this, server, settings, limits.maxResetStreamsPerSecond()).build();
    }

    void attach(ChannelHandlerContext ctx, Http2Handler built) {
        context = ctx;
        batch = FlushBatch.of(ctx.channel().eventLoop());
        key = built.connection().newKey();
        built.connection().addListener(this);
        built.encoder().flowController().listener(this::writabilityChanged);
        int high = Math.max(2, limits.bufferLimitBytes());
        ctx.channel().config().setWriteBufferWaterMark(new io.netty.channel.WriteBufferWaterMark(high / 2, high));
    }

    /// Settings cannot speak of the connection's window: it starts at 64 KiB and grows by WINDOW_UPDATE.
    void prefaceSent() {
        int more = limits.initialConnectionWindowBytes() - Http2CodecUtil.DEFAULT_WINDOW_SIZE;
        if (more <= 0 || windowRaised) {
            return;
        }
        windowRaised = true;
        try {
            handler.decoder()
                    .flowController()
                    .incrementWindowSize(handler.connection().connectionStream(), more);
            scheduleFlush();
        } catch (Http2Exception e) {
            handler.onError(context, true, e);
        }
    }

    Http2Handler handler() {
        return handler;
    }

    ChannelHandlerContext context() {
        return context;
    }

    HttpLimits limits() {
        return limits;
    }

    boolean isServer() {
        return server;
    }

    boolean isClosed() {
        return closed;
    }

    boolean hasPeerSettings() {
        return settingsReceived;
    }

    boolean peerTakesExtendedConnect() {
        return peerConnectProtocol;
    }

    int activeStreams() {
        return handler.connection().numActiveStreams();
    }

    @Nullable
    SSLSession tls() {
        SslHandler ssl = context.pipeline().get(SslHandler.class);
        return ssl == null ? null : ssl.engine().getSession();
    }

    void pings(PingListener listener) {
        pings = listener;
    }

    void sendPing(long payload) {
        handler.encoder().writePing(context, false, payload, context.newPromise());
        scheduleFlush();
    }

    /// GOAWAY without an error; streams up to `lastStream` go on.
    void sendGoAway(int lastStream) {
        handler.goAway(context, lastStream, Http2Error.NO_ERROR.code(), Unpooled.EMPTY_BUFFER, context.newPromise());
        scheduleFlush();
    }

    void close(String details) {
        closing(details);
        locallyClosing = true;
        context.close();
    }

    void put(Http2Stream stream, Http2Exchange exchange) {
        stream.setProperty(key, exchange);
    }

    @Nullable
    Http2Exchange exchange(@Nullable Http2Stream stream) {
        return stream == null ? null : stream.getProperty(key);
    }

    void scheduleFlush() {
        if (!flushScheduled) {
            flushScheduled = true;
            batch.add(this);
        }
    }

    @Override
    public void flushNow() {
        flushScheduled = false;
        handler.flush(context);
    }

    // ---- Errors and the end

    void closing(String details) {
        if (closeReason == StreamReset.CONNECTION_CLOSED && closeDetails.equals("remote_disconnect")) {
            closeDetails = details;
        }
    }

    void connectionFailed(@Nullable Http2Exception error, Throwable cause) {
        Http2Error code = error == null ? Http2Error.INTERNAL_ERROR : error.error();
        closeReason = code == Http2Error.ENHANCE_YOUR_CALM ? StreamReset.LIMIT_EXCEEDED : StreamReset.PROTOCOL_ERROR;
        if (cause instanceof java.io.IOException) {
            closeReason = StreamReset.CONNECTION_CLOSED;
            return;
        }
        closeDetails = "http2." + code.name().toLowerCase(java.util.Locale.ROOT);
        role.onRejected(400, closeDetails);
    }

    void streamFailed(Http2Exception.StreamException error) {
        if (locallyClosing || !context.channel().isActive()) {
            // Writes that fail because the connection goes; the streams are told when it has gone.
            return;
        }
        String details = "http2." + error.error().name().toLowerCase(java.util.Locale.ROOT);
        Http2Exchange exchange = exchange(handler.connection().stream(error.streamId()));
        if (exchange != null) {
            exchange.fail(StreamReset.PROTOCOL_ERROR, details);
        } else {
            role.onRejected(400, details);
        }
    }

    /// What Netty calls a stream error of an unknown stream is an error of the connection where it is a HEADERS frame:
    /// on a stream that has ended in order, or with an id that was skipped (RFC 9113 §5.1, §5.1.1).
    @Nullable
    Http2Exception asConnectionError(Http2Exception.StreamException error) {
        int id = error.streamId();
        String message = error.getMessage();
        boolean headers = message != null && message.contains("HEADERS");
        if (!server || !headers || handler.connection().stream(id) != null || closedStreams.wasResetByUs(id)) {
            return null;
        }
        return closedStreams.endedInOrder(id)
                ? Http2Exception.connectionError(Http2Error.STREAM_CLOSED, "HEADERS on closed stream %d", id)
                : Http2Exception.connectionError(Http2Error.PROTOCOL_ERROR, "HEADERS on skipped stream %d", id);
    }

    /// Headers behind the end of a request are wrong for that reason first (RFC 9113 §5.1, half-closed).
    Http2Exception.StreamException afterEnd(Http2Exception.StreamException error) {
        Http2Exchange exchange = exchange(handler.connection().stream(error.streamId()));
        if (!server || exchange == null || !exchange.isIncomingEnded() || error.error() != Http2Error.PROTOCOL_ERROR) {
            return error;
        }
        return (Http2Exception.StreamException) Http2Exception.streamError(
                error.streamId(), Http2Error.STREAM_CLOSED, "frame behind END_STREAM on stream %d", error.streamId());
    }

    void headersTooLarge() {
        role.onRejected(431, "http2.headers_too_large");
    }

    void closed() {
        if (!closed) {
            closed = true;
            role.onClosed(closeDetails);
        }
    }

    private void writabilityChanged(Http2Stream stream) {
        Http2Exchange exchange = exchange(stream);
        if (exchange != null) {
            exchange.writabilityChanged(handler.encoder().flowController().isWritable(stream));
        }
    }

    // ---- Http2Connection.Listener

    @Override
    public void onStreamClosed(Http2Stream stream) {
        Http2Exchange exchange = exchange(stream);
        if (exchange != null) {
            if (!server && stream.id() > goAwayLastStream) {
                exchange.fail(StreamReset.REMOTE_REFUSED, "http2.goaway");
            } else {
                exchange.streamClosed(closeReason, closeDetails);
            }
        }
    }

    @Override
    public void onStreamRemoved(Http2Stream stream) {
        closedStreams.add(stream.id(), stream.isResetSent());
        role.onStreamEnded();
    }

    @Override
    public void onGoAwayReceived(int lastStreamId, long errorCode, ByteBuf debugData) {
        goAwayLastStream = lastStreamId;
        if (errorCode != Http2Error.NO_ERROR.code()) {
            closing("http2.goaway_" + errorCode);
        }
        role.onGoAway();
    }

    @Override
    public void onStreamAdded(Http2Stream stream) {}

    @Override
    public void onStreamActive(Http2Stream stream) {}

    @Override
    public void onStreamHalfClosed(Http2Stream stream) {}

    @Override
    public void onGoAwaySent(int lastStreamId, long errorCode, ByteBuf debugData) {}

    // ---- Http2FrameListener

    @Override
    public int onDataRead(ChannelHandlerContext ctx, int streamId, ByteBuf data, int padding, boolean end) {
        Http2Exchange exchange = exchange(handler.connection().stream(streamId));
        int credit = data.readableBytes() + padding;
        return exchange == null ? credit : exchange.receiveData(data, credit, end);
    }

    @Override
    public void onHeadersRead(ChannelHandlerContext ctx, int streamId, Http2Headers headers, int padding, boolean end)
            throws Http2Exception {
        Http2Stream stream = handler.connection().stream(streamId);
        if (stream != null) {
            role.onHeaders(stream, exchange(stream), headers, end);
        }
    }

    @Override
    public void onHeadersRead(
            ChannelHandlerContext ctx,
            int streamId,
            Http2Headers headers,
            int streamDependency,
            short weight,
            boolean exclusive,
            int padding,
            boolean end)
            throws Http2Exception {
        onHeadersRead(ctx, streamId, headers, padding, end);
    }

    @Override
    public void onRstStreamRead(ChannelHandlerContext ctx, int streamId, long errorCode) {
        Http2Exchange exchange = exchange(handler.connection().stream(streamId));
        if (exchange != null) {
            exchange.receiveReset(errorCode);
        }
    }

    @Override
    public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings) throws Http2Exception {
        countControlFrame();
        settingsReceived = true;
        Long value = settings.get(ENABLE_CONNECT_PROTOCOL);
        if (value != null) {
            peerConnectProtocol = value == 1;
        }
        role.onPeerSettings();
    }

    @Override
    public void onPingRead(ChannelHandlerContext ctx, long data) throws Http2Exception {
        countControlFrame();
    }

    @Override
    public void onPingAckRead(ChannelHandlerContext ctx, long data) {
        PingListener listener = pings;
        if (listener != null) {
            listener.onPingAck(data);
        }
    }

    @Override
    public void onPriorityRead(ChannelHandlerContext ctx, int id, int dependency, short weight, boolean exclusive)
            throws Http2Exception {
        countControlFrame();
    }

    @Override
    public void onUnknownFrame(ChannelHandlerContext ctx, byte type, int id, Http2Flags flags, ByteBuf payload)
            throws Http2Exception {
        countControlFrame();
    }

    @Override
    public void onSettingsAckRead(ChannelHandlerContext ctx) {}

    @Override
    public void onPushPromiseRead(ChannelHandlerContext ctx, int id, int promised, Http2Headers headers, int padding)
            throws Http2Exception {
        throw Http2Exception.connectionError(Http2Error.PROTOCOL_ERROR, "push is disabled");
    }

    @Override
    public void onGoAwayRead(ChannelHandlerContext ctx, int lastStreamId, long errorCode, ByteBuf debugData) {}

    @Override
    public void onWindowUpdateRead(ChannelHandlerContext ctx, int streamId, int increment) {}

    // Frames that cost us an answer, or nothing but work, and that no honest peer sends in masses.
    private void countControlFrame() throws Http2Exception {
        long now = System.nanoTime();
        if (now - controlWindowStart > SECOND_NANOS) {
            controlWindowStart = now;
            controlFrames = 0;
        }
        if (++controlFrames > MAX_CONTROL_FRAMES_PER_SECOND) {
            throw Http2Exception.connectionError(Http2Error.ENHANCE_YOUR_CALM, "too many control frames");
        }
    }
}
