package dev.lateen.net.http1;

import dev.lateen.net.http.ClientStream;
import dev.lateen.net.http.Headers;
import dev.lateen.net.http.HttpConnection;
import dev.lateen.net.http.RequestHead;
import dev.lateen.net.http.ResponseListener;
import dev.lateen.net.http.StreamReset;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;

/// One exchange on an upstream HTTP/1 connection. Where a tunnel is asked for, bytes wait until it is granted.
///
/// Thread: event loop of its channel.
final class Http1ClientStream implements ClientStream {
    private final Http1ClientConnection connection;
    private final ResponseListener responses;
    private final BodyWriter body;
    private final boolean headRequest;
    private final boolean connect;
    private final boolean upgrade;
    private final ArrayDeque<ByteBuf> early = new ArrayDeque<>(0);
    private boolean awaitingTunnel;
    private boolean tunnel;
    private boolean paused;
    private boolean requestEnded;
    private boolean incomingEnded;
    private boolean gone;

    Http1ClientStream(Http1ClientConnection connection, RequestHead head, ResponseListener responses) {
        this.connection = connection;
        this.responses = responses;
        this.body = new BodyWriter(connection.output());
        this.upgrade = head.protocol() != null;
        this.headRequest = head.method().equals("HEAD");
        this.connect = !upgrade && head.method().equals("CONNECT");
        this.awaitingTunnel = upgrade || connect;
    }

    // ---- What the connection asks

    void start(RequestHead head, boolean end) {
        HeadWriter writer = Scratch.current().writer;
        // RFC 8441's CONNECT with :protocol is a GET here.
        String method = upgrade && head.method().equals("CONNECT") ? "GET" : head.method();
        writer.request(method, connect ? head.authority() : head.path(), head.authority(), head.headers());
        String protocol = head.protocol();
        if (awaitingTunnel) {
            writer.fields(head.headers(), false);
            if (protocol != null) {
                writer.upgrade(protocol);
            }
        } else {
            body.start(writer, head.headers(), end, Methods.expectsBody(method), false);
        }
        writer.end();
        if (!writer.isIntact() || (end && body.isCutShort())) {
            gone = true;
            connection.abort("http1.invalid_request_header");
            responses.onReset(StreamReset.PROTOCOL_ERROR, "http1.invalid_request_header");
            return;
        }
        connection.output().bytes(writer.bytes(), writer.length());
        if (end && !awaitingTunnel) {
            body.end();
            requestEnded = true;
        }
    }

    ResponseListener responses() {
        return responses;
    }

    boolean isHeadRequest() {
        return headRequest;
    }

    boolean isConnect() {
        return connect;
    }

    boolean isUpgrade() {
        return upgrade;
    }

    boolean isTunnel() {
        return tunnel;
    }

    boolean isAwaitingTunnel() {
        return awaitingTunnel;
    }

    boolean isPaused() {
        return paused;
    }

    boolean isRequestEnded() {
        return requestEnded;
    }

    void becomeTunnel() {
        tunnel = true;
        awaitingTunnel = false;
        body.startTunnel();
    }

    void tunnelReady() {
        ByteBuf data = early.pollFirst();
        while (data != null) {
            connection.output().data(data);
            data = early.pollFirst();
        }
        if (requestEnded) {
            connection.shutdownOutput();
        }
        if (!gone) {
            responses.onWritabilityChanged(isWritable());
        }
    }

    void tunnelRefused() {
        if (awaitingTunnel) {
            awaitingTunnel = false;
            body.startNone();
            requestEnded = true;
            releaseEarly();
        }
    }

    void incomingEnded() {
        incomingEnded = true;
        endTunnelIfDone();
    }

    void detach() {
        gone = true;
        releaseEarly();
    }

    // ---- ClientStream

    @Override
    public void sendData(ByteBuf data, boolean end) {
        if (gone || requestEnded) {
            data.release();
            return;
        }
        if (awaitingTunnel) {
            early.addLast(data);
            requestEnded = end;
            return;
        }
        if (!body.write(data, end)) {
            abort(StreamReset.PROTOCOL_ERROR, "http1.request_length_mismatch");
            return;
        }
        if (end) {
            endRequest();
        }
    }

    @Override
    public void sendTrailers(Headers trailers) {
        if (gone || requestEnded) {
            return;
        }
        if (!body.writeTrailers(trailers)) {
            abort(StreamReset.PROTOCOL_ERROR, "http1.invalid_request_header");
            return;
        }
        endRequest();
    }

    private void endRequest() {
        requestEnded = true;
        if (body.isCutShort()) {
            abort(StreamReset.PROTOCOL_ERROR, "http1.request_length_mismatch");
        } else if (tunnel) {
            connection.shutdownOutput();
            endTunnelIfDone();
        }
    }

    private void endTunnelIfDone() {
        if (!gone && requestEnded && incomingEnded) {
            gone = true;
            connection.tunnelEnded();
        }
    }

    private void abort(StreamReset reason, String details) {
        detach();
        connection.abort(details);
        responses.onReset(reason, details);
    }

    @Override
    public void reset(StreamReset reason) {
        if (!gone) {
            detach();
            connection.abort("http1.stream_reset");
        }
    }

    @Override
    public boolean isWritable() {
        return gone || (!awaitingTunnel && connection.channel().isWritable());
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

    @Override
    public HttpConnection connection() {
        return connection;
    }

    private void releaseEarly() {
        ByteBuf data = early.pollFirst();
        while (data != null) {
            data.release();
            data = early.pollFirst();
        }
    }
}
