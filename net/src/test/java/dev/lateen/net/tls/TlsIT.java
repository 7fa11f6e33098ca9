package dev.lateen.net.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.net.EventLoops;
import dev.lateen.net.socket.ConnectOptions;
import dev.lateen.net.socket.Connector;
import dev.lateen.net.socket.ListenOptions;
import dev.lateen.net.socket.Listener;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Handshakes over a real socket with certificates of a throw-away CA.
class TlsIT {
    private static final String CLIENT_ID = "spiffe://cluster.local/ns/a/sa/client";
    private static final String SERVER_ID = "spiffe://cluster.local/ns/a/sa/server";

    private final BlockingQueue<String> serverHeard = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> clientHeard = new LinkedBlockingQueue<>();
    private EventLoops loops;
    private X509Bundle ca;
    private TrustRoots roots;

    @BeforeEach
    void start() throws Exception {
        loops = EventLoops.create("tls", 1);
        ca = new CertificateBuilder()
                .algorithm(CertificateBuilder.Algorithm.ecp256)
                .subject("CN=test root")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        roots = TrustRoots.ofPem(ca.getCertificatePEM());
    }

    @AfterEach
    void stop() {
        loops.close();
    }

    @Test
    void bothEndsSeeEachOthersSpiffeIdAndAgreeOnAProtocol() throws Exception {
        handshake(
                TlsServerSpec.mutual(
                        identity(SERVER_ID, ca),
                        TlsParameters.DEFAULT.withAlpn("h2", "http/1.1"),
                        roots,
                        expect(CLIENT_ID)),
                TlsClientSpec.mutual(
                        identity(CLIENT_ID, ca), TlsParameters.DEFAULT.withAlpn("h2"), roots, expect(SERVER_ID)),
                "shop.example");

        assertThat(next(serverHeard)).isEqualTo("TLSv1.3 h2 " + CLIENT_ID);
        assertThat(next(clientHeard)).isEqualTo("TLSv1.3 h2 " + SERVER_ID);
    }

    @Test
    void refusesAClientWithoutACertificate() throws Exception {
        handshake(
                TlsServerSpec.mutual(identity(SERVER_ID, ca), TlsParameters.DEFAULT, roots, PeerVerifier.ANY),
                TlsClientSpec.of(TlsParameters.DEFAULT, roots, PeerVerifier.ANY),
                "");

        assertThat(next(serverHeard)).startsWith("failed");
    }

    @Test
    void refusesAClientOfAnotherAuthority() throws Exception {
        X509Bundle other = new CertificateBuilder()
                .algorithm(CertificateBuilder.Algorithm.ecp256)
                .subject("CN=other root")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        handshake(
                TlsServerSpec.mutual(identity(SERVER_ID, ca), TlsParameters.DEFAULT, roots, PeerVerifier.ANY),
                TlsClientSpec.mutual(identity(CLIENT_ID, other), TlsParameters.DEFAULT, roots, PeerVerifier.ANY),
                "");

        assertThat(next(serverHeard)).startsWith("failed");
    }

    @Test
    void refusesAServerWithTheWrongIdentity() throws Exception {
        handshake(
                TlsServerSpec.of(identity(SERVER_ID, ca), TlsParameters.DEFAULT),
                TlsClientSpec.of(TlsParameters.DEFAULT, roots, expect("spiffe://cluster.local/ns/b/sa/x")),
                "");

        assertThat(next(clientHeard)).startsWith("failed").contains("expected spiffe://cluster.local/ns/b/sa/x");
    }

    @Test
    void keepsToTheVersionsThatAreAllowed() throws Exception {
        TlsParameters old =
                new TlsParameters(TlsVersion.TLS_1_2, TlsVersion.TLS_1_2, List.of(), List.of("P-256"), List.of());
        handshake(
                TlsServerSpec.of(identity(SERVER_ID, ca), old),
                TlsClientSpec.of(TlsParameters.DEFAULT, roots, PeerVerifier.ANY),
                "");

        assertThat(next(clientHeard)).isEqualTo("TLSv1.2 null " + SERVER_ID);
    }

    private static PeerVerifier expect(String id) {
        return leaf -> {
            String found = spiffeId(leaf);
            return found.equals(id) ? Optional.empty() : Optional.of("expected " + id + ", found " + found);
        };
    }

    private static String spiffeId(X509Certificate leaf) {
        try {
            return leaf.getSubjectAlternativeNames().stream()
                    .filter(name -> name.getFirst().equals(6))
                    .map(name -> (String) name.get(1))
                    .findFirst()
                    .orElse("none");
        } catch (CertificateParsingException e) {
            return "unreadable";
        }
    }

    private static TlsIdentity identity(String id, X509Bundle issuer) throws Exception {
        X509Bundle leaf = new CertificateBuilder()
                .algorithm(CertificateBuilder.Algorithm.ecp256)
                .subject("CN=leaf")
                .addSanUriName(id)
                .buildIssuedBy(issuer);
        return TlsIdentity.ofPem(leaf.getCertificatePathPEM(), leaf.getPrivateKeyPEM());
    }

    private void handshake(TlsServerSpec server, TlsClientSpec client, String sni) throws Exception {
        try (TlsServerContext serverTls = TlsServerContext.create(server);
                TlsClientContext clientTls = TlsClientContext.create(client);
                Listener listener = Listener.bind(
                        loops,
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        ListenOptions.DEFAULT,
                        initializer(
                                channel -> serverTls.newHandler(channel.alloc(), Duration.ofSeconds(5)),
                                serverHeard))) {
            Channel channel = new Connector(loops)
                    .connect(
                            loops.at(0),
                            listener.address(),
                            ConnectOptions.DEFAULT,
                            initializer(
                                    accepted -> clientTls.newHandler(accepted.alloc(), sni, Duration.ofSeconds(5)),
                                    clientHeard))
                    .sync()
                    .channel();
            SslHandler ssl = channel.pipeline().get(SslHandler.class);
            if (ssl != null) {
                ssl.handshakeFuture().await(5, TimeUnit.SECONDS);
            }
        }
    }

    private static ChannelInitializer<Channel> initializer(
            java.util.function.Function<Channel, SslHandler> tls, BlockingQueue<String> heard) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.pipeline().addLast(tls.apply(channel)).addLast(new Outcome(heard));
            }
        };
    }

    private static String next(BlockingQueue<String> heard) throws InterruptedException {
        String event = heard.poll(10, TimeUnit.SECONDS);
        return event == null ? "nothing" : event;
    }

    private static final class Outcome extends ChannelInboundHandlerAdapter {
        private final BlockingQueue<String> heard;

        Outcome(BlockingQueue<String> heard) {
            this.heard = heard;
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
            if (event instanceof SslHandshakeCompletionEvent completion) {
                SslHandler ssl = ctx.pipeline().get(SslHandler.class);
                heard.add(completion.isSuccess() ? describe(ssl) : "failed " + causes(completion.cause()));
            }
        }

        private static String describe(SslHandler ssl) throws Exception {
            var session = ssl.engine().getSession();
            X509Certificate peer = null;
            try {
                peer = (X509Certificate) session.getPeerCertificates()[0];
            } catch (javax.net.ssl.SSLPeerUnverifiedException e) {
                return session.getProtocol() + " " + ssl.applicationProtocol() + " anonymous";
            }
            return session.getProtocol() + " " + ssl.applicationProtocol() + " " + spiffeId(peer);
        }

        private static String causes(Throwable cause) {
            StringBuilder text = new StringBuilder();
            for (Throwable at = cause; at != null; at = at.getCause()) {
                text.append(at.getMessage()).append("; ");
            }
            return text.toString();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }
}
