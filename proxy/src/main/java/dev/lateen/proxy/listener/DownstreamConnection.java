package dev.lateen.proxy.listener;

import dev.lateen.proxy.stream.StreamInfo;
import dev.lateen.proxy.tls.PeerIdentity;
import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import java.net.SocketAddress;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/// A client's connection once its filter chain is chosen and TLS, if any, is established: the facts that requests and
/// TCP sessions on it start from.
///
/// Thread: event loop of its channel; `drain` any.
public final class DownstreamConnection {
    private final Channel channel;
    private final ConnectionFacts facts;
    private final ActiveListener listener;
    private final ActiveChain chain;
    private final @Nullable SslHandler ssl;
    private final @Nullable String peerUri;
    private final @Nullable String localUri;
    private final boolean mutualTls;
    private @Nullable Runnable drainAction;
    private boolean draining;

    DownstreamConnection(
            Channel channel,
            ConnectionFacts facts,
            ActiveListener listener,
            ActiveChain chain,
            @Nullable SslHandler ssl) {
        this.channel = channel;
        this.facts = facts;
        this.listener = listener;
        this.chain = chain;
        this.ssl = ssl;
        SSLSession session = ssl == null ? null : ssl.engine().getSession();
        boolean peerShown = session != null && PeerIdentity.certificateOfPeer(session) != null;
        this.mutualTls = peerShown;
        this.peerUri = peerShown ? PeerIdentity.uriOfPeer(session) : null;
        this.localUri = session == null ? null : PeerIdentity.uriOfLocal(session);
    }

    public Channel channel() {
        return channel;
    }

    /// Where the client wanted to go; the original destination behind a redirection.
    public SocketAddress local() {
        return facts.local;
    }

    public SocketAddress remote() {
        return facts.remote;
    }

    /// The peer of the socket, whatever PROXY protocol says.
    public SocketAddress directRemote() {
        return facts.directRemote;
    }

    /// The original destination, or null where the connection was not redirected.
    public @Nullable SocketAddress originalDestination() {
        return facts.localRestored ? facts.local : null;
    }

    /// Server name that the client asked for; empty if none.
    public String serverName() {
        return facts.serverName;
    }

    public @Nullable SSLSession tls() {
        return ssl == null ? null : ssl.engine().getSession();
    }

    /// What ALPN settled on, or null.
    public @Nullable String alpn() {
        return ssl == null ? null : ssl.applicationProtocol();
    }

    /// Whether the client showed a certificate that was accepted.
    public boolean mutualTls() {
        return mutualTls;
    }

    /// SPIFFE URI of the client's certificate, or null.
    public @Nullable String peerUri() {
        return peerUri;
    }

    /// URI of our own certificate, or null.
    public @Nullable String localUri() {
        return localUri;
    }

    public ListenerConfig.Direction direction() {
        return listener.config().direction();
    }

    public String listenerName() {
        return listener.config().name();
    }

    public String filterChainName() {
        return chain.config().name();
    }

    /// What to do when this connection is asked to end soon: finish what is in flight, then close. Runs on the
    /// channel's event loop, at once where draining has begun.
    public void onDrain(Runnable action) {
        drainAction = action;
        if (draining) {
            action.run();
        }
    }

    public boolean draining() {
        return draining;
    }

    /// Asks the connection to end soon.
    void drain() {
        if (!channel.eventLoop().inEventLoop()) {
            channel.eventLoop().execute(this::drain);
            return;
        }
        if (draining) {
            return;
        }
        draining = true;
        if (drainAction != null) {
            drainAction.run();
        }
    }

    /// Copies what is known of the connection.
    public void describe(StreamInfo info) {
        info.downstreamRemote = facts.remote;
        info.downstreamLocal = facts.local;
        info.downstreamDirectRemote = facts.directRemote;
        info.requestedServerName = facts.serverName.isEmpty() ? null : facts.serverName;
        info.downstreamMutualTls = mutualTls;
        info.downstreamPeerUri = peerUri;
        info.downstreamLocalUri = localUri;
        info.filterChainName = chain.config().name();
    }
}
