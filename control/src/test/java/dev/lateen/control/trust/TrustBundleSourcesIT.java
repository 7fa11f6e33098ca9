package dev.lateen.control.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.lateen.control.fetch.FetchTiming;
import dev.lateen.control.fetch.StandInLoop;
import dev.lateen.control.identity.ServerIdentity;
import dev.lateen.identity.SpiffeId;
import dev.lateen.identity.ca.AuthoritySettings;
import dev.lateen.identity.ca.CertificateAuthority;
import dev.lateen.model.istio.Origin;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrustBundleSourcesIT {
    private static final FetchTiming FAST =
            new FetchTiming(Duration.ofMillis(20), Duration.ofMillis(5), Duration.ofMillis(50));

    @TempDir
    private Path directory;

    private final AtomicInteger asked = new AtomicInteger();
    private final StandInLoop loop = new StandInLoop();
    private CertificateAuthority first;
    private CertificateAuthority second;
    private volatile String answer = "";
    private HttpServer server;
    private TrustBundleSources sources;

    @BeforeEach
    void start() throws IOException {
        first = authority("first");
        second = authority("second");
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        serve(server);
        open(Optional.empty());
    }

    private void open(Optional<Path> authorities) throws IOException {
        sources = new TrustBundleSources(FAST, BundleServers.fetcher(authorities), loop, loop::after, () -> {});
    }

    private void serve(HttpServer any) {
        any.createContext("/", exchange -> {
            try (exchange) {
                asked.incrementAndGet();
                String page = answer;
                byte[] body = page.getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(page.isEmpty() ? 500 : 200, page.isEmpty() ? -1 : body.length);
                exchange.getResponseBody().write(body);
            }
        });
        any.start();
    }

    private CertificateAuthority authority(String name) throws IOException {
        return CertificateAuthority.open(
                directory.resolve(name), AuthoritySettings.of("two.example"), InstantSource.system());
    }

    @AfterEach
    void stop() {
        loop.close();
        sources.close();
        server.stop(0);
    }

    private String want(String scheme) throws Exception {
        String address = scheme + "://localhost:" + server.getAddress().getPort() + "/";
        loop.run(() -> sources.want(Map.of(address, List.of(Origin.NONE))));
        return address;
    }

    private Map<String, String> known() throws Exception {
        return loop.ask(() -> new HashMap<>(sources.bundles()));
    }

    private String problems() throws Exception {
        return loop.ask(() -> sources.problems().toString());
    }

    @Test
    void asksAgainUntilThereIsABundle() throws Exception {
        String address = want("http");
        await().until(() -> asked.get() > 3);
        assertThat(known()).isEmpty();
        assertThat(problems()).contains("bundle-not-fetched", "nobody is trusted by it", "status 500");

        answer = SpiffeBundle.of(first.roots()).json();

        await().until(() -> first.rootsPem().equals(known().get(address)));
        assertThat(problems()).isEqualTo("[]");
    }

    @Test
    void keepsTheLastGoodBundleAndTakesTheNextOne() throws Exception {
        answer = SpiffeBundle.of(first.roots()).json();
        String address = want("http");
        await().until(() -> first.rootsPem().equals(known().get(address)));

        answer = "";
        await().until(() -> problems().contains("stays in force"));
        assertThat(known()).containsEntry(address, first.rootsPem());

        answer = SpiffeBundle.of(second.roots()).json();
        await().until(() -> second.rootsPem().equals(known().get(address)));
    }

    @Test
    void forgetsWhatNobodyNamesAnyMore() throws Exception {
        answer = SpiffeBundle.of(second.roots()).json();
        want("http");
        await().until(() -> !known().isEmpty());

        loop.run(() -> sources.want(Map.of()));

        assertThat(known()).isEmpty();
    }

    @Test
    void believesNoServerThatNobodyVouchesFor() throws Exception {
        answer = SpiffeBundle.of(first.roots()).json();
        overTls();

        want("https");

        await().until(() -> problems().contains("bundle-not-fetched"));
        assertThat(known()).isEmpty();
        assertThat(asked).hasValue(0);
    }

    @Test
    void believesAServerOfAnAuthorityThatItWasTold() throws Exception {
        answer = SpiffeBundle.of(first.roots()).json();
        overTls();
        sources.close();
        open(Optional.of(Files.writeString(directory.resolve("ca.pem"), second.rootsPem())));

        String address = want("https");

        await().until(() -> first.rootsPem().equals(known().get(address)));
    }

    /// The server's certificate is of the second authority.
    private void overTls() throws Exception {
        server.stop(0);
        HttpsServer secure = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(
                new KeyManager[] {
                    new ServerIdentity(
                                    second,
                                    List::of,
                                    List.of("localhost"),
                                    new SpiffeId("two.example", "a", "b"),
                                    Duration.ofHours(1))
                            .tls()
                            .keys()
                },
                null,
                null);
        secure.setHttpsConfigurator(new HttpsConfigurator(tls));
        serve(secure);
        server = secure;
    }
}
