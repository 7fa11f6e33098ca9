package dev.lateen.proxy.cluster;

import dev.lateen.net.proxyprotocol.ProxyHeader;
import dev.lateen.proxy.stream.ClientSource;
import dev.lateen.proxy.stream.ProxyError;
import dev.lateen.proxy.stream.TransportFailure;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One attempt to connect to a host: TCP, then TLS where the endpoint wants it, both within the connect timeout.
///
/// Thread: its event loop.
final class UpstreamConnect {
    /// Takes the outcome; exactly one call, which may come from within `start` where not even a socket is to be had.
    interface Outcome {
        /// @param tls the handler of a handshake that is complete, or null on plaintext
        void onConnected(Channel channel, @Nullable SslHandler tls);

        void onFailed(ProxyError error, String details);
    }

    /// @param verifyName require `sni` in the peer's certificate
    /// @param client whose connection is relayed, for hosts that want a PROXY header, or null
    /// @param source that the host is to see, or null for our own
    record Wishes(
            @Nullable String sni,
            boolean verifyName,
            List<String> alpn,
            @Nullable ProxyHeader client,
            @Nullable ClientSource source) {}

    private static final ReportedFailures REPORTED = new ReportedFailures();

    private final Host host;
    private final SocketAddress address;
    private final Duration limit;
    private final boolean counted;
    private final Wishes wishes;
    private final Outcome outcome;
    private final EventLoop loop;
    private final @Nullable String serverName;
    private final boolean verifyName;
    private @Nullable Channel channel;
    private @Nullable Future<?> timer;
    private boolean handshaking;
    private boolean done;

    /// Ends the way of a failed handshake's exception, which its future tells as well. A server that closes its side in
    /// the middle of a handshake has failed it: nothing more comes that could.
    @ChannelHandler.Sharable
    private static final class ReportedFailures extends ChannelInboundHandlerAdapter {
        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof ChannelInputShutdownEvent) {
                context.close();
            } else {
                context.fireUserEventTriggered(event);
            }
        }
    }

    private UpstreamConnect(
            EventLoop loop,
            Host host,
            SocketAddress address,
            Duration limit,
            boolean counted,
            Wishes wishes,
            Outcome outcome) {
        this.loop = loop;
        this.host = host;
        this.address = address;
        this.limit = limit;
        this.counted = counted;
        this.wishes = wishes;
        this.outcome = outcome;
        String own = host.serverName();
        this.serverName = own == null ? wishes.sni : own;
        this.verifyName = wishes.verifyName
                || (own != null && host.cluster().config().http().autoSanValidation());
    }

    static UpstreamConnect start(EventLoop loop, Host host, Wishes wishes, Outcome outcome) {
        Duration limit = host.cluster().config().connections().connectTimeout();
        UpstreamConnect attempt = new UpstreamConnect(loop, host, host.address(), limit, true, wishes, outcome);
        attempt.begin();
        return attempt;
    }

    /// For a check of the host, which is no traffic and is not counted as such.
    static UpstreamConnect check(
            EventLoop loop, Host host, SocketAddress address, Duration limit, List<String> alpn, Outcome outcome) {
        Wishes wishes = new Wishes(null, false, alpn, null, null);
        UpstreamConnect attempt = new UpstreamConnect(loop, host, address, limit, false, wishes, outcome);
        attempt.begin();
        return attempt;
    }

    private void begin() {
        ConnectionSettings settings = host.cluster().config().connections();
        if (counted) {
            host.cluster().stats().connections.increment();
            host.stats().connectionsTotal.getAndIncrement();
        }
        ChannelFuture connecting = Connector.connect(loop, address, settings, wishes.source);
        channel = connecting.channel();
        timer = loop.schedule(this::onTimeout, limit.toNanos(), TimeUnit.NANOSECONDS);
        connecting.addListener((ChannelFuture future) -> {
            if (future.isSuccess()) {
                onTcpConnected(future.channel());
            } else {
                fail(ProxyError.CONNECT_FAILURE, tcpReason(future.cause()));
            }
        });
    }

    private void onTcpConnected(Channel connected) {
        if (done) {
            connected.close();
            return;
        }
        UpstreamProxyProtocol header = host.proxyProtocol();
        if (header != null) {
            connected.writeAndFlush(header.header(wishes.client, connected.alloc()));
        }
        UpstreamTls tls = host.cluster().config().transport().of(host.config().metadata());
        if (tls == null) {
            succeed(connected, null);
            return;
        }
        SslHandler handler = tls.newHandler(connected, serverName, wishes.alpn);
        if (handler == null) {
            fail(ProxyError.CONNECT_FAILURE, "TLS_error:Secret_is_not_supplied_by_SDS");
            return;
        }
        handler.setHandshakeTimeoutMillis(0);
        handshaking = true;
        handler.handshakeFuture().addListener(future -> onHandshake(connected, tls, handler, future));
        Connector.install(connected, handler);
        connected.pipeline().addLast(REPORTED);
    }

    private void onHandshake(Channel connected, UpstreamTls tls, SslHandler handler, Future<? super Channel> future) {
        if (!future.isSuccess()) {
            fail(ProxyError.CONNECT_FAILURE, TransportFailure.ofTls(future.cause()));
            return;
        }
        if (!tls.inForce(handler)) {
            fail(ProxyError.CONNECT_FAILURE, TransportFailure.ofTls("certificate has expired since the session began"));
            return;
        }
        if (verifyName && !CertificateNames.match(handler.engine().getSession(), serverName)) {
            fail(ProxyError.CONNECT_FAILURE, TransportFailure.ofTls("certificate is not for " + serverName));
            return;
        }
        succeed(connected, handler);
    }

    private void onTimeout() {
        if (!done) {
            if (counted) {
                host.cluster().stats().connectTimeouts.increment();
            }
            // As whoever waits for words of HTTP, and has been sent those of TLS.
            fail(
                    ProxyError.CONNECT_TIMEOUT,
                    handshaking ? TransportFailure.ofTls("handshake has not ended in time") : "");
        }
    }

    private void succeed(Channel connected, @Nullable SslHandler tls) {
        if (done) {
            connected.close();
            return;
        }
        finish();
        if (tls != null) {
            connected.pipeline().remove(REPORTED);
        }
        if (counted) {
            host.stats().connectionsActive.getAndIncrement();
            connected.closeFuture().addListener(_ -> {
                host.stats().connectionsActive.getAndDecrement();
                host.cluster().stats().connectionsDestroyed.increment();
            });
        }
        outcome.onConnected(connected, tls);
    }

    private void fail(ProxyError error, String details) {
        if (done) {
            return;
        }
        finish();
        // A channel that could not even be registered was closed with that.
        if (channel != null && channel.isRegistered()) {
            channel.close();
        }
        if (counted) {
            host.cluster().stats().connectFailures.increment();
            host.stats().connectFailures.getAndIncrement();
        }
        outcome.onFailed(error, details);
    }

    /// Gives up silently.
    void cancel() {
        if (!done) {
            finish();
            if (channel != null) {
                channel.close();
            }
        }
    }

    private void finish() {
        done = true;
        if (timer != null) {
            timer.cancel(false);
        }
    }

    private static String tcpReason(@Nullable Throwable cause) {
        return switch (cause) {
            case null -> "";
            case NoRouteToHostException _ -> "delayed connect error: No route to host";
            case ConnectException refused
            when String.valueOf(refused.getMessage()).contains("refused") ->
                "delayed connect error: Connection refused";
            default -> "delayed connect error: " + cause.getMessage();
        };
    }
}
