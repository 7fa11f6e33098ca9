package dev.lateen.proxy.control;

import dev.lateen.identity.WorkloadCertificate;
import dev.lateen.net.EventLoops;
import dev.lateen.net.http.HttpLimits;
import dev.lateen.net.http2.Http2ClientConnection;
import dev.lateen.net.socket.ConnectOptions;
import dev.lateen.net.socket.Connector;
import dev.lateen.proxy.bootstrap.ServerAddress;
import dev.lateen.proxy.config.Refusal;
import dev.lateen.proxy.tls.CertificateConfig;
import dev.lateen.proxy.tls.ControlPlaneTls;
import dev.lateen.xds.client.GrpcAdsTransport;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;

/// Opens HTTP/2 connections to a server of the control plane, reading the authority's certificate anew each time,
/// since it may have been replaced. We prove who we are by a token while it lasts, as whoever issued it may still
/// take it back; and from then on by the certificate that we got by it, so that a workload outside a cluster joins
/// once.
///
/// Thread: chores loop.
@SuppressWarnings("FutureReturnValueIgnored") // what fails closes the channel, and its listeners hear of that
final class ServerConnections implements GrpcAdsTransport.Connections {
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(30);
    private static final Duration KEEP_ALIVE_TIMEOUT = Duration.ofSeconds(10);
    private static final int MAX_TOKEN_BYTES = 64 * 1024;

    private static final int MAX_ROOT_BYTES = 1 << 20;
    /// Of a token's claims. Source: RFC 7519 §4.1.4.
    private static final Pattern END = Pattern.compile("\"exp\"\\s*:\\s*([0-9]{1,18})");

    private final EventLoops loops;
    private final ServerAddress server;
    private final KnownRoots known;
    private final Supplier<Optional<WorkloadCertificate>> own;

    /// @param own certificate as it is now, which proves who we are where there is no token that still does
    ServerConnections(
            EventLoops loops, ServerAddress server, KnownRoots known, Supplier<Optional<WorkloadCertificate>> own) {
        this.loops = loops;
        this.server = server;
        this.known = known;
        this.own = own;
    }

    /// What HTTP's `:authority` names.
    String authority() {
        return server.host() + ":" + server.port();
    }

    String scheme() {
        return server.rootCertificate().isPresent() ? "https" : "http";
    }

    /// The bearer token; empty where there is none, or where our certificate proves more.
    String token() {
        String token = tokenOfFile();
        return hasEnded(token) && lastingCertificate().isPresent() ? "" : token;
    }

    private Optional<WorkloadCertificate> lastingCertificate() {
        return own.get().filter(mine -> mine.expiry().isAfter(Instant.now()));
    }

    /// Only to choose what to show: whether it is a good one is not for us to say.
    private static boolean hasEnded(String token) {
        String[] parts = token.split("\\.", -1);
        if (parts.length != 3) {
            return false;
        }
        try {
            Matcher end = END.matcher(new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8));
            return end.find() && Long.parseLong(end.group(1)) <= Instant.now().getEpochSecond();
        } catch (IllegalArgumentException _) {
            return false;
        }
    }

    private String tokenOfFile() {
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
                    ? Optional.of(tls(server.rootCertificate().get()))
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

    private ControlPlaneTls tls(Path root) throws SSLException {
        List<X509Certificate> roots = known.beside(server, rootFile());
        Optional<WorkloadCertificate> shown = token().isEmpty() ? lastingCertificate() : Optional.empty();
        return shown.isEmpty()
                ? ControlPlaneTls.create(root, roots, server.serverName())
                : ControlPlaneTls.showing(
                        new CertificateConfig(shown.get().chain(), shown.get().key()),
                        root,
                        roots,
                        server.serverName());
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
