package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// Keys that an issuer publishes, changes and fails to give.
@ParameterizedClass
@EnumSource(DataPlane.class)
class RemoteKeysIT {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String CLAIMS = "\"iss\":\"a.test\",\"sub\":\"me\"";

    @Parameter
    DataPlane plane;

    private Upstream echo;
    private Upstream server;
    private TokenIssuer first;
    private TokenIssuer second;
    private volatile TokenIssuer published;
    private volatile boolean failing;
    private volatile boolean silent;

    @BeforeEach
    void start() throws Exception {
        first = TokenIssuer.create("one");
        second = TokenIssuer.create("two");
        published = first;
        echo = Upstream.echo();
        server = new Upstream(this::publish);
    }

    @AfterEach
    void stop() throws Exception {
        echo.close();
        server.close();
    }

    private void publish(String request, Socket socket) throws IOException {
        if (silent) {
            return;
        }
        HttpClient.write(socket, failing ? Upstream.response(503, "later") : Upstream.response(200, published.keys()));
    }

    private RunningProxy proxy(String cache) throws Exception {
        String keys =
                "remote_jwks: {http_uri: {uri: \"http://keys.test/keys\", cluster: keys, timeout: 2s}, " + cache + "}";
        return plane.start(new Bootstrap()
                .cluster("echo", echo.port())
                .cluster("keys", server.port())
                .http(
                        "a",
                        "",
                        JwtBootstrap.jwt("a: {issuer: a.test, " + keys + "}", JwtBootstrap.REQUIRED),
                        JwtBootstrap.ROUTE));
    }

    private static int status(RunningProxy proxy, TokenIssuer issuer) throws Exception {
        return proxy.client("a")
                .get("/", "authorization: Bearer " + issuer.token(CLAIMS))
                .status();
    }

    @Test
    void areFetchedAgainWhenTheyHaveExpired() throws Exception {
        try (RunningProxy proxy = proxy("cache_duration: 1s")) {
            assertThat(status(proxy, first)).isEqualTo(200);
            published = second;
            await().atMost(SOON).until(() -> status(proxy, second) == 200);
            assertThat(status(proxy, first)).isEqualTo(401);
        }
    }

    /// Without the limit the request would wait for as long as its client does.
    @Test
    void areWaitedForNoLongerThanTheTimeout() throws Exception {
        silent = true;
        try (RunningProxy proxy = proxy("cache_duration: 3600s")) {
            assertThat(status(proxy, first)).isEqualTo(401);
            assertThat(server.count("/keys")).isPositive();
            silent = false;
            await().atMost(SOON).until(() -> status(proxy, first) == 200);
        }
    }

    /// Envoy takes its time until they expire.
    @Test
    void areFetchedAgainForAKeyThatIsNotAmongThem() throws Exception {
        try (RunningProxy proxy = proxy("cache_duration: 3600s")) {
            assertThat(status(proxy, first)).isEqualTo(200);
            assertThat(status(proxy, second)).isEqualTo(401);
            published = second;
            if (plane == DataPlane.ENVOY) {
                assertThat(status(proxy, second)).isEqualTo(401);
                return;
            }
            await().atMost(SOON).until(() -> status(proxy, second) == 200);
            assertThat(server.count("/keys")).isEqualTo(2);
        }
    }

    /// Envoy drops them when they expire.
    @Test
    void stayInForceWhileTheirIssuerFails() throws Exception {
        try (RunningProxy proxy = proxy("cache_duration: 1s")) {
            assertThat(status(proxy, first)).isEqualTo(200);
            failing = true;
            if (plane == DataPlane.ENVOY) {
                await().atMost(SOON).until(() -> status(proxy, first) == 401);
                return;
            }
            await().atMost(SOON).until(() -> {
                assertThat(status(proxy, first)).isEqualTo(200);
                return server.count("/keys") > 2;
            });
        }
    }

    /// Envoy asks for every request.
    @Test
    void areNotAskedForAgainAtOnceAfterAFailure() throws Exception {
        failing = true;
        try (RunningProxy proxy = proxy("cache_duration: 3600s")) {
            for (int i = 0; i < 10; i++) {
                assertThat(status(proxy, first)).isEqualTo(401);
            }
            if (plane == DataPlane.ENVOY) {
                assertThat(server.count("/keys")).isGreaterThanOrEqualTo(10);
            } else {
                // 1 s, then 2 s of silence: ten requests are over before the third attempt.
                assertThat(server.count("/keys")).isLessThanOrEqualTo(2);
            }
            failing = false;
            await().atMost(SOON).until(() -> status(proxy, first) == 200);
        }
    }
}
