package dev.lateen.proxy.listener;

import dev.lateen.net.proxyprotocol.ProxyHeaderParser;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Holds back the first bytes of a connection until it is known what they are, then hands them on and leaves.
///
/// Limits: 64 KiB of held bytes, the listener's timeout.
///
/// Thread: event loop of its channel.
final class Inspector extends ChannelInboundHandlerAdapter {
    private static final int MAX_HELD_BYTES = 64 * 1024;

    private final AcceptedConnection connection;
    private final ConnectionFacts facts;
    private final long timeoutMillis;
    private @Nullable ProxyProtocolConfig awaitProxy;
    private boolean awaitTls;
    private boolean awaitHttp;
    private @Nullable ByteBuf held;
    private @Nullable Future<?> timer;

    /// What is asked of the first bytes, in this order.
    ///
    /// @param proxy whether a PROXY header comes first; null: not asked
    record Questions(@Nullable ProxyProtocolConfig proxy, boolean tls, boolean http) {}

    Inspector(AcceptedConnection connection, ConnectionFacts facts, Questions questions, long timeoutMillis) {
        this.connection = connection;
        this.facts = facts;
        this.awaitProxy = questions.proxy;
        this.awaitTls = questions.tls;
        this.awaitHttp = questions.http;
        this.timeoutMillis = timeoutMillis;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        if (timeoutMillis > 0) {
            timer = ctx.executor().schedule(() -> timedOut(ctx), timeoutMillis, TimeUnit.MILLISECONDS);
        }
        if (ctx.channel().isActive()) {
            ctx.read();
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        ctx.fireChannelActive();
        ctx.read();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        ByteBuf before = held;
        ByteBuf all = bytes;
        if (before != null) {
            all = ctx.alloc().buffer(before.readableBytes() + bytes.readableBytes());
            all.writeBytes(before).writeBytes(bytes);
            before.release();
            bytes.release();
        }
        held = all;
        ProxyProtocolConfig proxy = awaitProxy;
        if (proxy != null && !readProxyHeader(ctx, proxy, all)) {
            return;
        }
        if (decided(all) || all.readableBytes() >= MAX_HELD_BYTES) {
            proceed(ctx);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        ctx.read();
    }

    /// False where nothing more can be said now, or ever.
    private boolean readProxyHeader(ChannelHandlerContext ctx, ProxyProtocolConfig proxy, ByteBuf bytes) {
        ProxyHeaderParser parser = new ProxyHeaderParser();
        ProxyHeaderParser.Outcome outcome = parser.read(bytes);
        boolean taken = switch (outcome) {
            case NEED_MORE, ABSENT, MALFORMED -> false;
            case VERSION_1 -> proxy.version1();
            case VERSION_2 -> proxy.version2();
        };
        if (outcome == ProxyHeaderParser.Outcome.NEED_MORE) {
            return false;
        }
        awaitProxy = null;
        if (taken) {
            bytes.skipBytes(parser.length());
            facts.relayed(parser.header());
            return true;
        }
        if (proxy.optional() && outcome != ProxyHeaderParser.Outcome.MALFORMED) {
            return true;
        }
        ctx.close();
        return false;
    }

    private boolean decided(ByteBuf bytes) {
        if ((awaitTls || awaitHttp) && !bytes.isReadable()) {
            return false;
        }
        if (awaitTls) {
            switch (ClientHello.read(bytes, facts)) {
                case NEED_MORE -> {
                    return false;
                }
                case TLS -> {
                    facts.transportProtocol = ConnectionFacts.TLS;
                    return true;
                }
                case NOT_TLS -> {
                    facts.transportProtocol = ConnectionFacts.RAW_BUFFER;
                    awaitTls = false;
                }
            }
        }
        if (awaitHttp && !HttpSniffer.read(bytes, facts)) {
            return false;
        }
        awaitHttp = false;
        return true;
    }

    private void timedOut(ChannelHandlerContext ctx) {
        if (connection.continueOnTimeout()) {
            proceed(ctx);
        } else {
            ctx.close();
        }
    }

    private void proceed(ChannelHandlerContext ctx) {
        if (timer != null) {
            timer.cancel(false);
        }
        ByteBuf bytes = held;
        held = null;
        if (!connection.chooseChain()) {
            if (bytes != null) {
                bytes.release();
            }
            return;
        }
        if (bytes != null && bytes.isReadable()) {
            ctx.fireChannelRead(bytes);
            ctx.fireChannelReadComplete();
        } else if (bytes != null) {
            bytes.release();
        }
        ctx.pipeline().remove(this);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (timer != null) {
            timer.cancel(false);
        }
        if (held != null) {
            held.release();
            held = null;
        }
    }
}
