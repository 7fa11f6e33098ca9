package dev.lateen.net.http2;

import dev.lateen.net.http.Headers;
import dev.lateen.net.http.HttpConnection;
import dev.lateen.net.http.HttpLimits;
import dev.lateen.net.http.HttpVersion;
import dev.lateen.net.http.RequestHead;
import dev.lateen.net.http.ResponseHead;
import dev.lateen.net.http.ServerHandler;
import dev.lateen.net.http.ServerHandlerFactory;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/// A downstream HTTP/2 connection: with prior knowledge, or after ALPN chose `h2`. Put `handler()` into the pipeline.
///
/// Thread: event loop of its channel.
// A write or close that fails closes the channel, which is how everybody hears of it.
@SuppressWarnings("FutureReturnValueIgnored")
public final class Http2ServerConnection implements HttpConnection {
    private static final long DRAIN_PING = 0x4c4154_45454eL;
    private static final long DRAIN_PING_MILLIS = 1000;

    private final HttpLimits limits;
    private final Http2Session session;
    private final ServerHandlerFactory handlers;
    private @Nullable ServerHandler handler;
    private @Nullable String scheme;
    private boolean draining;
    private boolean finalGoAwaySent;

    public Http2ServerConnection(HttpLimits limits, ServerHandlerFactory handlers) {
        this.limits = limits;
        this.handlers = handlers;
        this.session = new Http2Session(limits, true, new Role());
        session.incoming().pings(payload -> {
            if (payload == DRAIN_PING) {
                sendFinalGoAway();
            }
        });
    }

    /// The channel handler that speaks for this connection.
    public ChannelHandler handler() {
        return session.handler();
    }

    private ServerHandler requests() {
        ServerHandler present = handler;
        if (present == null) {
            present = handlers.create(this);
            handler = present;
        }
        return present;
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

    /// GOAWAY in two steps (RFC 9113 §6.8): the first announces, the second, a round trip later, names the last stream.
    @Override
    public void drain() {
        if (draining || session.isClosed()) {
            return;
        }
        draining = true;
        ChannelHandlerContext context = session.context();
        session.sendGoAway(Integer.MAX_VALUE);
        session.sendPing(DRAIN_PING);
        context.executor().schedule(this::sendFinalGoAway, DRAIN_PING_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void sendFinalGoAway() {
        if (finalGoAwaySent || session.isClosed()) {
            return;
        }
        finalGoAwaySent = true;
        session.sendGoAway(session.incoming().lastPeerStream());
        closeIfDrained();
    }

    private void closeIfDrained() {
        if (finalGoAwaySent && session.activeStreams() == 0 && !session.isClosed()) {
            session.close("http2.drained");
        }
    }

    @Override
    public void close() {
        session.close("http2.local_close");
    }

    static ResponseHead tooLarge() {
        return new ResponseHead(431, new Headers(4));
    }

    private String transportScheme() {
        String present = scheme;
        if (present == null) {
            present = session.tls() == null ? "http" : "https";
            scheme = present;
        }
        return present;
    }

    private final class Role implements Http2Role {
        @Override
        public void onHeaders(int id, @Nullable Http2Exchange known, HeadAssembler fields, boolean end)
                throws Http2Violation {
            if (known != null) {
                known.receiveTrailers(fields.requestTrailers(id));
                return;
            }
            RequestHead head = fields.request(id, transportScheme());
            Http2Exchange exchange =
                    new Http2Exchange(session, Http2ServerConnection.this, id, head.protocol() != null);
            exchange.headReceived(fields.contentLength(), end);
            session.put(exchange);
            if (head.headers().size() > limits.maxHeaderCount()) {
                onRejected(431, "http2.too_many_headers");
                exchange.sendHead(tooLarge(), true);
                return;
            }
            exchange.listener(requests().onRequest(exchange, head, end));
        }

        @Override
        public void onStreamEnded() {
            closeIfDrained();
        }

        @Override
        public void onPeerSettings() {
            requests();
        }

        @Override
        public void onGoAway() {}

        @Override
        public void onRejected(int status, String details) {
            requests().onRejected(status, details);
        }

        @Override
        public void onClosed(String details) {
            ServerHandler present = handler;
            if (present != null) {
                present.onClosed();
            }
        }
    }
}
