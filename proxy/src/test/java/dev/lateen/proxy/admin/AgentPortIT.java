package dev.lateen.proxy.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.net.EventLoops;
import dev.lateen.proxy.decision.Decisions;
import dev.lateen.proxy.telemetry.Stats;
import dev.lateen.proxy.tls.Credentials;
import dev.lateen.proxy.tls.DownstreamTlsConfig;
import dev.lateen.proxy.tls.DownstreamTlsContext;
import dev.lateen.proxy.tls.Secrets;
import dev.lateen.proxy.tls.TlsContextConfig;
import io.netty.pkitesting.X509Bundle;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The port of Istio's agent over real connections.
final class AgentPortIT {
    private static final String LENGTH = "content-length: ";

    private final EventLoops loops = EventLoops.create("chores", 1);

    @AfterEach
    void stop() {
        loops.close();
    }

    @Test
    void answersOneRequestAfterAnotherWithAndWithoutTls() throws Exception {
        X509Bundle authority = Credentials.authority("one");
        X509Bundle own =
                Credentials.workload("spiffe://one.test/ns/a/sa/server").buildIssuedBy(authority);
        try (AdminServer server = AdminServer.start(
                loops, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), api(), Optional.of(serving(own)))) {
            int port = ((InetSocketAddress) server.address()).getPort();
            try (Socket plain = new Socket(InetAddress.getLoopbackAddress(), port);
                    Socket secure = believing(authority)
                            .getSocketFactory()
                            .createSocket(InetAddress.getLoopbackAddress(), port)) {
                assertAnswersTwice(plain);
                assertAnswersTwice(secure);
            }
        }
    }

    private static void assertAnswersTwice(Socket socket) throws IOException {
        socket.setSoTimeout(20_000);
        BufferedReader in =
                new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
        OutputStream out = socket.getOutputStream();
        for (int request = 0; request < 2; request++) {
            out.write("GET /healthz/ready HTTP/1.1\r\nhost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(in.readLine()).isEqualTo("HTTP/1.1 200 OK");
            int length = 0;
            for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
                length = line.startsWith(LENGTH) ? Integer.parseInt(line.substring(LENGTH.length())) : length;
            }
            assertThat(in.skip(length)).isEqualTo(length);
        }
    }

    private AgentApi api() {
        return new AgentApi(
                new SilentBackend(List.of(), Runnable::run, () -> {}),
                new Stats(),
                new Decisions(List.of(), "proxy", 0),
                AppProber.of(Map.of(), loops),
                Optional.empty());
    }

    private static DownstreamTlsContext serving(X509Bundle certificate) {
        TlsContextConfig common = new TlsContextConfig(
                Optional.of(new TlsContextConfig.CertificateSource.Inline(Credentials.config(certificate))),
                TlsContextConfig.ValidationSource.NONE,
                List.of(),
                List.of("TLSv1.3"),
                List.of(),
                List.of());
        return new DownstreamTlsContext(
                new DownstreamTlsConfig(common, false, true, true, Duration.ZERO), new Secrets());
    }

    private static SSLContext believing(X509Bundle authority) throws Exception {
        KeyStore known = KeyStore.getInstance(KeyStore.getDefaultType());
        known.load(null, null);
        known.setCertificateEntry("root", Credentials.root(authority).getFirst());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(known);
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }
}
