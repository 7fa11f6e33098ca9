package dev.lateen.proxy.listener;

import dev.lateen.net.proxyprotocol.ProxyHeader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is known of a connection before a filter chain is chosen. Filled by the listener filters.
///
/// Thread: event loop of its channel.
public final class ConnectionFacts {
    static final String TLS = "tls";
    static final String RAW_BUFFER = "raw_buffer";

    /// Where the client wanted to go: the original destination once that is known.
    SocketAddress local;

    SocketAddress remote;
    /// The peer of the socket, whatever PROXY protocol says.
    final SocketAddress directRemote;
    /// Lower case; empty without TLS or SNI.
    String serverName = "";
    /// `raw_buffer`, `tls`, or empty where nobody looked.
    String transportProtocol = "";

    List<String> applicationProtocols = List.of();
    /// The client's TLS takes certificates whose keys are on elliptic curves.
    boolean takesEllipticCurves;
    /// Whether `local` was restored from a redirection.
    boolean localRestored;

    ConnectionFacts(SocketAddress local, SocketAddress remote) {
        this.local = local;
        this.remote = remote;
        this.directRemote = remote;
    }

    /// Takes what a PROXY header says; null: the connection is the proxy's own.
    void relayed(@Nullable ProxyHeader header) {
        if (header != null) {
            remote = header.source();
            local = header.destination();
            localRestored = true;
        }
    }

    public SocketAddress local() {
        return local;
    }

    public SocketAddress remote() {
        return remote;
    }

    public SocketAddress directRemote() {
        return directRemote;
    }

    public String serverName() {
        return serverName;
    }

    public boolean localRestored() {
        return localRestored;
    }

    static @Nullable InetAddress ip(SocketAddress address) {
        return address instanceof InetSocketAddress inet ? inet.getAddress() : null;
    }

    static int port(SocketAddress address) {
        return address instanceof InetSocketAddress inet ? inet.getPort() : 0;
    }
}
