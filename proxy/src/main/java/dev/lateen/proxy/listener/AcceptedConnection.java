package dev.lateen.proxy.listener;

import dev.lateen.net.socket.OriginalDestination;
import dev.lateen.proxy.downstream.DownstreamConnection;
import dev.lateen.proxy.downstream.Origin;
import dev.lateen.proxy.stream.ClientSource;
import dev.lateen.proxy.stream.ResponseFlag;
import dev.lateen.proxy.stream.StreamInfo;
import dev.lateen.proxy.stream.TransportFailure;
import dev.lateen.proxy.tls.PeerIdentity;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.net.InetAddress;
import java.time.Instant;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// The way of a connection from `accept` to its filter chain, top to bottom: original destination → hand-over to the
/// listener there → listener filters → filter chain → TLS → HTTP or TCP.
///
/// Thread: event loop of its channel.
final class AcceptedConnection {
    private final Channel channel;
    private final Listeners listeners;
    private final ConnectionFacts facts;
    private ActiveListener listener;

    AcceptedConnection(Channel channel, Listeners listeners, ActiveListener listener) {
        this.channel = channel;
        this.listeners = listeners;
        this.listener = listener;
        this.facts = new ConnectionFacts(channel.localAddress(), channel.remoteAddress());
    }

    void start() {
        restoreOriginalDestination();
        handOver();
        ListenerConfig.ListenerFilters filters = listener.config().filters();
        int port = ConnectionFacts.port(facts.local);
        boolean tls = isOn(filters.tlsInspector().orElse(null), port);
        boolean http = isOn(filters.httpInspector().orElse(null), port);
        ProxyProtocolConfig proxy = filters.proxyProtocol().orElse(null);
        if (proxy != null && proxy.disabled().matches(port)) {
            proxy = null;
        }
        if (tls || http || proxy != null) {
            channel.pipeline()
                    .addLast(new Inspector(
                            this,
                            facts,
                            new Inspector.Questions(proxy, tls, http),
                            filters.timeout().toMillis()));
            return;
        }
        chooseChain();
    }

    private static boolean isOn(@Nullable PortPredicate disabled, int port) {
        return disabled != null && !disabled.matches(port);
    }

    private void restoreOriginalDestination() {
        ListenerConfig config = listener.config();
        if (!config.filters().originalDst() && !config.useOriginalDst()) {
            return;
        }
        // A transparent socket has the original address by itself, where it was not redirected all the same.
        facts.localRestored = config.socket().transparent();
        OriginalDestination.of(channel).ifPresent(original -> {
            facts.local = original;
            facts.localRestored = true;
        });
    }

    private void handOver() {
        if (!listener.config().useOriginalDst()) {
            return;
        }
        ActiveListener target = listeners.at(facts.local);
        if (target != null) {
            listener = target;
        }
    }

    boolean continueOnTimeout() {
        return listener.config().filters().continueOnTimeout();
    }

    /// False where no chain takes the connection, which has then been closed.
    boolean chooseChain() {
        if (facts.transportProtocol.isEmpty()) {
            // Nobody looked for TLS: filter chains take it for plaintext, as Envoy's do.
            facts.transportProtocol = ConnectionFacts.RAW_BUFFER;
        }
        ActiveChain chain = listener.find(facts);
        ListenerStats stats = listeners.stats(listener.config());
        if (chain == null) {
            stats.noFilterChainMatch.increment();
            logRefused();
            channel.close();
            return false;
        }
        if (chain.tls() == null) {
            serve(chain, null, null);
            return true;
        }
        SslHandler ssl = chain.tls().newHandler(facts, channel.alloc());
        if (ssl == null) {
            stats.secretsMissing.increment();
            channel.close();
            return false;
        }
        // Zero means no limit to Envoy too; a listener's filters' timeout does not cover the handshake.
        ssl.setHandshakeTimeoutMillis(chain.config().handshakeTimeout().toMillis());
        channel.pipeline().addLast(ssl, new Handshake(chain, ssl, stats));
        channel.config().setAutoRead(true);
        return true;
    }

    private void logRefused() {
        StreamInfo info = unserved();
        info.flag(ResponseFlag.NO_ROUTE_FOUND);
        info.details = "filter_chain_not_found";
        listener.log(info);
    }

    /// A connection that no chain has served.
    private StreamInfo unserved() {
        StreamInfo info = new StreamInfo();
        info.startEpochMillis = System.currentTimeMillis();
        info.startNanos = System.nanoTime();
        info.endNanos = info.startNanos;
        info.listener = listener.config().name();
        info.direction = listener.config().direction().name();
        info.downstreamRemote = facts.remote;
        info.downstreamDirectRemote = facts.directRemote;
        info.downstreamLocal = facts.local;
        info.requestedServerName = facts.serverName.isEmpty() ? null : facts.serverName;
        return info;
    }

    private void serve(ActiveChain chain, @Nullable SslHandler ssl, @Nullable PeerIdentity peer) {
        DownstreamConnection connection = new DownstreamConnection(channel, origin(chain), ssl, peer);
        chain.opened(connection);
        chain.handler().serve(connection);
    }

    private Origin origin(ActiveChain chain) {
        ListenerConfig config = listener.config();
        return new Origin(
                facts.local,
                facts.remote,
                facts.directRemote,
                facts.localRestored,
                facts.serverName,
                config.name(),
                chain.config().name(),
                config.direction(),
                clientSource(config));
    }

    private @Nullable ClientSource clientSource(ListenerConfig config) {
        OptionalInt mark = config.filters().originalSourceMark();
        InetAddress client = ConnectionFacts.ip(facts.remote);
        return mark.isPresent() && client != null ? new ClientSource(client, mark.getAsInt()) : null;
    }

    /// Waits for the end of the handshake.
    private final class Handshake extends ChannelInboundHandlerAdapter {
        private final ActiveChain chain;
        private final SslHandler ssl;
        private final ListenerStats stats;

        Handshake(ActiveChain chain, SslHandler ssl, ListenerStats stats) {
            this.chain = chain;
            this.ssl = ssl;
            this.stats = stats;
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (!(event instanceof SslHandshakeCompletionEvent completion)) {
                ctx.fireUserEventTriggered(event);
                return;
            }
            if (!completion.isSuccess()) {
                stats.tlsFailures.count(completion.cause());
                refuse(ctx, TransportFailure.ofTls(completion.cause()));
                return;
            }
            PeerIdentity peer = PeerIdentity.of(ssl.engine().getSession());
            if (peer != null && !peer.inForce(Instant.now())) {
                stats.tlsFailures.countEnded();
                refuse(ctx, TransportFailure.ofTls("certificate has expired since the session began"));
                return;
            }
            stats.tlsHandshakes.increment();
            serve(chain, ssl, peer);
            ctx.pipeline().remove(this);
        }

        private void refuse(ChannelHandlerContext ctx, String reason) {
            StreamInfo info = unserved();
            info.downstreamTransportFailure = reason;
            listener.log(info);
            ctx.close();
        }

        @Override
        @SuppressWarnings("deprecation") // Netty's contract for inbound handlers.
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            // The handshake's own failure has been counted above; nothing else can fail here but the socket.
            ctx.close();
        }
    }
}
