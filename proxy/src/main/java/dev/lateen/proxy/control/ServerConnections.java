package dev.lateen.proxy.control;

import dev.lateen.net.EventLoops;
import dev.lateen.net.http.HttpLimits;
import dev.lateen.net.http2.Http2ClientConnection;
import dev.lateen.net.socket.ConnectOptions;
import dev.lateen.net.socket.Connector;
import dev.lateen.proxy.bootstrap.ServerAddress;
import dev.lateen.proxy.config.Refusal;
import dev.lateen.proxy.tls.ControlPlaneTls;
import dev.lateen.xds.client.GrpcAdsTransport;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLException;

/// Opens HTTP/2 connections to a server of the control plane, reading the authority's certificate anew each time, since
/// it may have been replaced.
///
/// Thread: chores loop.
@SuppressWarnings("FutureReturnValueIgnored") // what fails closes the channel, and its listeners hear of that
final class ServerConnections implements GrpcAdsTransport.Connections {
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(30);
    private static final Duration KEEP_ALIVE_TIMEOUT = Duration.ofSeconds(10);
    private static final int MAX_TOKEN_BYTES = 64 * 1024;

    private static final int MAX_ROOT_BYTES = 1 << 20;

    private final EventLoops loops;
    private final ServerAddress server;
    private final KnownRoots known;

    ServerConnections(EventLoops loops, ServerAddress server, KnownRoots known) {
        this.loops = loops;
        this.server = server;
        this.known = known;
    }

    /// What HTTP's `:authority` names.
    String authority() {
        return server.host() + ":" + server.port();
    }

    String scheme() {
        return server.rootCertificate().isPresent() ? "https" : "http";
    }

    /// The bearer token, or empty where there is none.
    String token() {
        if (server.tokenFile().isEmpty() || !Files.isReadable(server.tokenFile().get())) {
            return "";
        }
        Path file = server.tokenFile().get();
        try {
            return Files.size(file) > MAX_TOKEN_BYTES
                    ? ""
                    : Files.readString(file).trim();
        } catch (IOException _) {
            return "";
        }
    }

    /// What the file with the authority's certificate holds; empty where there is none that can be read.
    byte[] rootFile() {
        if (server.rootCertificate().isEmpty()) {
            return new byte[0];
        }
        Path file = server.rootCertificate().get();
        try {
            return Files.size(file) > MAX_ROOT_BYTES ? new byte[0] : Files.readAllBytes(file);
        } catch (IOException _) {
            return new byte[0];
        }
    }

    @Override
    public void connect(GrpcAdsTransport.Result result) {
        Optional<ControlPlaneTls> tls;
        try {
            tls = server.rootCertificate().isPresent()
                    ? Optional.of(ControlPlaneTls.create(
                            server.rootCertificate().get(), known.beside(server, rootFile()), server.serverName()))
                    : Optional.empty();
        } catch (Refusal | SSLException e) {
            result.onFailed(String.valueOf(e.getMessage()));
            return;
        }
        ChannelFuture connecting = new Connector(loops)
                .connect(
                        loops.at(0),
                        new InetSocketAddress(server.host(), server.port()),
                        ConnectOptions.DEFAULT,
                        new ChannelInitializer<Channel>() {
                            @Override
                            protected void initChannel(Channel channel) {
                                tls.ifPresent(context -> channel.pipeline().addLast(context.handler(channel)));
                            }
                        });
        connecting.addListener(_ -> {
            if (connecting.isSuccess()) {
                handshake(connecting.channel(), result);
            } else {
                result.onFailed("cannot connect to " + authority() + ": "
                        + connecting.cause().getMessage());
            }
        });
    }

    private void handshake(Channel channel, GrpcAdsTransport.Result result) {
        SslHandler ssl = channel.pipeline().get(SslHandler.class);
        if (ssl == null) {
            result.onConnected(http2(channel));
            return;
        }
        ssl.handshakeFuture().addListener(done -> {
            if (done.isSuccess()) {
                result.onConnected(http2(channel));
            } else {
                channel.close();
                result.onFailed(
                        "no TLS with " + authority() + ": " + done.cause().getMessage());
            }
        });
    }

    private static Http2ClientConnection http2(Channel channel) {
        Http2ClientConnection connection = new Http2ClientConnection(HttpLimits.DEFAULT);
        channel.pipeline().addLast(connection.handler());
        connection.keepAlive(KEEP_ALIVE, KEEP_ALIVE_TIMEOUT);
        return connection;
    }
}
