package dev.lateen.net.http2;

import dev.lateen.net.http.HttpLimits;
import dev.lateen.net.http.StreamReset;
import org.jspecify.annotations.Nullable;

/// What each frame of the peer means in the state of its stream, and which are errors there.
///
/// Thread: event loop of its channel.
/// Source: RFC 9113 §5.1, §6.
final class IncomingFrames {
    private final Http2Session session;
    private final HttpLimits limits;
    private final boolean server;
    private final Http2Role role;
    private final FloodGuard guard;
    private final HpackDecoder hpack = new HpackDecoder();
    private final ReceiveWindow receiveWindow;
    private @Nullable PingListener pings;
    private int lastPeerStream;
    private boolean goAwayReceived;

    /// Told of answers to our PINGs.
    interface PingListener {
        void onPingAck(long payload);
    }

    IncomingFrames(Http2Session session, HttpLimits limits, boolean server, Http2Role role) {
        this.session = session;
        this.limits = limits;
        this.server = server;
        this.role = role;
        this.guard = new FloodGuard(server ? Math.max(0, limits.maxResetStreamsPerSecond()) : 0);
        this.receiveWindow =
                new ReceiveWindow(Math.max(limits.initialConnectionWindowBytes(), Frames.DEFAULT_WINDOW_BYTES));
    }

    void pings(PingListener listener) {
        pings = listener;
    }

    FloodGuard guard() {
        return guard;
    }

    /// The highest stream that the peer has opened.
    int lastPeerStream() {
        return lastPeerStream;
    }

    boolean isGoAwayReceived() {
        return goAwayReceived;
    }

    /// These bytes of the connection's credit have been taken care of.
    void consume(int bytes) {
        int increment = receiveWindow.consume(bytes);
        if (increment > 0 && !session.isClosed()) {
            session.writer().windowUpdate(0, increment);
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
        Http2Exchange exchange = session.exchange(id);
        if (exchange == null) {
            checkNotIdle(id);
            if (session.closedStreams().wasResetByUs(id)) {
                return null;
            }
            if (session.closedStreams().endedInOrder(id)) {
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
        Http2Exchange exchange = session.exchange(id);
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
        Http2Exchange present = end ? session.exchange(id) : null;
        if (present != null) {
            session.streamAdvanced(present);
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
            if (session.closedStreams().wasResetByUs(id)) {
                return false;
            }
            throw session.closedStreams().endedInOrder(id)
                    ? connectionViolation(ErrorCode.STREAM_CLOSED, "HEADERS on a closed stream")
                    : connectionViolation(ErrorCode.PROTOCOL_ERROR, "HEADERS on a skipped stream");
        }
        if (id > session.goAwaySent()) {
            return false;
        }
        lastPeerStream = id;
        if (session.activeStreams() >= limits.maxConcurrentStreams()) {
            throw Http2Violation.ofStream(id, ErrorCode.REFUSED_STREAM, "more streams than allowed");
        }
        return true;
    }

    private void headersTooLarge(int id, @Nullable Http2Exchange exchange, boolean end) throws Http2Violation {
        role.onRejected(431, "http2.headers_too_large");
        if (exchange != null) {
            exchange.fail(StreamReset.LIMIT_EXCEEDED, "http2.headers_too_large");
            session.reset(exchange, ErrorCode.ENHANCE_YOUR_CALM);
        } else {
            session.writer().response(id, 431, Http2ServerConnection.tooLarge(), true);
            if (!end) {
                session.writer().reset(id, ErrorCode.NO_ERROR);
            }
            session.closedStreams().add(id, !end);
        }
        guard.countReset();
    }

    void resetReceived(int id, long errorCode) throws Http2Violation {
        checkNotIdle(id);
        guard.countReset();
        Http2Exchange exchange = session.exchange(id);
        if (exchange != null) {
            exchange.receiveReset(errorCode);
            session.remove(exchange, false);
        }
    }

    void settingsReceived(int windowBefore) throws Http2Violation {
        guard.countControlFrame();
        session.writer().maxFrameBytes(session.peerSettings().maxFrameBytes());
        session.writer().peerTableSize(session.peerSettings().headerTableBytes());
        // Before the data that a larger window lets go, so that the peer knows by which window they were counted.
        session.writer().settingsAck();
        int change = session.peerSettings().initialWindow() - windowBefore;
        if (change != 0) {
            for (Http2Exchange exchange : session.snapshot()) {
                exchange.growSendWindow(change);
            }
            session.flow().pump();
        }
        role.onPeerSettings();
    }

    void pingReceived(long payload, boolean ack) throws Http2Violation {
        if (!ack) {
            guard.countControlFrame();
            session.writer().ping(payload, true);
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
            session.closing("http2.goaway_" + errorCode);
        }
        if (!server) {
            for (Http2Exchange exchange : session.snapshot()) {
                if (exchange.id() > lastStream) {
                    exchange.fail(StreamReset.REMOTE_REFUSED, "http2.goaway");
                    session.remove(exchange, false);
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
            session.flow().grow(increment);
            return;
        }
        checkNotIdle(id);
        if (increment == 0) {
            throw Http2Violation.malformed(id, "window increment of 0");
        }
        Http2Exchange exchange = session.exchange(id);
        if (exchange != null) {
            exchange.growSendWindow(increment);
            session.flow().pump();
        }
    }

    private void checkNotIdle(int id) throws Http2Violation {
        boolean ours = (id & 1) == 0 == server;
        boolean idle = server ? ours || id > lastPeerStream : !ours || id >= session.nextStream();
        if (idle) {
            throw connectionViolation(ErrorCode.PROTOCOL_ERROR, "frame on an idle stream");
        }
    }

    private static Http2Violation connectionViolation(ErrorCode code, String what) {
        return Http2Violation.ofConnection(code, what);
    }
}
