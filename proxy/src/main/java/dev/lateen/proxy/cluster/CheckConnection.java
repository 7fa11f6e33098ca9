package dev.lateen.proxy.cluster;

import dev.lateen.net.http.ClientConnection;
import dev.lateen.proxy.stream.ProxyError;
import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/// The HTTP connection of one host's checks, opened when it is needed and kept where the configuration says so.
///
/// Thread: chores loop.
@SuppressWarnings("ReferenceEquality") // whether it is this very connection, for this very check
final class CheckConnection implements UpstreamConnect.Outcome, ClientConnection.Listener {
    /// Takes the connection, or the news that there is none. One call, not after `close`.
    interface User {
        void onConnection(ClientConnection connection);

        void onNoConnection();
    }

    private final HealthChecker checker;
    private final Host host;
    private final SocketAddress address;
    private final boolean http2;
    private @Nullable User user;
    private @Nullable UpstreamConnect opening;
    private @Nullable ClientConnection connection;

    CheckConnection(HealthChecker checker, Host host, SocketAddress address, boolean http2) {
        this.checker = checker;
        this.host = host;
        this.address = address;
        this.http2 = http2;
    }

    void use(User next) {
        ClientConnection present = connection;
        if (present != null && present.availableStreams() > 0) {
            next.onConnection(present);
            return;
        }
        close();
        user = next;
        UpstreamConnect attempt = UpstreamConnect.check(
                checker.loop(),
                host,
                address,
                checker.config().timeout(),
                checker.config().alpn(),
                this);
        if (user == next) {
            opening = attempt;
        }
    }

    @Override
    public void onConnected(Channel channel, @Nullable SslHandler tls) {
        opening = null;
        ClientConnection opened = HttpCodecs.uncounted(channel, http2, host.cluster());
        opened.listener(this);
        connection = opened;
        User waiting = user;
        user = null;
        if (waiting != null) {
            waiting.onConnection(opened);
        }
    }

    @Override
    public void onFailed(ProxyError error, String details) {
        opening = null;
        User waiting = user;
        user = null;
        if (waiting != null) {
            waiting.onNoConnection();
        }
    }

    /// An answer is complete.
    void done() {
        if (!checker.config().reuseConnection()) {
            close();
        }
    }

    void close() {
        user = null;
        UpstreamConnect attempt = opening;
        opening = null;
        if (attempt != null) {
            attempt.cancel();
        }
        ClientConnection present = connection;
        connection = null;
        if (present != null) {
            present.close();
        }
    }

    @Override
    public void onStreamAvailable(ClientConnection ignored) {}

    @Override
    public void onDraining(ClientConnection leaving) {
        if (connection == leaving) {
            connection = null;
        }
        leaving.drain();
    }

    @Override
    public void onClosed(ClientConnection closed, String details) {
        if (connection == closed) {
            connection = null;
        }
    }
}
