package dev.lateen.net.http2;

import dev.lateen.net.http.HttpLimits;
import dev.lateen.net.http.StreamReset;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.ssl.SslHandler;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/// What both ends of an HTTP/2 connection have in common: frames to exchanges, the stream table, credit, the end.
///
/// Thread: event loop of its channel.
// A close that fails has nobody left to tell.
@SuppressWarnings("FutureReturnValueIgnored")
final class Http2Session {
    private final HttpLimits limits;
    private final boolean server;
    private final Http2Role role;
    private final Http2Handler handler;
    private final ClosedStreams closedStreams = new ClosedStreams();
    private final StreamTable streams = new StreamTable();
    private final PeerSettings peerSettings = new PeerSettings();
    private final IncomingFrames incoming;
    private ChannelHandlerContext context;
    private FrameReader reader;
    private FrameWriter writer;
    private SendFlow flow;
    private boolean started;
    private boolean closed;
    private boolean failed;
    /// Something has come since `forgetBytes`.
    private boolean heard;
    private int nextStream = 1;
    private int goAwaySent = Integer.MAX_VALUE;
    private String closeDetails = "remote_disconnect";
    private StreamReset closeReason = StreamReset.CONNECTION_CLOSED;

    @SuppressWarnings("NullAway.Init") // the rest is set in attach, before any event
    Http2Session(HttpLimits limits, boolean server, Http2Role role) {
        this.limits = limits;
        this.server = server;
        this.role = role;
        this.incoming = new IncomingFrames(this, limits, server, role);
        this.handler = new Http2Handler(this);
    }

    void attach(ChannelHandlerContext ctx) {
        context = ctx;
        writer = new FrameWriter(ctx);
        flow = new SendFlow(writer);
        reader = new FrameReader(this, ctx.alloc());
        int high = Math.max(2, limits.bufferLimitBytes());
        ctx.channel().config().setWriteBufferWaterMark(new WriteBufferWaterMark(high / 2, high));
    }

    /// Sends what a connection starts with.
    void start() {
        if (started) {
            return;
        }
        started = true;
        if (server) {
            writer.settings(new long[] {
                Frames.INITIAL_WINDOW_SIZE, limits.initialStreamWindowBytes(),
                Frames.MAX_HEADER_LIST_SIZE, limits.maxHeaderBytes(),
                Frames.MAX_CONCURRENT_STREAMS, limits.maxConcurrentStreams(),
                Frames.ENABLE_CONNECT_PROTOCOL, 1
            });
        } else {
            writer.preface();
            writer.settings(new long[] {
                Frames.INITIAL_WINDOW_SIZE, limits.initialStreamWindowBytes(),
                Frames.MAX_HEADER_LIST_SIZE, limits.maxHeaderBytes(),
                Frames.ENABLE_PUSH, 0
            });
        }
        // Settings cannot speak of the connection's window: it starts at 64 KiB and grows by WINDOW_UPDATE.
        int more = limits.initialConnectionWindowBytes() - Frames.DEFAULT_WINDOW_BYTES;
        if (more > 0) {
            writer.windowUpdate(0, more);
        }
    }

    // ---- Parts

    Http2Handler handler() {
        return handler;
    }

    ChannelHandlerContext context() {
        return context;
    }

    HttpLimits limits() {
        return limits;
    }

    FrameWriter writer() {
        return writer;
    }

    SendFlow flow() {
        return flow;
    }

    IncomingFrames incoming() {
        return incoming;
    }

    ClosedStreams closedStreams() {
        return closedStreams;
    }

    PeerSettings peerSettings() {
        return peerSettings;
    }

    boolean isServer() {
        return server;
    }

    /// Nothing more is read or written.
    boolean isClosed() {
        return closed || failed;
    }

    int activeStreams() {
        return streams.size();
    }

    /// The peer counts by the default until it has read our settings.
    int streamWindow() {
        return Math.max(limits.initialStreamWindowBytes(), Frames.DEFAULT_WINDOW_BYTES);
    }

    @Nullable
    SSLSession tls() {
        SslHandler ssl = context.pipeline().get(SslHandler.class);
        return ssl == null ? null : ssl.engine().getSession();
    }

    // ---- Streams

    int takeStreamId() {
        int id = nextStream;
        nextStream += 2;
        return id;
    }

    int nextStream() {
        return nextStream;
    }

    @Nullable
    Http2Exchange exchange(int id) {
        return streams.get(id);
    }

    /// Those that are open now, safe to walk through while streams end.
    Http2Exchange[] snapshot() {
        return streams.snapshot();
    }

    void put(Http2Exchange exchange) {
        streams.put(exchange);
    }

    /// Lets a stream go once both of its directions have ended.
    void streamAdvanced(Http2Exchange exchange) {
        if (exchange.isComplete()) {
            remove(exchange, false);
        }
    }

    void reset(Http2Exchange exchange, ErrorCode error) {
        if (!isClosed()) {
            writer.reset(exchange.id(), error);
            remove(exchange, true);
        }
    }

    void remove(Http2Exchange exchange, boolean resetByUs) {
        if (streams.remove(exchange.id())) {
            closedStreams.add(exchange.id(), resetByUs);
            exchange.closed(closeReason, closeDetails);
            role.onStreamEnded();
        }
    }

    // ---- Reading

    /// Takes ownership.
    void read(ByteBuf bytes) {
        if (isClosed()) {
            bytes.release();
            return;
        }
        heard = true;
        try {
            reader.read(bytes);
        } catch (Http2Violation e) {
            connectionError(e);
        }
        if (writer.isFlooded() && !isClosed()) {
            connectionError(Http2Violation.ofConnection(ErrorCode.ENHANCE_YOUR_CALM, "answers are not read"));
        }
    }

    void channelWritabilityChanged() {
        if (writer.isChannelWritable()) {
            writer.unblocked();
            flow.pump();
        }
        for (Http2Exchange exchange : streams.snapshot()) {
            exchange.updateWritability();
        }
    }

    void forgetBytes() {
        heard = false;
    }

    boolean isHeard() {
        return heard;
    }

    // ---- Errors and the end

    void streamError(Http2Violation violation) throws Http2Violation {
        int id = violation.streamId();
        String details = violation.code().details();
        Http2Exchange exchange = streams.get(id);
        writer.reset(id, violation.code());
        if (exchange == null) {
            role.onRejected(400, details);
            closedStreams.add(id, true);
        } else {
            exchange.fail(StreamReset.PROTOCOL_ERROR, details);
            remove(exchange, true);
        }
        incoming.guard().countReset();
    }

    void connectionError(Http2Violation violation) {
        if (isClosed()) {
            return;
        }
        ErrorCode code = violation.code();
        closeReason = code == ErrorCode.ENHANCE_YOUR_CALM ? StreamReset.LIMIT_EXCEEDED : StreamReset.PROTOCOL_ERROR;
        closeDetails = code.details();
        role.onRejected(400, closeDetails);
        writer.goAway(incoming.lastPeerStream(), code);
        failed = true;
        writer.flushNow();
        context.close();
    }

    void sendPing(long payload) {
        writer.ping(payload, false);
    }

    /// GOAWAY without an error; streams up to `lastStream` go on.
    void sendGoAway(int lastStream) {
        goAwaySent = lastStream;
        writer.goAway(lastStream, ErrorCode.NO_ERROR);
    }

    int goAwaySent() {
        return goAwaySent;
    }

    void close(String details) {
        closing(details);
        writer.flushNow();
        context.close();
    }

    void closing(String details) {
        if (closeReason == StreamReset.CONNECTION_CLOSED && closeDetails.equals("remote_disconnect")) {
            closeDetails = details;
        }
    }

    /// The channel has gone: tells the streams, then the role.
    void closed() {
        if (closed) {
            return;
        }
        closed = true;
        for (Http2Exchange exchange : streams.snapshot()) {
            streams.remove(exchange.id());
            exchange.closed(closeReason, closeDetails);
        }
        reader.discard();
        writer.discard();
        role.onClosed(closeDetails);
    }
}
