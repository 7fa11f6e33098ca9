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
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/// One HTTP/2 stream, at either end. Window credit goes back as soon as a reader has taken the data; while it is
/// paused, credit is kept, so that the peer can send no more than the stream's window.
///
/// Thread: event loop of its channel.
// A write or close that fails closes the channel, which is how everybody hears of it.
@SuppressWarnings("FutureReturnValueIgnored")
final class Http2Exchange implements ServerStream, ClientStream {
    private final Http2Session session;
    private final HttpConnection connection;
    private final Http2Stream stream;
    private final boolean extendedConnect;
    private @Nullable StreamListener listener;
    private @Nullable ResponseListener responses;
    private int keptCredit;
    private boolean paused;
    private boolean headSent;
    private boolean headReceived;
    private boolean incomingEnded;
    private boolean outgoingEnded;
    private boolean gone;

    Http2Exchange(Http2Session session, HttpConnection connection, Http2Stream stream, boolean extendedConnect) {
        this.session = session;
        this.connection = connection;
        this.stream = stream;
        this.extendedConnect = extendedConnect;
    }

    // ---- What the session tells

    void listener(StreamListener listener) {
        this.listener = listener;
    }

    boolean isExtendedConnect() {
        return extendedConnect;
    }

    boolean isHeadReceived() {
        return headReceived;
    }

    void headReceived() {
        headReceived = true;
    }

    boolean isIncomingEnded() {
        return incomingEnded;
    }

    void incomingEnded() {
        incomingEnded = true;
    }

    void outgoingEnded() {
        outgoingEnded = true;
    }

    boolean isGone() {
        return gone;
    }

    /// The client's request head is on its way.
    void clientHeadSent(ResponseListener responses, boolean end) {
        this.responses = responses;
        headSent = true;
        outgoingEnded = end;
    }

    void receiveResponse(ResponseHead head, boolean end) {
        ResponseListener present = responses;
        if (present == null) {
            return;
        }
        int status = head.status();
        if (status < 200) {
            present.onInformational(head);
            return;
        }
        headReceived = true;
        if (extendedConnect && status < 300) {
            // The mirror of what the server side does: an accepted extended CONNECT looks like an accepted upgrade.
            head.status(101);
        }
        incomingEnded = end;
        present.onHead(head, end);
    }

    /// Returns how much window credit may go back at once.
    int receiveData(ByteBuf data, int credit, boolean end) {
        StreamListener present = listener;
        if (gone || present == null) {
            return credit;
        }
        if (end) {
            incomingEnded = true;
        }
        if (data.isReadable() || end) {
            present.onData(data.retain(), end);
        }
        if (paused && !gone) {
            keptCredit += credit;
            return 0;
        }
        return credit;
    }

    void receiveTrailers(Headers trailers) {
        incomingEnded = true;
        StreamListener present = listener;
        if (!gone && present != null) {
            present.onTrailers(trailers);
        }
    }

    void receiveReset(long errorCode) {
        if (errorCode == Http2Error.NO_ERROR.code() && incomingEnded) {
            // The response is complete and the peer wants no more of the request (RFC 9113 §8.1).
            gone = true;
            return;
        }
        boolean refused = errorCode == Http2Error.REFUSED_STREAM.code();
        fail(refused ? StreamReset.REMOTE_REFUSED : StreamReset.REMOTE_RESET, "http2.remote_reset_" + errorCode);
    }

    void streamClosed(StreamReset reason, String details) {
        if (!incomingEnded || !outgoingEnded) {
            fail(reason, details);
        }
        gone = true;
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

    void writabilityChanged(boolean writable) {
        StreamListener present = listener;
        if (!gone && !outgoingEnded && present != null) {
            present.onWritabilityChanged(writable);
        }
    }

    // ---- HttpStream

    @Override
    public HttpConnection connection() {
        return connection;
    }

    @Override
    public void sendInformational(ResponseHead head) {
        if (gone || headSent) {
            return;
        }
        writeHeaders(HeaderCodec.response(head, head.status()), false);
    }

    @Override
    public void sendHead(ResponseHead head, boolean end) {
        if (gone || headSent) {
            return;
        }
        headSent = true;
        int status = head.status() == 101 && extendedConnect ? 200 : head.status();
        outgoingEnded = end;
        writeHeaders(HeaderCodec.response(head, status), end);
    }

    @Override
    public void sendData(ByteBuf data, boolean end) {
        if (gone || outgoingEnded) {
            data.release();
            return;
        }
        if (!data.isReadable() && !end) {
            data.release();
            return;
        }
        outgoingEnded = end;
        session.handler()
                .encoder()
                .writeData(
                        session.context(),
                        stream.id(),
                        data,
                        0,
                        end,
                        session.context().newPromise());
        session.scheduleFlush();
    }

    @Override
    public void sendTrailers(Headers trailers) {
        if (gone || outgoingEnded) {
            return;
        }
        outgoingEnded = true;
        writeHeaders(HeaderCodec.trailers(trailers), true);
    }

    private void writeHeaders(Http2Headers headers, boolean end) {
        session.handler()
                .encoder()
                .writeHeaders(
                        session.context(),
                        stream.id(),
                        headers,
                        0,
                        end,
                        session.context().newPromise());
        session.scheduleFlush();
    }

    @Override
    public void reset(StreamReset reason) {
        if (gone) {
            return;
        }
        gone = true;
        Http2Error error = switch (reason) {
            case LOCAL_REFUSED, REMOTE_REFUSED -> Http2Error.REFUSED_STREAM;
            case PROTOCOL_ERROR -> Http2Error.PROTOCOL_ERROR;
            case LIMIT_EXCEEDED -> Http2Error.ENHANCE_YOUR_CALM;
            case CONNECTION_CLOSED -> Http2Error.INTERNAL_ERROR;
            case LOCAL_CANCEL, REMOTE_RESET -> Http2Error.CANCEL;
        };
        session.handler()
                .resetStream(
                        session.context(),
                        stream.id(),
                        error.code(),
                        session.context().newPromise());
        session.scheduleFlush();
    }

    @Override
    public boolean isWritable() {
        return gone || session.handler().encoder().flowController().isWritable(stream);
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
        if (credit == 0 || session.isClosed()) {
            return;
        }
        try {
            if (session.handler().decoder().flowController().consumeBytes(stream, credit)) {
                session.scheduleFlush();
            }
        } catch (Http2Exception e) {
            session.handler().onError(session.context(), true, e);
        }
    }
}
