package dev.lateen.net.http1;

import dev.lateen.net.http.Headers;
import dev.lateen.net.http.HttpConnection;
import dev.lateen.net.http.HttpLimits;
import dev.lateen.net.http.HttpVersion;
import dev.lateen.net.http.RequestHead;
import dev.lateen.net.http.ServerHandler;
import dev.lateen.net.http.ServerHandlerFactory;
import dev.lateen.net.http.StreamReset;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/// A downstream HTTP/1 connection. Requests are handed to the `ServerHandler` one after the other: a pipelined one
/// waits, unparsed, until the response before it has been sent.
///
/// A peer that closes its sending half while a request is open counts as gone, as in Envoy; only tunnels know half
/// close. A request that is refused is answered by the codec and the connection is closed.
///
/// Thread: event loop of its channel.
// A write or close that fails closes the channel, which is how everybody hears of it.
@SuppressWarnings("FutureReturnValueIgnored")
public final class Http1ServerConnection extends ChannelInboundHandlerAdapter
        implements HttpConnection, BodySink, Input.Decoder {
    private static final long LINGER_MILLIS = 1000;
    private static final long DRAIN_LIMIT_BYTES = 256 * 1024;
    private static final long DRAIN_LIMIT_MILLIS = 5000;

    private final HttpLimits limits;
    private final ServerHandlerFactory handlers;
    private final BodyReader body;
    private ChannelHandlerContext context;
    private Output output;
    private Input input;
    private HeadBuffer headBuffer;
    private HeadParser parser;
    private ServerHandler handler;
    private @Nullable SslHandler ssl;
    private @Nullable Http1ServerStream current;
    private @Nullable Future<?> headersTimer;
    private boolean draining;
    private boolean closing;
    private boolean closed;
    private long drainedBytes;
    private boolean mayBeStranger;
    private boolean inputEnded;

    /// @param handlers makes the handler of this connection once it is in its pipeline
    public Http1ServerConnection(HttpLimits limits, ServerHandlerFactory handlers) {
        this(limits, handlers, false);
    }

    /// @param besideHttp2 the port serves HTTP/2 too and took this for HTTP/1 because of its first bytes: a peer whose
    ///     first line names no version of HTTP speaks neither and is left without an answer (RFC 9113 §3.4)
    @SuppressWarnings("NullAway.Init") // the rest is set in handlerAdded, before any other event
    public Http1ServerConnection(HttpLimits limits, ServerHandlerFactory handlers, boolean besideHttp2) {
        this.mayBeStranger = besideHttp2;
        this.limits = limits;
        this.handlers = handlers;
        this.body = new BodyReader(limits, this);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        ssl = ctx.pipeline().get(SslHandler.class);
        output = new Output(ctx);
        input = new Input(ctx.channel(), this);
        Scratch scratch = Scratch.current();
        headBuffer = new HeadBuffer(scratch.head(limits.maxHeaderBytes() + 4), limits.maxHeaderBytes(), true);
        parser = new HeadParser(scratch.fields, limits, ssl == null ? "http" : "https");
        WriteLimits.apply(ctx.channel(), limits);
        handler = handlers.create(this);
    }

    @Override
    public Channel channel() {
        return context.channel();
    }

    @Override
    public HttpVersion version() {
        return HttpVersion.HTTP_1_1;
    }

    @Override
    public @Nullable SSLSession tls() {
        SslHandler handler = ssl;
        return handler == null ? null : handler.engine().getSession();
    }

    /// Ends the connection with its next response, which says so. Unlike `drain` it leaves an idle connection open: a
    /// client that sends a request just then would find it closed.
    public void closeAfterNext() {
        draining = true;
    }

    @Override
    public void drain() {
        draining = true;
        if (current == null && !headBuffer.isPartial()) {
            closeAfterFlush();
        }
    }

    @Override
    public void close() {
        endStream(StreamReset.LOCAL_CANCEL, "http1.local_close");
        closing = true;
        context.close();
    }

    boolean isDraining() {
        return draining;
    }

    Output output() {
        return output;
    }

    // ---- Incoming bytes

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        input.read((ByteBuf) message);
    }

    void proceed() {
        if (!closed) {
            input.proceed();
        }
    }

    void pauseSocket() {
        input.pauseSocket();
    }

    @Override
    public boolean isOver() {
        return closing;
    }

    @Override
    public boolean isBlocked() {
        Http1ServerStream stream = current;
        if (stream == null) {
            return false;
        }
        return stream.isTunnel() ? stream.isPaused() : body.isDone() || stream.isPaused();
    }

    @Override
    public boolean isPaused() {
        Http1ServerStream stream = current;
        return stream != null && stream.isPaused() && !closing;
    }

    @Override
    public boolean decode(ByteBuf in) {
        Http1ServerStream stream = current;
        if (stream == null) {
            readHead(in);
            return false;
        }
        if (stream.isTunnel()) {
            stream.listener().onData(in, false);
            return true;
        }
        return body.read(in);
    }

    private void readHead(ByteBuf in) {
        byte[] array = Scratch.current().head(limits.maxHeaderBytes() + 4);
        int end = headBuffer.feed(in, array);
        if (end == HeadBuffer.INCOMPLETE) {
            if (headBuffer.isPartial()) {
                startHeadersTimer();
            }
            return;
        }
        stopHeadersTimer();
        if (end < 0) {
            reject(end == HeadBuffer.TOO_LARGE ? Http1Violation.HEADERS_TOO_LARGE : Http1Violation.BARE_LINE_FEED);
            return;
        }
        Http1Violation violation = parser.parseRequest(headBuffer.bytes(), headBuffer.start(), end);
        headBuffer.clear(array);
        if (violation != null) {
            reject(violation);
            return;
        }
        begin(parser.request(), Scratch.current().fields);
    }

    private void begin(RequestHead head, FieldParser fields) {
        mayBeStranger = false;
        boolean keepAlive = head.version() == HttpVersion.HTTP_1_1 ? !fields.close : fields.keepAlive && !fields.close;
        boolean hasBody = fields.chunked || fields.contentLength > 0;
        if (hasBody) {
            // An upgrade behind a body is a corner nobody needs; RFC 9110 §7.8 lets a server ignore the wish.
            head.protocol(null);
        }
        boolean tunnelRequested = head.protocol() != null || head.method().equals("CONNECT");
        if (hasBody && head.method().equals("CONNECT")) {
            reject(Http1Violation.CONTENT_LENGTH_NOT_ALLOWED);
            return;
        }
        if (fields.chunked) {
            body.startChunked();
        } else {
            body.startCounted(Math.max(0, fields.contentLength));
        }
        drainedBytes = 0;
        Http1ServerStream stream = new Http1ServerStream(this, head, keepAlive, tunnelRequested);
        current = stream;
        boolean end = body.isDone();
        if (end && !tunnelRequested) {
            stream.requestEnded();
        }
        stream.listener(handler.onRequest(stream, head, end && !tunnelRequested));
        stream.announceTunnelOutcome();
    }

    @Override
    public void onBody(ByteBuf data, boolean end) {
        Http1ServerStream stream = current;
        if (stream == null) {
            data.release();
            return;
        }
        if (stream.isResponseEnded()) {
            drainedBytes += data.readableBytes();
            if (drainedBytes > DRAIN_LIMIT_BYTES) {
                data.release();
                endStream(StreamReset.LIMIT_EXCEEDED, "http1.body_after_response");
                closeGently();
                return;
            }
        }
        if (end) {
            stream.requestEnded();
        }
        stream.listener().onData(data, end);
        if (end) {
            stream.finishIfDone();
        }
    }

    @Override
    public void onBodyEnd() {
        Http1ServerStream stream = current;
        if (stream == null) {
            return;
        }
        stream.requestEnded();
        stream.listener().onData(Unpooled.EMPTY_BUFFER, true);
        stream.finishIfDone();
    }

    @Override
    public void onBodyTrailers(Headers trailers) {
        Http1ServerStream stream = current;
        if (stream == null) {
            return;
        }
        stream.requestEnded();
        stream.listener().onTrailers(trailers);
        stream.finishIfDone();
    }

    @Override
    public void onBodyViolation(Http1Violation violation) {
        reject(violation);
    }

    // ---- Ends

    /// Both directions of the current stream have ended.
    void streamFinished(boolean keepAlive) {
        current = null;
        if (!keepAlive || draining) {
            closeAfterFlush();
        } else {
            proceed();
        }
    }

    /// The response is complete while the request is not; the rest is drained within limits of bytes and of time,
    /// whatever was paused.
    void drainRequest(boolean keepAlive) {
        if (!keepAlive) {
            endStream(StreamReset.LOCAL_CANCEL, "http1.response_before_request_end");
            closeGently();
            return;
        }
        Http1ServerStream answered = current;
        context.executor()
                .schedule(
                        () -> {
                            if (current == answered && answered != null) {
                                drainRequest(false);
                            }
                        },
                        DRAIN_LIMIT_MILLIS,
                        TimeUnit.MILLISECONDS);
        proceed();
    }

    /// Gives the connection up, since the stream on it cannot be ended in another way.
    void abort() {
        current = null;
        closing = true;
        body.stop();
        output.close();
    }

    /// A tunnel's outgoing half has ended.
    void shutdownOutput() {
        output.flush();
        if (HalfClose.isSupported(context)) {
            HalfClose.shutdownOutput(context);
        } else {
            closeAfterFlush();
        }
    }

    void closeAfterFlush() {
        closing = true;
        output.close();
    }

    private void reject(Http1Violation violation) {
        if (closing) {
            return;
        }
        Http1ServerStream stream = current;
        boolean stranger = mayBeStranger && violation == Http1Violation.NO_REQUEST_LINE;
        boolean mayAnswer = !stranger && (stream == null || !stream.isHeadSent());
        endStream(StreamReset.PROTOCOL_ERROR, violation.details);
        handler.onRejected(violation.status, violation.details);
        if (mayAnswer) {
            HeadWriter writer = Scratch.current().writer;
            writer.status(violation.status);
            writer.contentLengthZero();
            writer.close();
            writer.end();
            output.bytes(writer.bytes(), writer.length());
        }
        closeGently();
    }

    // An unread request would make the kernel answer with RST, which may overtake the response. So: FIN first, then
    // wait a moment for the peer's.
    private void closeGently() {
        closing = true;
        body.stop();
        output.flush();
        HalfClose.shutdownOutput(context);
        input.discard();
        input.resumeSocket();
        context.executor().schedule(() -> context.close(), LINGER_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void endStream(StreamReset reason, String details) {
        Http1ServerStream stream = current;
        current = null;
        body.stop();
        if (stream != null) {
            stream.detach();
            stream.listener().onReset(reason, details);
        }
    }

    private void startHeadersTimer() {
        long millis = limits.headersTimeout().toMillis();
        if (millis > 0 && headersTimer == null) {
            headersTimer = context.executor()
                    .schedule(() -> reject(Http1Violation.HEADERS_TIMEOUT), millis, TimeUnit.MILLISECONDS);
        }
    }

    private void stopHeadersTimer() {
        Future<?> timer = headersTimer;
        if (timer != null) {
            timer.cancel(false);
            headersTimer = null;
        }
    }

    // ---- Channel events

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        // A peer that ends TLS can send nothing more, whether or not it has closed the connection too.
        boolean end = event instanceof ChannelInputShutdownEvent
                || (event instanceof SslCloseCompletionEvent close && close.isSuccess());
        if (end && !inputEnded) {
            inputEnded = true;
            inputEnded();
        }
        ctx.fireUserEventTriggered(event);
    }

    private void inputEnded() {
        Http1ServerStream stream = current;
        if (stream != null && stream.isTunnel() && !closing) {
            stream.requestEnded();
            // What came before the end, though its reader had wanted a pause.
            ByteBuf held = input.poll();
            while (held != null) {
                stream.listener().onData(held, false);
                held = input.poll();
            }
            stream.listener().onData(Unpooled.EMPTY_BUFFER, true);
            stream.finishIfDone();
            return;
        }
        closing = true;
        endStream(StreamReset.CONNECTION_CLOSED, "downstream_remote_disconnect");
        output.close();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        Http1ServerStream stream = current;
        if (stream != null) {
            stream.listener().onWritabilityChanged(ctx.channel().isWritable());
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        closed();
        ctx.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        closed();
    }

    private void closed() {
        if (closed) {
            return;
        }
        closed = true;
        closing = true;
        stopHeadersTimer();
        input.discard();
        endStream(StreamReset.CONNECTION_CLOSED, "downstream_remote_disconnect");
        output.discard();
        handler.onClosed();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        // A broken socket or TLS record: nothing can be said to the peer. channelInactive tells the handler.
        closing = true;
        ctx.close();
    }
}
