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
    private final HpackDecoder hpack = new HpackDecoder();
    private final FloodGuard guard;
    private final ReceiveWindow receiveWindow;
    private ChannelHandlerContext context;
    private FrameReader reader;
    private FrameWriter writer;
    private SendFlow flow;
    private boolean started;
    private boolean closed;
    private boolean failed;
    private int lastPeerStream;
    private int nextStream = 1;
    private int goAwaySent = Integer.MAX_VALUE;
    private boolean goAwayReceived;
    private String closeDetails = "remote_disconnect";
    private StreamReset closeReason = StreamReset.CONNECTION_CLOSED;
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
        this.guard = new FloodGuard(server ? Math.max(0, limits.maxResetStreamsPerSecond()) : 0);
        this.receiveWindow =
                new ReceiveWindow(Math.max(limits.initialConnectionWindowBytes(), Frames.DEFAULT_WINDOW_BYTES));
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

    FloodGuard guard() {
        return guard;
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

    boolean isGoAwayReceived() {
        return goAwayReceived;
    }

    int activeStreams() {
        return streams.size();
    }

    /// The peer counts by the default until it has read our settings.
    int streamWindow() {
        return Math.max(limits.initialStreamWindowBytes(), Frames.DEFAULT_WINDOW_BYTES);
    }

    int lastPeerStream() {
        return lastPeerStream;
    }

    @Nullable
    SSLSession tls() {
        SslHandler ssl = context.pipeline().get(SslHandler.class);
        return ssl == null ? null : ssl.engine().getSession();
    }

    void pings(PingListener listener) {
        pings = listener;
    }

    // ---- Streams

    int takeStreamId() {
        int id = nextStream;
        nextStream += 2;
        return id;
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

    private void remove(Http2Exchange exchange, boolean resetByUs) {
        if (streams.remove(exchange.id())) {
            closedStreams.add(exchange.id(), resetByUs);
            exchange.closed(closeReason, closeDetails);
            role.onStreamEnded();
        }
    }

    /// These bytes of the connection's credit have been taken care of.
    void consume(int bytes) {
        int increment = receiveWindow.consume(bytes);
        if (increment > 0 && !isClosed()) {
            writer.windowUpdate(0, increment);
        }
    }

    // ---- Reading

    /// Takes ownership.
    void read(ByteBuf bytes) {
        if (isClosed()) {
            bytes.release();
            return;
        }
        try {
            reader.read(bytes);
        } catch (Http2Violation e) {
            connectionError(e);
        }
        if (writer.isFlooded() && !isClosed()) {
            connectionError(Http2Violation.ofConnection(ErrorCode.ENHANCE_YOUR_CALM, "answers are not read"));
        }
    }

    /// A DATA frame begins. Returns its stream, or null where its bytes are of no use to anybody.
    @Nullable
    Http2Exchange dataBegins(int id, int length, boolean end) throws Http2Violation {
        if (id == 0) {
            throw connectionViolation(ErrorCode.PROTOCOL_ERROR, "DATA needs a stream");
        }
        if (!receiveWindow.take(length)) {
            throw connectionViolation(ErrorCode.FLOW_CONTROL_ERROR, "more data than the connection's window");
        }
        if (length == 0 && !end) {
            guard.countControlFrame();
        }
        Http2Exchange exchange = streams.get(id);
        if (exchange == null) {
            checkNotIdle(id);
            if (closedStreams.wasResetByUs(id)) {
                return null;
            }
            if (closedStreams.endedInOrder(id)) {
                throw connectionViolation(ErrorCode.STREAM_CLOSED, "DATA on a closed stream");
            }
            throw Http2Violation.ofStream(id, ErrorCode.STREAM_CLOSED, "DATA on a closed stream");
        }
        if (exchange.isIncomingEnded()) {
            throw Http2Violation.ofStream(id, ErrorCode.STREAM_CLOSED, "DATA behind END_STREAM");
        }
        if (!exchange.isHeadReceived()) {
            throw Http2Violation.malformed(id, "DATA before HEADERS");
        }
        if (!exchange.takeCredit(length)) {
            throw Http2Violation.ofStream(id, ErrorCode.FLOW_CONTROL_ERROR, "more data than the stream's window");
        }
        return exchange;
    }

    void headersReceived(int id, HeaderBlock block) throws Http2Violation {
        HeadAssembler fields = HeadAssembler.begin(limits.maxHeaderBytes());
        hpack.decode(block.bytes(), 0, block.length(), fields);
        Http2Exchange exchange = streams.get(id);
        boolean end = block.isEndOfStream();
        if (exchange == null && !opens(id)) {
            return;
        }
        if (exchange != null && exchange.isIncomingEnded()) {
            throw Http2Violation.ofStream(id, ErrorCode.STREAM_CLOSED, "HEADERS behind END_STREAM");
        }
        if (block.dependsOnItself()) {
            throw Http2Violation.malformed(id, "stream depends on itself");
        }
        if (exchange != null && exchange.isHeadReceived() && !end) {
            throw Http2Violation.malformed(id, "trailers without END_STREAM");
        }
        if (fields.isTooLarge()) {
            headersTooLarge(id, exchange, end);
            return;
        }
        role.onHeaders(id, exchange, fields, end);
        Http2Exchange present = end ? streams.get(id) : null;
        if (present != null) {
            streamAdvanced(present);
        }
    }

    /// Whether HEADERS on an unknown stream open it; false where they are to be ignored.
    private boolean opens(int id) throws Http2Violation {
        if (!server) {
            checkNotIdle(id);
            return false;
        }
        if ((id & 1) == 0) {
            throw connectionViolation(ErrorCode.PROTOCOL_ERROR, "a client opens odd streams");
        }
        if (id <= lastPeerStream) {
            if (closedStreams.wasResetByUs(id)) {
                return false;
            }
            throw closedStreams.endedInOrder(id)
                    ? connectionViolation(ErrorCode.STREAM_CLOSED, "HEADERS on a closed stream")
                    : connectionViolation(ErrorCode.PROTOCOL_ERROR, "HEADERS on a skipped stream");
        }
        if (id > goAwaySent) {
            return false;
        }
        lastPeerStream = id;
        if (streams.size() >= limits.maxConcurrentStreams()) {
            throw Http2Violation.ofStream(id, ErrorCode.REFUSED_STREAM, "more streams than allowed");
        }
        return true;
    }

    private void headersTooLarge(int id, @Nullable Http2Exchange exchange, boolean end) throws Http2Violation {
        role.onRejected(431, "http2.headers_too_large");
        if (exchange != null) {
            exchange.fail(StreamReset.LIMIT_EXCEEDED, "http2.headers_too_large");
            reset(exchange, ErrorCode.ENHANCE_YOUR_CALM);
        } else {
            writer.response(id, 431, Http2ServerConnection.tooLarge(), true);
            if (!end) {
                writer.reset(id, ErrorCode.NO_ERROR);
            }
            closedStreams.add(id, !end);
        }
        guard.countReset();
    }

    void resetReceived(int id, long errorCode) throws Http2Violation {
        checkNotIdle(id);
        guard.countReset();
        Http2Exchange exchange = streams.get(id);
        if (exchange != null) {
            exchange.receiveReset(errorCode);
            remove(exchange, false);
        }
    }

    void settingsReceived(int windowBefore) throws Http2Violation {
        guard.countControlFrame();
        writer.maxFrameBytes(peerSettings.maxFrameBytes());
        writer.peerTableSize(peerSettings.headerTableBytes());
        // Before the data that a larger window lets go, so that the peer knows by which window they were counted.
        writer.settingsAck();
        int change = peerSettings.initialWindow() - windowBefore;
        if (change != 0) {
            for (Http2Exchange exchange : streams.snapshot()) {
                exchange.growSendWindow(change);
            }
            flow.pump();
        }
        role.onPeerSettings();
    }

    void pingReceived(long payload, boolean ack) throws Http2Violation {
        if (!ack) {
            guard.countControlFrame();
            writer.ping(payload, true);
            return;
        }
        PingListener listener = pings;
        if (listener != null) {
            listener.onPingAck(payload);
        }
    }

    void goAwayReceived(int lastStream, long errorCode) {
        goAwayReceived = true;
        if (errorCode != ErrorCode.NO_ERROR.code()) {
            closing("http2.goaway_" + errorCode);
        }
        if (!server) {
            for (Http2Exchange exchange : streams.snapshot()) {
                if (exchange.id() > lastStream) {
                    exchange.fail(StreamReset.REMOTE_REFUSED, "http2.goaway");
                    remove(exchange, false);
                }
            }
        }
        role.onGoAway();
    }

    void windowUpdateReceived(int id, int increment) throws Http2Violation {
        if (id == 0) {
            if (increment == 0) {
                throw connectionViolation(ErrorCode.PROTOCOL_ERROR, "window increment of 0");
            }
            flow.grow(increment);
            return;
        }
        checkNotIdle(id);
        if (increment == 0) {
            throw Http2Violation.malformed(id, "window increment of 0");
        }
        Http2Exchange exchange = streams.get(id);
        if (exchange != null) {
            exchange.growSendWindow(increment);
            flow.pump();
        }
    }

    private void checkNotIdle(int id) throws Http2Violation {
        boolean ours = (id & 1) == 0 == server;
        boolean idle = server ? ours || id > lastPeerStream : !ours || id >= nextStream;
        if (idle) {
            throw connectionViolation(ErrorCode.PROTOCOL_ERROR, "frame on an idle stream");
        }
    }

    private static Http2Violation connectionViolation(ErrorCode code, String what) {
        return Http2Violation.ofConnection(code, what);
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
        guard.countReset();
    }

    void connectionError(Http2Violation violation) {
        if (isClosed()) {
            return;
        }
        ErrorCode code = violation.code();
        closeReason = code == ErrorCode.ENHANCE_YOUR_CALM ? StreamReset.LIMIT_EXCEEDED : StreamReset.PROTOCOL_ERROR;
        closeDetails = code.details();
        role.onRejected(400, closeDetails);
        writer.goAway(lastPeerStream, code);
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
