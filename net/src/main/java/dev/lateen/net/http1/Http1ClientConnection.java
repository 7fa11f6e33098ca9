package dev.lateen.net.http1;

import dev.lateen.net.http.ClientConnection;
import dev.lateen.net.http.ClientStream;
import dev.lateen.net.http.Headers;
import dev.lateen.net.http.HttpLimits;
import dev.lateen.net.http.HttpVersion;
import dev.lateen.net.http.RequestHead;
import dev.lateen.net.http.ResponseHead;
import dev.lateen.net.http.ResponseListener;
import dev.lateen.net.http.StreamReset;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslHandler;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/// An upstream HTTP/1 connection: one exchange at a time, no pipelining. A response that is framed ambiguously, or that
/// nobody asked for, closes it.
///
/// Thread: event loop of its channel.
// A write or close that fails closes the channel, which is how everybody hears of it.
@SuppressWarnings("FutureReturnValueIgnored")
public final class Http1ClientConnection extends ChannelInboundHandlerAdapter
        implements ClientConnection, BodySink, Input.Decoder {
    private static final int MAX_INFORMATIONAL = 32;

    private final HttpLimits limits;
    private final BodyReader body;
    private ChannelHandlerContext context;
    private Output output;
    private Input input;
    private HeadBuffer headBuffer;
    private HeadParser parser;
    private Listener listener = SilentConnectionListener.INSTANCE;
    private @Nullable SslHandler ssl;
    private @Nullable Http1ClientStream current;
    private boolean headRead;
    private boolean keepAlive = true;
    private boolean releasing;
    private boolean draining;
    private boolean broken;
    private boolean gone;
    private boolean closed;
    private int informational;
    private long opened;
    private String closeDetails = "upstream_remote_disconnect";

    @SuppressWarnings("NullAway.Init") // the rest is set in handlerAdded, before any other event
    public Http1ClientConnection(HttpLimits limits) {
        this.limits = limits;
        this.body = new BodyReader(limits, this);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        ssl = ctx.pipeline().get(SslHandler.class);
        output = new Output(ctx);
        input = new Input(ctx.channel(), this);
        Scratch scratch = Scratch.current();
        headBuffer = new HeadBuffer(scratch.head(limits.maxHeaderBytes() + 4), limits.maxHeaderBytes(), false);
        parser = new HeadParser(scratch.fields, limits, ssl == null ? "http" : "https");
        WriteLimits.apply(ctx.channel(), limits);
    }

    // ---- ClientConnection

    @Override
    public ClientStream open(RequestHead head, boolean end, ResponseListener responses) {
        if (availableStreams() == 0) {
            throw new IllegalStateException("no stream is available on " + context.channel());
        }
        opened++;
        headRead = false;
        informational = 0;
        Http1ClientStream stream = new Http1ClientStream(this, head, responses);
        current = stream;
        stream.start(head, end);
        return stream;
    }

    @Override
    public int availableStreams() {
        return current == null
                        && !releasing
                        && !draining
                        && !closed
                        && keepAlive
                        && context.channel().isActive()
                ? 1
                : 0;
    }

    @Override
    public int activeStreams() {
        return current == null ? 0 : 1;
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

    @Override
    public void drain() {
        if (!draining) {
            draining = true;
            if (current == null) {
                shut("http1.drained");
            }
        }
    }

    @Override
    public void close() {
        failStream(StreamReset.LOCAL_CANCEL, "http1.local_close");
        shut("http1.local_close");
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
        return closed;
    }

    @Override
    public boolean isBlocked() {
        return isPaused();
    }

    @Override
    public boolean isPaused() {
        Http1ClientStream stream = current;
        return stream != null && stream.isPaused();
    }

    @Override
    public boolean decode(ByteBuf in) {
        Http1ClientStream stream = current;
        if (stream == null) {
            fail(Http1Violation.UNSOLICITED_RESPONSE);
            return false;
        }
        if (!headRead) {
            readHead(in, stream);
            return false;
        }
        if (stream.isTunnel()) {
            stream.responses().onData(in, false);
            return true;
        }
        return body.read(in);
    }

    @Override
    public void decoded() {
        if (releasing && input.isEmpty() && !closed) {
            releasing = false;
            listener.onStreamAvailable(this);
        }
    }

    private void readHead(ByteBuf in, Http1ClientStream stream) {
        byte[] array = Scratch.current().head(limits.maxHeaderBytes() + 4);
        int end = headBuffer.feed(in, array);
        if (end == HeadBuffer.INCOMPLETE) {
            return;
        }
        if (end < 0) {
            fail(end == HeadBuffer.TOO_LARGE ? Http1Violation.HEADERS_TOO_LARGE : Http1Violation.BARE_LINE_FEED);
            return;
        }
        Http1Violation violation = parser.parseResponse(headBuffer.bytes(), headBuffer.start(), end);
        headBuffer.clear(array);
        if (violation != null) {
            fail(violation);
            return;
        }
        accept(parser.response(), Scratch.current().fields, stream);
    }

    private void accept(ResponseHead head, FieldParser fields, Http1ClientStream stream) {
        int status = head.status();
        if (status < 200 && status != 101) {
            if (++informational > MAX_INFORMATIONAL) {
                fail(Http1Violation.TOO_MANY_INFORMATIONAL);
            } else {
                stream.responses().onInformational(head);
            }
            return;
        }
        if (status == 101 && !stream.isUpgrade()) {
            fail(Http1Violation.UNEXPECTED_UPGRADE);
            return;
        }
        headRead = true;
        keepAlive = !fields.close;
        if (status == 101 || (stream.isConnect() && status >= 200 && status < 300)) {
            stream.becomeTunnel();
            stream.responses().onHead(head, false);
            stream.tunnelReady();
            return;
        }
        stream.tunnelRefused();
        if (stream.isHeadRequest() || status == 204 || status == 304) {
            body.startCounted(0);
        } else if (fields.chunked) {
            body.startChunked();
        } else if (fields.contentLength >= 0) {
            body.startCounted(fields.contentLength);
        } else {
            body.startUntilClose();
            keepAlive = false;
        }
        if (body.isDone()) {
            endResponse(stream);
            stream.responses().onHead(head, true);
        } else {
            stream.responses().onHead(head, false);
        }
    }

    @Override
    public void onBody(ByteBuf data, boolean end) {
        Http1ClientStream stream = current;
        if (stream == null) {
            data.release();
        } else if (end) {
            endResponse(stream);
            stream.responses().onData(data, true);
        } else {
            stream.responses().onData(data, false);
        }
    }

    @Override
    public void onBodyEnd() {
        Http1ClientStream stream = current;
        if (stream != null) {
            endResponse(stream);
            stream.responses().onData(Unpooled.EMPTY_BUFFER, true);
        }
    }

    @Override
    public void onBodyTrailers(Headers trailers) {
        Http1ClientStream stream = current;
        if (stream != null) {
            endResponse(stream);
            stream.responses().onTrailers(trailers);
        }
    }

    @Override
    public void onBodyViolation(Http1Violation violation) {
        fail(violation);
    }

    // ---- Ends

    // The slot is given back only after all that was read has been looked at: what follows a response would otherwise
    // be taken for the next one.
    private void endResponse(Http1ClientStream stream) {
        current = null;
        boolean requestEnded = stream.isRequestEnded();
        stream.detach();
        if (keepAlive && requestEnded && !draining) {
            releasing = true;
            if (!input.isDecoding()) {
                releasing = false;
                listener.onStreamAvailable(this);
            }
            return;
        }
        closeDetails = requestEnded ? "http1.connection_close" : "http1.response_before_request_end";
        shutAfterCallbacks();
    }

    private void shutAfterCallbacks() {
        if (!draining) {
            draining = true;
            listener.onDraining(this);
        }
        context.executor().execute(() -> shut(closeDetails));
    }

    /// The stream gives up: an HTTP/1 exchange can only be cancelled by closing.
    void abort(String details) {
        current = null;
        shut(details);
    }

    void shutdownOutput() {
        output.flush();
        if (HalfClose.isSupported(context)) {
            HalfClose.shutdownOutput(context);
        } else {
            output.close();
        }
    }

    void tunnelEnded() {
        current = null;
        shut("http1.tunnel_ended");
    }

    private void fail(Http1Violation violation) {
        failStream(StreamReset.PROTOCOL_ERROR, violation.details);
        shut(violation.details);
    }

    private void failStream(StreamReset reason, String details) {
        Http1ClientStream stream = current;
        current = null;
        body.stop();
        if (stream != null) {
            stream.detach();
            stream.responses().onReset(reason, details);
        }
    }

    private void shut(String details) {
        if (closed) {
            return;
        }
        closed = true;
        releasing = false;
        closeDetails = details;
        input.discard();
        output.close();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            inputEnded();
        }
        ctx.fireUserEventTriggered(event);
    }

    private void inputEnded() {
        Http1ClientStream stream = current;
        if (stream != null && headRead && stream.isTunnel()) {
            flushHeld(stream);
            stream.responses().onData(Unpooled.EMPTY_BUFFER, true);
            stream.incomingEnded();
            return;
        }
        endAtClose();
        if (!closed) {
            shut("upstream_remote_disconnect");
        }
    }

    // The end of the connection is the end of a response without a length, unless the connection broke.
    private void endAtClose() {
        Http1ClientStream stream = current;
        if (stream == null) {
            return;
        }
        if (headRead && body.isUntilClose() && !broken) {
            flushHeld(stream);
            current = null;
            body.stop();
            stream.detach();
            stream.responses().onData(Unpooled.EMPTY_BUFFER, true);
        } else {
            failStream(StreamReset.CONNECTION_CLOSED, "upstream_remote_disconnect");
        }
    }

    private void flushHeld(Http1ClientStream stream) {
        ByteBuf held = input.poll();
        while (held != null) {
            stream.responses().onData(held, false);
            held = input.poll();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        Http1ClientStream stream = current;
        if (stream != null && !stream.isAwaitingTunnel()) {
            stream.responses().onWritabilityChanged(ctx.channel().isWritable());
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        inactive();
        ctx.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        inactive();
    }

    private void inactive() {
        if (gone) {
            return;
        }
        gone = true;
        endAtClose();
        closed = true;
        input.discard();
        output.discard();
        listener.onClosed(this, closeDetails);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        broken = true;
        ctx.close();
    }
}
