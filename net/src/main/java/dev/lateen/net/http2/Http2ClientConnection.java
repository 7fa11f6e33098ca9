package dev.lateen.net.http2;

import dev.lateen.net.http.ClientConnection;
import dev.lateen.net.http.ClientStream;
import dev.lateen.net.http.HttpLimits;
import dev.lateen.net.http.HttpVersion;
import dev.lateen.net.http.RequestHead;
import dev.lateen.net.http.ResponseListener;
import dev.lateen.net.http.StreamReset;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/// An upstream HTTP/2 connection. Put `handler()` into the pipeline before the channel reads its first bytes (in its
/// initializer, or in the listener of the connect future); streams may be opened as soon as the channel is connected,
/// before the peer's settings have arrived.
///
/// Thread: event loop of its channel.
// A write or close that fails closes the channel, which is how everybody hears of it.
@SuppressWarnings("FutureReturnValueIgnored")
public final class Http2ClientConnection implements ClientConnection {
    private static final int LAST_USEFUL_STREAM_ID = Integer.MAX_VALUE - 2;
    private static final long KEEPALIVE_PING = 0x6b656570L;

    private final HttpLimits limits;
    private final Http2Session session;
    private @Nullable Listener listener;
    private @Nullable Future<?> keepalive;
    private boolean pingAnswered = true;
    private boolean draining;
    private boolean goAwaySeen;
    private long opened;

    public Http2ClientConnection(HttpLimits limits) {
        this.limits = limits;
        this.session = new Http2Session(limits, false, new Role());
        session.incoming().pings(payload -> pingAnswered |= payload == KEEPALIVE_PING);
    }

    /// The channel handler that speaks for this connection.
    public ChannelHandler handler() {
        return session.handler();
    }

    /// Sends a PING every `interval`, and closes the connection where nothing at all comes within `timeout`: an answer
    /// may have to wait behind a long body.
    public void keepAlive(Duration interval, Duration timeout) {
        ChannelHandlerContext context = session.context();
        keepalive = context.executor()
                .scheduleAtFixedRate(
                        () -> ping(timeout), interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void ping(Duration timeout) {
        if (!pingAnswered || session.isClosed()) {
            return;
        }
        pingAnswered = false;
        session.sendPing(KEEPALIVE_PING);
        awaitAnswer(timeout);
    }

    private void awaitAnswer(Duration timeout) {
        session.forgetBytes();
        session.context()
                .executor()
                .schedule(
                        () -> {
                            if (pingAnswered || session.isClosed()) {
                                return;
                            }
                            if (session.isHeard()) {
                                awaitAnswer(timeout);
                            } else {
                                session.close("http2.ping_timeout");
                            }
                        },
                        timeout.toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    @Override
    public ClientStream open(RequestHead head, boolean end, ResponseListener responses) {
        if (availableStreams() == 0) {
            throw new IllegalStateException("no stream is available on " + channel());
        }
        // A connect future's listener runs before channelActive does, and nothing may overtake the preface.
        session.start();
        opened++;
        boolean extendedConnect = head.protocol() != null;
        PeerSettings peer = session.peerSettings();
        if (extendedConnect && peer.received() && !peer.connectProtocol()) {
            session.context()
                    .executor()
                    .execute(
                            () -> responses.onReset(StreamReset.LOCAL_REFUSED, "http2.extended_connect_not_supported"));
            return RefusedStream.on(this);
        }
        Http2Exchange exchange = new Http2Exchange(session, this, session.takeStreamId(), extendedConnect);
        exchange.listener(responses);
        exchange.clientHeadSent(responses, end);
        session.put(exchange);
        session.writer().request(exchange.id(), head, end);
        return exchange;
    }

    @Override
    public int availableStreams() {
        if (draining
                || session.isClosed()
                || !channel().isActive()
                || session.incoming().isGoAwayReceived()
                || opened * 2 >= LAST_USEFUL_STREAM_ID) {
            return 0;
        }
        int allowed =
                Math.min(limits.maxConcurrentStreams(), session.peerSettings().maxStreams());
        return Math.max(0, allowed - session.activeStreams());
    }

    @Override
    public int activeStreams() {
        return session.activeStreams();
    }

    @Override
    public long openedStreams() {
        return opened;
    }

    @Override
    public void listener(Listener listener) {
        this.listener = listener;
    }

    @Override
    public Channel channel() {
        return session.context().channel();
    }

    @Override
    public HttpVersion version() {
        return HttpVersion.HTTP_2;
    }

    @Override
    public @Nullable SSLSession tls() {
        return session.tls();
    }

    @Override
    public void drain() {
        draining = true;
        closeIfDrained();
    }

    private void closeIfDrained() {
        if ((draining || session.incoming().isGoAwayReceived())
                && session.activeStreams() == 0
                && !session.isClosed()) {
            session.close("http2.drained");
        }
    }

    @Override
    public void close() {
        session.close("http2.local_close");
    }

    private final class Role implements Http2Role {
        @Override
        public void onHeaders(int id, @Nullable Http2Exchange exchange, HeadAssembler fields, boolean end)
                throws Http2Violation {
            if (exchange == null || exchange.isGone()) {
                return;
            }
            if (exchange.isHeadReceived()) {
                exchange.receiveTrailers(fields.trailers(id));
            } else {
                exchange.receiveResponse(fields.response(id), fields.contentLength(), end);
            }
        }

        @Override
        public void onStreamEnded() {
            Listener present = listener;
            if (present != null && !session.isClosed()) {
                present.onStreamAvailable(Http2ClientConnection.this);
            }
            closeIfDrained();
        }

        @Override
        public void onPeerSettings() {
            Listener present = listener;
            if (present != null) {
                present.onStreamAvailable(Http2ClientConnection.this);
            }
        }

        @Override
        public void onGoAway() {
            // A graceful end comes in two GOAWAY frames; one is news.
            Listener present = listener;
            if (present != null && !goAwaySeen) {
                present.onDraining(Http2ClientConnection.this);
            }
            goAwaySeen = true;
            closeIfDrained();
        }

        @Override
        public void onRejected(int status, String details) {
            // A malformed response is told to its stream; a connection error closes, and names itself in onClosed.
        }

        @Override
        public void onClosed(String details) {
            Future<?> timer = keepalive;
            if (timer != null) {
                timer.cancel(false);
            }
            Listener present = listener;
            if (present != null) {
                present.onClosed(Http2ClientConnection.this, details);
            }
        }
    }
}
