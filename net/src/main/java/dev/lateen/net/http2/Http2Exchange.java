package dev.lateen.net.http2;

import dev.lateen.net.http.ClientStream;
import dev.lateen.net.http.Headers;
import dev.lateen.net.http.HttpConnection;
import dev.lateen.net.http.ResponseHead;
import dev.lateen.net.http.ResponseListener;
import dev.lateen.net.http.ServerStream;
import dev.lateen.net.http.StreamListener;
import dev.lateen.net.http.StreamReset;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/// One HTTP/2 stream, at either end. Window credit goes back as soon as a reader has taken the data; while it is
/// paused, credit is kept, so that the peer can send no more than the stream's window.
///
/// Thread: event loop of its channel.
final class Http2Exchange implements ServerStream, ClientStream {
    private final Http2Session session;
    private final HttpConnection connection;
    private final int id;
    private final boolean extendedConnect;
    private final ReceiveWindow receiveWindow;
    private @Nullable StreamListener listener;
    private @Nullable ResponseListener responses;
    private @Nullable SendQueue queue;
    private int sendWindow;
    private int keptCredit;
    private long contentLength = -1;
    private long received;
    private boolean paused;
    private boolean headSent;
    private boolean headReceived;
    /// The peer's last frame has arrived.
    private boolean incomingEnded;
    /// The caller has sent its last.
    private boolean outgoingEnded;
    /// Our last frame has been written.
    private boolean outgoingWritten;
    private boolean waiting;
    private boolean writable = true;
    private boolean gone;

    Http2Exchange(Http2Session session, HttpConnection connection, int id, boolean extendedConnect) {
        this.session = session;
        this.connection = connection;
        this.id = id;
        this.extendedConnect = extendedConnect;
        this.receiveWindow = new ReceiveWindow(session.streamWindow());
        this.sendWindow = session.peerSettings().initialWindow();
    }

    int id() {
        return id;
    }

    // ---- What arrives

    void listener(StreamListener listener) {
        this.listener = listener;
    }

    boolean isHeadReceived() {
        return headReceived;
    }

    /// @param length of the body as announced, or -1
    void headReceived(long length, boolean end) throws Http2Violation {
        headReceived = true;
        contentLength = length;
        incomingEnded = end;
        if (end) {
            checkLength(true);
        }
    }

    boolean isIncomingEnded() {
        return incomingEnded;
    }

    boolean isGone() {
        return gone;
    }

    /// The client's request head is on its way.
    void clientHeadSent(ResponseListener responses, boolean end) {
        this.responses = responses;
        headSent = true;
        outgoingEnded = end;
        outgoingWritten = end;
    }

    void receiveResponse(ResponseHead head, long length, boolean end) throws Http2Violation {
        ResponseListener present = responses;
        if (present == null) {
            return;
        }
        int status = head.status();
        if (status < 200) {
            if (end) {
                throw Http2Violation.malformed(id, "an informational response ends the stream");
            }
            present.onInformational(head);
            return;
        }
        headReceived(length, end);
        if (extendedConnect && status < 300) {
            // The mirror of what the server side does: an accepted extended CONNECT looks like an accepted upgrade.
            head.status(101);
        }
        present.onHead(head, end);
    }

    /// What the peer has used of its credit; false where it had less.
    boolean takeCredit(int bytes) {
        return receiveWindow.take(bytes);
    }

    /// Ownership of `data` passes to this stream.
    void receiveData(ByteBuf data, boolean end) throws Http2Violation {
        received += data.readableBytes();
        try {
            checkLength(end);
        } catch (Http2Violation e) {
            data.release();
            throw e;
        }
        incomingEnded = end;
        StreamListener present = listener;
        if (!gone && present != null && (data.isReadable() || end)) {
            present.onData(data, end);
        } else {
            data.release();
        }
    }

    /// These bytes count as read, unless reading is paused.
    void consume(int credit) {
        if (paused && !gone) {
            keptCredit += credit;
        } else {
            returnCredit(credit);
        }
    }

    private void returnCredit(int credit) {
        int increment = receiveWindow.consume(credit);
        if (increment > 0 && !incomingEnded && !gone) {
            session.writer().windowUpdate(id, increment);
        }
        session.incoming().consume(credit);
    }

    private void checkLength(boolean end) throws Http2Violation {
        boolean tooLong = received > contentLength;
        // Without any data, it may be the response to a HEAD request, or a 304.
        boolean tooShort = end && received < contentLength && (received > 0 || session.isServer());
        if (contentLength >= 0 && (tooLong || tooShort)) {
            throw Http2Violation.malformed(id, "data differ from content-length");
        }
    }

    void receiveTrailers(Headers trailers) throws Http2Violation {
        incomingEnded = true;
        checkLength(true);
        StreamListener present = listener;
        if (!gone && present != null) {
            present.onTrailers(trailers);
        }
    }

    void receiveReset(long errorCode) {
        boolean refused = errorCode == ErrorCode.REFUSED_STREAM.code();
        fail(refused ? StreamReset.REMOTE_REFUSED : StreamReset.REMOTE_RESET, "http2.remote_reset_" + errorCode);
    }

    /// Out of the session's table: lets go of what is unsent, and tells a listener that still waits.
    void closed(StreamReset reason, String details) {
        if (!incomingEnded || !outgoingWritten) {
            fail(reason, details);
        }
        gone = true;
        SendQueue unsent = queue;
        if (unsent != null) {
            unsent.discard();
        }
        int credit = keptCredit;
        keptCredit = 0;
        if (credit > 0) {
            session.incoming().consume(credit);
        }
    }

    void fail(StreamReset reason, String details) {
        if (gone) {
            return;
        }
        gone = true;
        StreamListener present = listener;
        if (present != null) {
            present.onReset(reason, details);
        }
    }

    /// Both directions have ended.
    boolean isComplete() {
        return incomingEnded && outgoingWritten;
    }

    // ---- What is sent

    @Override
    public HttpConnection connection() {
        return connection;
    }

    @Override
    public void sendInformational(ResponseHead head) {
        if (!gone && !headSent) {
            session.writer().response(id, head.status(), head, false);
        }
    }

    @Override
    public void sendHead(ResponseHead head, boolean end) {
        if (gone || headSent) {
            return;
        }
        headSent = true;
        outgoingEnded = end;
        int status = head.status() == 101 && extendedConnect ? 200 : head.status();
        session.writer().response(id, status, head, end);
        if (end) {
            outgoingFinished();
        }
    }

    @Override
    public void sendData(ByteBuf data, boolean end) {
        int size = data.readableBytes();
        if (gone || outgoingEnded || (size == 0 && !end)) {
            data.release();
            return;
        }
        outgoingEnded = end;
        SendQueue unsent = queue;
        boolean first = unsent == null || unsent.isEmpty();
        if (first && (size == 0 || (size <= sendWindow && size <= session.flow().window()))) {
            sendWindow -= size;
            session.flow().sent(size);
            session.writer().data(id, data, end);
            if (end) {
                outgoingFinished();
            }
            return;
        }
        if (unsent == null) {
            unsent = new SendQueue();
            queue = unsent;
        }
        unsent.add(data, end);
        awaitTurn();
        session.flow().pump();
        updateWritability();
    }

    @Override
    public void sendTrailers(Headers trailers) {
        if (gone || outgoingEnded) {
            return;
        }
        outgoingEnded = true;
        SendQueue unsent = queue;
        if (unsent == null || unsent.isEmpty()) {
            session.writer().trailers(id, trailers);
            outgoingFinished();
        } else {
            unsent.end(trailers);
        }
    }

    private void outgoingFinished() {
        outgoingWritten = true;
        session.streamAdvanced(this);
    }

    private void awaitTurn() {
        SendQueue unsent = queue;
        if (!waiting && sendWindow > 0 && unsent != null && !unsent.isEmpty()) {
            waiting = true;
            session.flow().await(this);
        }
    }

    /// Sends of what is queued, and says whether it wants another turn.
    boolean sendQueued(int allowed) {
        SendQueue unsent = queue;
        if (gone || unsent == null) {
            waiting = false;
            return false;
        }
        int written = unsent.write(id, Math.min(allowed, sendWindow), session.writer());
        sendWindow -= written;
        session.flow().sent(written);
        waiting = sendWindow > 0 && !unsent.isEmpty();
        if (unsent.isFinished()) {
            outgoingFinished();
        } else {
            updateWritability();
        }
        return waiting;
    }

    /// Adds to what the peer lets this stream send; a change of settings may take away.
    void growSendWindow(int increment) throws Http2Violation {
        if (increment > 0 && sendWindow > Integer.MAX_VALUE - increment) {
            throw Http2Violation.ofStream(id, ErrorCode.FLOW_CONTROL_ERROR, "window above 2^31-1");
        }
        sendWindow += increment;
        awaitTurn();
    }

    /// Tells the listener where the stream has become writable or unwritable.
    void updateWritability() {
        SendQueue unsent = queue;
        int queued = unsent == null ? 0 : unsent.bytes();
        int high = session.limits().bufferLimitBytes();
        boolean now = session.writer().isChannelWritable() && queued <= (writable ? high - 1 : high / 2);
        StreamListener present = listener;
        if (now != writable) {
            writable = now;
            if (!gone && !outgoingEnded && present != null) {
                present.onWritabilityChanged(now);
            }
        }
    }

    @Override
    public void reset(StreamReset reason) {
        if (gone) {
            return;
        }
        gone = true;
        session.reset(
                this,
                switch (reason) {
                    case LOCAL_REFUSED, REMOTE_REFUSED -> ErrorCode.REFUSED_STREAM;
                    case PROTOCOL_ERROR -> ErrorCode.PROTOCOL_ERROR;
                    case LIMIT_EXCEEDED -> ErrorCode.ENHANCE_YOUR_CALM;
                    case CONNECTION_CLOSED -> ErrorCode.INTERNAL_ERROR;
                    case LOCAL_CANCEL, REMOTE_RESET -> ErrorCode.CANCEL;
                });
    }

    @Override
    public boolean isWritable() {
        return gone || (writable && session.writer().isChannelWritable());
    }

    @Override
    public void pauseReading() {
        paused = true;
    }

    @Override
    public void resumeReading() {
        paused = false;
        int credit = keptCredit;
        keptCredit = 0;
        if (credit > 0 && !session.isClosed()) {
            returnCredit(credit);
        }
    }
}
