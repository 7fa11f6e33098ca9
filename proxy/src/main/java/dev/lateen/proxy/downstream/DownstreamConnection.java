package dev.lateen.proxy.downstream;

import dev.lateen.net.proxyprotocol.ProxyHeader;
import dev.lateen.proxy.stream.PeerInfo;
import dev.lateen.proxy.stream.StreamInfo;
import dev.lateen.proxy.tls.PeerIdentity;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.handler.ssl.SslHandler;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/// A client's connection once its filter chain is chosen and TLS, if any, is established: the facts that requests and
/// TCP sessions on it start from.
///
/// Thread: event loop of its channel; `drain` any.
public final class DownstreamConnection {
    /// What JSON keeps of a number.
    private static final long ID_BITS = (1L << 53) - 1;

    /// The moment it was made: others of this run of the proxy have another.
    private final long id = System.nanoTime() & ID_BITS;
    private final Channel channel;
    private final Origin origin;
    private final @Nullable SslHandler ssl;
    private final @Nullable PeerIdentity identity;
    private final PeerInfo peer;
    private final @Nullable String localUri;
    private @Nullable Drain drainAction;
    private @Nullable Holder holder;
    private boolean draining;
    private boolean drainsIdle;

    /// @param ssl after its handshake, or null on plaintext
    /// @param identity whose certificate was accepted in it, if any
    public DownstreamConnection(
            Channel channel, Origin origin, @Nullable SslHandler ssl, @Nullable PeerIdentity identity) {
        this.channel = channel;
        this.origin = origin;
        this.ssl = ssl;
        this.identity = identity;
        this.peer = PeerInfo.ofIdentity(peerUri());
        this.localUri =
                ssl == null ? null : PeerIdentity.uriOfLocal(ssl.engine().getSession());
    }

    public Origin origin() {
        return origin;
    }

    /// What a PROXY header tells an upstream of this connection; null where it has no IP addresses.
    public @Nullable ProxyHeader proxyHeader() {
        return origin.remote() instanceof InetSocketAddress remote && origin.local() instanceof InetSocketAddress local
                ? new ProxyHeader(remote, local)
                : null;
    }

    public Channel channel() {
        return channel;
    }

    /// The original destination, or null where the connection was not redirected.
    public @Nullable SocketAddress originalDestination() {
        return origin.redirected() ? origin.local() : null;
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
        return identity != null;
    }

    /// The certificate that the client showed, or null.
    public @Nullable X509Certificate peerCertificate() {
        return identity == null ? null : identity.certificate();
    }

    /// SPIFFE URI of the client's certificate, or null.
    public @Nullable String peerUri() {
        return identity == null ? null : identity.uri();
    }

    /// URI of our own certificate, or null.
    public @Nullable String localUri() {
        return localUri;
    }

    /// How a connection ends soon: what is in flight is finished first.
    public interface Drain {
        /// @param idleToo close at once where nothing is in flight, although a request may be on its way
        void start(boolean idleToo);
    }

    /// What to do when this connection is asked to end soon. Runs on the channel's event loop, at once where draining
    /// has begun.
    public void onDrain(Drain action) {
        drainAction = action;
        if (draining) {
            action.start(drainsIdle);
        }
    }

    public boolean draining() {
        return draining;
    }

    /// Asks the connection to end soon. Thread: any.
    ///
    /// @param idleToo close at once where nothing is in flight
    public void drain(boolean idleToo) {
        if (!channel.eventLoop().inEventLoop()) {
            channel.eventLoop().execute(() -> drain(idleToo));
            return;
        }
        if (draining && (drainsIdle || !idleToo)) {
            return;
        }
        draining = true;
        drainsIdle = idleToo;
        if (drainAction != null) {
            drainAction.start(idleToo);
        }
    }

    /// What holds buffers on this connection besides its socket, and can be told to let go.
    ///
    /// Thread: event loop of the connection.
    public interface Holder {
        long heldBytes();

        /// Ends what is in flight.
        void shed();
    }

    public void holder(Holder holder) {
        this.holder = holder;
    }

    /// Buffers that wait to be written to the client or to an upstream. Thread: event loop of its channel.
    public long heldBytes() {
        ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
        return (waiting == null ? 0 : waiting.totalPendingWriteBytes()) + (holder == null ? 0 : holder.heldBytes());
    }

    /// Lets go of all of them, since memory is scarce. Thread: event loop of its channel.
    public void shed() {
        if (holder == null) {
            channel.close();
        } else {
            holder.shed();
        }
    }

    /// Copies what is known of the connection.
    public void describe(StreamInfo info) {
        info.connectionId = id;
        info.downstreamRemote = origin.remote();
        info.downstreamLocal = origin.local();
        info.downstreamDirectRemote = origin.directRemote();
        info.requestedServerName = origin.serverName().isEmpty() ? null : origin.serverName();
        info.downstreamTls = ssl != null;
        info.downstreamMutualTls = identity != null;
        info.downstreamTlsSession = ssl == null ? null : ssl.engine().getSession();
        info.downstreamCertificate = identity == null ? null : identity.certificate();
        info.downstreamPeerNames = identity == null ? List.of() : identity.names();
        info.downstreamPeerUri = peerUri();
        info.downstreamPeer = peer;
        info.downstreamLocalUri = localUri;
        info.listener = origin.listener();
        info.direction = origin.direction().name();
        info.filterChainName = origin.chain().isEmpty() ? null : origin.chain();
    }
}
