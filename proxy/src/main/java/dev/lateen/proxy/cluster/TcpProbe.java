package dev.lateen.proxy.cluster;

import dev.lateen.proxy.health.CheckKind;
import dev.lateen.proxy.health.CheckResult;
import dev.lateen.proxy.health.PayloadMatcher;
import dev.lateen.proxy.stream.ProxyError;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslHandler;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Checks a host by a connection, and where payloads are configured by what it says there.
///
/// Limits: `MAX_BYTES` of an answer; nothing is read between checks.
///
/// Thread: chores loop.
@SuppressWarnings("ReferenceEquality") // whether it is this very channel, of this very check
final class TcpProbe implements HostProbe, UpstreamConnect.Outcome {
    static final long MAX_BYTES = 64 << 10;

    private final HealthChecker checker;
    private final CheckKind.Tcp kind;
    private final Host host;
    private final SocketAddress address;
    private @Nullable Outcome outcome;
    private @Nullable UpstreamConnect opening;
    private @Nullable Channel channel;
    private PayloadMatcher payload;
    private long read;

    TcpProbe(HealthChecker checker, CheckKind.Tcp kind, Host host, SocketAddress address) {
        this.checker = checker;
        this.kind = kind;
        this.host = host;
        this.address = address;
        this.payload = new PayloadMatcher(kind.receive());
    }

    @Override
    public void start(Outcome next) {
        outcome = next;
        payload = new PayloadMatcher(kind.receive());
        read = 0;
        Channel kept = channel;
        if (kept != null && kept.isActive()) {
            ask(kept);
            return;
        }
        UpstreamConnect attempt = UpstreamConnect.check(
                checker.loop(),
                host,
                address,
                checker.config().timeout(),
                checker.config().alpn(),
                this);
        if (outcome == next && channel == null) {
            opening = attempt;
        }
    }

    @Override
    public void onConnected(Channel connected, @Nullable SslHandler tls) {
        opening = null;
        if (outcome == null) {
            connected.close();
            return;
        }
        channel = connected;
        connected.pipeline().addLast(new Answers());
        ask(connected);
    }

    private void ask(Channel open) {
        if (!kind.send().isEmpty()) {
            open.writeAndFlush(Unpooled.copiedBuffer(kind.send(), StandardCharsets.ISO_8859_1));
        }
        if (payload.isDone()) {
            // With nothing to wait for, the connection was the answer.
            end(CheckResult.PASSED, false);
        } else {
            open.config().setAutoRead(true);
        }
    }

    @Override
    public void onFailed(ProxyError error, String details) {
        opening = null;
        end(CheckResult.NETWORK, false);
    }

    private void end(CheckResult result, boolean keep) {
        Outcome waiting = outcome;
        outcome = null;
        Channel open = channel;
        if (keep && open != null) {
            open.config().setAutoRead(false);
        } else {
            close();
        }
        if (waiting != null) {
            waiting.onResult(result);
        }
    }

    @Override
    public void cancel() {
        outcome = null;
        close();
    }

    @Override
    public void close() {
        UpstreamConnect attempt = opening;
        opening = null;
        if (attempt != null) {
            attempt.cancel();
        }
        Channel open = channel;
        channel = null;
        if (open != null) {
            open.close();
        }
    }

    /// What comes on the connection.
    private final class Answers extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ByteBuf data = (ByteBuf) message;
            if (outcome != null && ctx.channel() == channel) {
                payload.feed(data, MAX_BYTES - read);
                read += data.readableBytes();
            }
            data.release();
            if (outcome == null || ctx.channel() != channel) {
                return;
            }
            if (payload.isDone()) {
                end(CheckResult.PASSED, checker.config().reuseConnection());
            } else if (read >= MAX_BYTES) {
                end(CheckResult.NETWORK, false);
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof ChannelInputShutdownEvent) {
                ctx.close();
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            if (ctx.channel() == channel) {
                channel = null;
                end(CheckResult.NETWORK, false);
            }
        }

        @Override
        @SuppressWarnings("deprecation") // Netty's contract for inbound handlers.
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }
}
