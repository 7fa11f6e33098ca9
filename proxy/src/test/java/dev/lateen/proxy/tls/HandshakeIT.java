package dev.lateen.proxy.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lateen.net.EventLoops;
import dev.lateen.net.socket.ConnectOptions;
import dev.lateen.net.socket.Connector;
import dev.lateen.net.socket.ListenOptions;
import dev.lateen.net.socket.Listener;
import dev.lateen.proxy.config.StringMatcher;
import dev.lateen.proxy.stream.TransportFailure;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.pkitesting.X509Bundle;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Handshakes between our two ends, over a real socket.
class HandshakeIT {
    private static final String CLIENT = "spiffe://one.test/ns/a/sa/client";
    private static final String SERVER = "spiffe://one.test/ns/a/sa/server";
    private static final List<String> BOTH = List.of("TLSv1.2", "TLSv1.3");

    private final BlockingQueue<String> serverHeard = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> clientHeard = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> serverIs = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> clientIs = new LinkedBlockingQueue<>();
    private EventLoops loops;
    private X509Bundle authority;
    private X509Bundle client;
    private X509Bundle server;

    @BeforeEach
    void start() throws Exception {
        loops = EventLoops.create("tls", 1);
        authority = Credentials.authority("one");
        client = Credentials.workload(CLIENT).buildIssuedBy(authority);
        server = Credentials.workload(SERVER).buildIssuedBy(authority);
    }

    @AfterEach
    void stop() {
        loops.close();
    }

    @Test
    void bothEndsSeeEachOthersIdentityAndAgreeOnAProtocol() throws Exception {
        handshake(serving(server, BOTH), calling(client, SERVER, BOTH));

        assertThat(next(serverHeard)).isEqualTo("TLSv1.3 h2 " + CLIENT);
        assertThat(next(clientHeard)).isEqualTo("TLSv1.3 h2 " + SERVER);
    }

    @Test
    void theServerSaysWhyItRefusesAClient() throws Exception {
        X509Bundle foreign = Credentials.workload(CLIENT).buildIssuedBy(Credentials.authority("two"));

        handshake(serving(server, BOTH), calling(foreign, SERVER, BOTH));

        assertThat(next(serverHeard)).contains("unable_to_get_local_issuer_certificate", "CN=two");
    }

    @Test
    void theClientSaysWhyItRefusesAServer() throws Exception {
        handshake(serving(server, BOTH), calling(client, "spiffe://one.test/ns/a/sa/other", BOTH));

        assertThat(next(clientHeard)).contains("SAN_matcher", SERVER);
    }

    @Test
    void keepsToTheVersionsThatAreAllowed() throws Exception {
        handshake(serving(server, List.of("TLSv1.2")), calling(client, SERVER, BOTH));

        assertThat(next(clientHeard)).isEqualTo("TLSv1.2 h2 " + SERVER);
    }

    @Test
    void refusesToResumeOnceTheCertificateHasEnded() throws Exception {
        X509Bundle brief = Credentials.workload(CLIENT)
                .notBefore(Instant.now().minusSeconds(60))
                .notAfter(Instant.now().plusSeconds(6))
                .buildIssuedBy(authority);
        DownstreamTlsContext serving = serving(server, BOTH);
        UpstreamTlsContext calling = calling(brief, SERVER, BOTH);
        try (Listener listener = listen(serving)) {
            String last = await().atMost(Duration.ofSeconds(30))
                    .until(
                            () -> {
                                connect(listener, calling);
                                return next(serverHeard);
                            },
                            heard -> !heard.endsWith(CLIENT));
            assertThat(last).as("what a new handshake would say").doesNotContain("has_expired");
            assertThat(last).isEqualTo("ended");
        }
    }

    @Test
    void bothEndsKnowThemselvesWhereASessionIsResumed() throws Exception {
        DownstreamTlsContext serving = serving(server, BOTH);
        UpstreamTlsContext calling = calling(client, SERVER, BOTH);
        try (Listener listener = listen(serving)) {
            connect(listener, calling);
            assertThat(next(clientIs)).isEqualTo("shows " + CLIENT);
            assertThat(next(serverIs)).isEqualTo(SERVER);

            connect(listener, calling);
            assertThat(next(clientIs)).isEqualTo("resumes " + CLIENT);
            assertThat(next(serverIs)).isEqualTo(SERVER);
        }
    }

    @Test
    void nobodyResumesWhatOlderRootsVerified() throws Exception {
        SecretRef roots = new SecretRef("ROOTCA", SecretRef.Origin.LOCAL);
        Secrets secrets = new Secrets();
        secrets.put(roots, new Secret.Validation(ValidationConfig.ofRoots(Credentials.root(authority))));
        DownstreamTlsContext serving = new DownstreamTlsContext(
                new DownstreamTlsConfig(
                        common(
                                server,
                                new TlsContextConfig.ValidationSource(ValidationConfig.NONE, Optional.of(roots)),
                                BOTH),
                        true,
                        true,
                        true,
                        Duration.ZERO),
                secrets);
        UpstreamTlsContext calling = calling(client, SERVER, BOTH);
        try (Listener listener = listen(serving)) {
            connect(listener, calling);
            assertThat(next(serverHeard)).endsWith(CLIENT);

            secrets.put(
                    roots,
                    new Secret.Validation(ValidationConfig.ofRoots(Credentials.root(Credentials.authority("two")))));

            connect(listener, calling);
            assertThat(next(serverHeard)).contains("unable_to_get_local_issuer_certificate");
        }
    }

    private DownstreamTlsContext serving(X509Bundle certificate, List<String> versions) {
        TlsContextConfig.ValidationSource validation = new TlsContextConfig.ValidationSource(
                ValidationConfig.ofRoots(Credentials.root(authority)), Optional.empty());
        return new DownstreamTlsContext(
                new DownstreamTlsConfig(common(certificate, validation, versions), true, true, true, Duration.ZERO),
                new Secrets());
    }

    private UpstreamTlsContext calling(X509Bundle certificate, String expected, List<String> versions) {
        TlsContextConfig.ValidationSource validation = new TlsContextConfig.ValidationSource(
                ValidationConfig.of(
                        Credentials.root(authority),
                        List.of(new SanMatcher(SanMatcher.Type.URI, StringMatcher.exact(expected, false)))),
                Optional.empty());
        return new UpstreamTlsContext(
                new UpstreamTlsConfig(common(certificate, validation, versions), "server.test"), new Secrets());
    }

    private static TlsContextConfig common(
            X509Bundle certificate, TlsContextConfig.ValidationSource validation, List<String> versions) {
        return new TlsContextConfig(
                Optional.of(new TlsContextConfig.CertificateSource.Inline(Credentials.config(certificate))),
                validation,
                List.of("h2"),
                versions,
                List.of(),
                List.of());
    }

    private void handshake(DownstreamTlsContext serving, UpstreamTlsContext calling) throws Exception {
        try (Listener listener = listen(serving)) {
            connect(listener, calling);
        }
    }

    private Listener listen(DownstreamTlsContext serving) throws Exception {
        return Listener.bind(
                loops,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                ListenOptions.DEFAULT,
                initializer(channel -> serving.newHandler(channel.alloc()), serverHeard));
    }

    private void connect(Listener listener, UpstreamTlsContext calling) throws Exception {
        Channel channel = new Connector(loops)
                .connect(
                        loops.at(0),
                        listener.address(),
                        ConnectOptions.DEFAULT,
                        initializer(opened -> calling.newHandler(opened, null, List.of()), clientHeard))
                .sync()
                .channel();
        channel.closeFuture().await(5, TimeUnit.SECONDS);
    }

    private ChannelInitializer<Channel> initializer(Function<Channel, SslHandler> tls, BlockingQueue<String> heard) {
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

    /// Notes what came of the handshake. The server says a byte, with which the client has its ticket.
    private final class Outcome extends ChannelInboundHandlerAdapter {
        private final BlockingQueue<String> heard;

        Outcome(BlockingQueue<String> heard) {
            this.heard = heard;
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof SslHandshakeCompletionEvent completion) {
                SslHandler ssl = ctx.pipeline().get(SslHandler.class);
                heard.add(completion.isSuccess() ? describe(ssl) : TransportFailure.ofTls(completion.cause()));
                if (!completion.isSuccess()) {
                    ctx.close();
                } else if (heard == clientHeard) {
                    clientIs.add(own(ssl, ctx.channel()));
                } else {
                    serverIs.add("" + PeerIdentity.uriOfLocal(ssl.engine().getSession()));
                    ctx.writeAndFlush(ctx.alloc().buffer(1).writeByte('.'));
                }
            }
        }

        /// A client that resumes a session shows no certificate.
        private static String own(SslHandler ssl, Channel channel) {
            String shown = PeerIdentity.uriOfLocal(ssl.engine().getSession());
            return (shown == null ? "resumes " : "shows ") + OwnIdentity.uriOf(channel);
        }

        private String describe(SslHandler ssl) {
            var session = ssl.engine().getSession();
            PeerIdentity peer = PeerIdentity.of(session);
            if (peer != null && !peer.inForce(Instant.now())) {
                return "ended";
            }
            return session.getProtocol() + " " + ssl.applicationProtocol() + " " + PeerIdentity.uriOfPeer(session);
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ReferenceCountUtil.release(message);
            ctx.close();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }
}
