package dev.lateen.net.http1;

import dev.lateen.net.http.Headers;
import dev.lateen.net.http.HttpConnection;
import dev.lateen.net.http.HttpVersion;
import dev.lateen.net.http.RequestHead;
import dev.lateen.net.http.ResponseHead;
import dev.lateen.net.http.ServerStream;
import dev.lateen.net.http.StreamListener;
import dev.lateen.net.http.StreamReset;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/// One request and its response on an HTTP/1 connection.
///
/// Thread: event loop of its channel.
final class Http1ServerStream implements ServerStream {
    private final Http1ServerConnection connection;
    private final BodyWriter body;
    private final boolean http10;
    private final boolean headRequest;
    private final boolean connectRequest;
    private final boolean tunnelRequested;
    private final String protocol;
    private boolean keepAlive;
    private @Nullable StreamListener listener;
    private boolean paused;
    private boolean headSent;
    private boolean tunnel;
    private boolean outcomeAnnounced;
    private boolean requestEnded;
    private boolean responseEnded;
    private boolean gone;

    Http1ServerStream(Http1ServerConnection connection, RequestHead head, boolean keepAlive, boolean tunnelRequested) {
        this.connection = connection;
        this.body = new BodyWriter(connection.output());
        this.http10 = head.version() == HttpVersion.HTTP_1_0;
        this.headRequest = head.method().equals("HEAD");
        this.connectRequest = head.method().equals("CONNECT");
        this.tunnelRequested = tunnelRequested;
        String asked = head.protocol();
        this.protocol = asked == null ? "" : asked;
        this.keepAlive = keepAlive;
    }

    // ---- What the connection asks

    void listener(StreamListener listener) {
        this.listener = listener;
    }

    /// The request's listener; nothing arrives before the handler has returned one, but a reset may.
    StreamListener listener() {
        StreamListener present = listener;
        return present != null ? present : SilentListener.INSTANCE;
    }

    boolean isPaused() {
        return paused && !responseEnded;
    }

    boolean isTunnel() {
        return tunnel;
    }

    boolean isHeadSent() {
        return headSent;
    }

    boolean isResponseEnded() {
        return responseEnded;
    }

    void requestEnded() {
        requestEnded = true;
    }

    /// The connection has let go of this stream; calls are ignored from here on.
    void detach() {
        gone = true;
    }

    /// A request for a tunnel has its end kept open until the answer is known; an ordinary answer ends it.
    void announceTunnelOutcome() {
        StreamListener present = listener;
        if (!tunnelRequested || !headSent || outcomeAnnounced || present == null || gone) {
            return;
        }
        outcomeAnnounced = true;
        if (!tunnel) {
            requestEnded = true;
            present.onData(Unpooled.EMPTY_BUFFER, true);
            finishIfDone();
        }
    }

    void finishIfDone() {
        if (gone || !responseEnded) {
            return;
        }
        if (requestEnded) {
            gone = true;
            connection.streamFinished(keepAlive && !tunnel);
        } else if (tunnel) {
            connection.shutdownOutput();
        } else {
            connection.drainRequest(keepAlive);
        }
    }

    // ---- ServerStream

    @Override
    public HttpConnection connection() {
        return connection;
    }

    @Override
    public void sendInformational(ResponseHead head) {
        if (gone || headSent || http10) {
            return;
        }
        HeadWriter writer = Scratch.current().writer;
        writer.status(head.status());
        writer.fields(head.headers(), false);
        writer.end();
        emit(writer);
    }

    @Override
    public void sendHead(ResponseHead head, boolean end) {
        if (gone || headSent) {
            return;
        }
        headSent = true;
        if (connection.isDraining()) {
            keepAlive = false;
        }
        int status = head.status();
        // A client that was too slow is not waited for (RFC 9110 §15.5.9); behind a refused CONNECT may come bytes that
        // were meant for the tunnel.
        keepAlive &= status != 408 && (!connectRequest || (status >= 200 && status < 300));
        HeadWriter writer = Scratch.current().writer;
        writer.status(status);
        if (tunnelRequested && (status == 101 || (connectRequest && status >= 200 && status < 300))) {
            tunnel = true;
            body.startTunnel();
            writer.fields(head.headers(), false);
            if (!connectRequest) {
                writer.upgrade(protocol);
            }
        } else {
            writeFramedHead(writer, head, end);
        }
        writer.end();
        if (!emit(writer)) {
            return;
        }
        if (end) {
            body.end();
            endResponse();
        } else if (tunnel) {
            connection.proceed();
        }
        announceTunnelOutcome();
    }

    private void writeFramedHead(HeadWriter writer, ResponseHead head, boolean end) {
        int status = head.status();
        boolean bodiless = headRequest || status == 304 || status == 204 || status < 200;
        if (bodiless) {
            body.startNone();
            writer.fields(head.headers(), status != 204 && status >= 200);
        } else {
            body.start(writer, head.headers(), end, true, http10);
            keepAlive &= !body.isUntilClose();
        }
        if (!keepAlive) {
            writer.close();
        } else if (http10) {
            writer.keepAlive();
        }
    }

    @Override
    public void sendData(ByteBuf data, boolean end) {
        if (gone || responseEnded || !headSent) {
            data.release();
            return;
        }
        if (!body.write(data, end)) {
            abort("http1.response_length_mismatch");
            return;
        }
        if (end) {
            endResponse();
        }
    }

    @Override
    public void sendTrailers(Headers trailers) {
        if (gone || responseEnded || !headSent) {
            return;
        }
        if (!body.writeTrailers(trailers)) {
            abort("http1.response_length_mismatch");
            return;
        }
        endResponse();
    }

    private void endResponse() {
        responseEnded = true;
        if (body.isCutShort()) {
            abort("http1.response_length_mismatch");
            return;
        }
        finishIfDone();
    }

    @Override
    public void reset(StreamReset reason) {
        if (!gone) {
            gone = true;
            connection.abort();
        }
    }

    private void abort(String details) {
        gone = true;
        connection.abort();
        listener().onReset(StreamReset.PROTOCOL_ERROR, details);
    }

    @Override
    public boolean isWritable() {
        return gone || connection.channel().isWritable();
    }

    @Override
    public void pauseReading() {
        if (!gone && !paused) {
            paused = true;
            connection.pauseSocket();
        }
    }

    @Override
    public void resumeReading() {
        if (!gone && paused) {
            paused = false;
            connection.proceed();
        }
    }

    private boolean emit(HeadWriter writer) {
        if (!writer.isIntact()) {
            abort("http1.invalid_response_header");
            return false;
        }
        connection.output().bytes(writer.bytes(), writer.length());
        return true;
    }
}
