package dev.lateen.control.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.lateen.control.fetch.FetchTiming;
import dev.lateen.control.fetch.StandInLoop;
import dev.lateen.model.istio.Origin;
import dev.lateen.model.istio.RequestAuthentication.KeyAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class IssuerKeysIT {
    private static final String FIRST = "{\"keys\":[{\"kty\":\"OKP\",\"kid\":\"1\",\"crv\":\"Ed25519\",\"x\":\"AA\"}]}";
    private static final String SECOND = FIRST.replace("\"1\"", "\"2\"");
    private static final FetchTiming FAST =
            new FetchTiming(Duration.ofMillis(20), Duration.ofMillis(5), Duration.ofMillis(50));

    private final Map<String, String> pages = new ConcurrentHashMap<>();
    private final AtomicInteger changes = new AtomicInteger();
    private final StandInLoop loop = new StandInLoop();
    private HttpServer server;
    private IssuerKeys keys;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            try (exchange) {
                String page = pages.get(exchange.getRequestURI().getPath());
                byte[] body = (page == null ? "no" : page).getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(page == null ? 500 : 200, body.length);
                exchange.getResponseBody().write(body);
            }
        });
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
        keys = new IssuerKeys(FAST, loop, loop::after, changes::incrementAndGet, _ -> {});
    }

    @AfterEach
    void stop() {
        loop.close();
        keys.close();
        server.stop(0);
    }

    private String at(String path) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + path;
    }

    private KeyAddress want(String path, boolean discovered) throws Exception {
        KeyAddress address = new KeyAddress(at(path), discovered, Duration.ofSeconds(5));
        loop.run(() -> keys.want(Map.of(address, List.of(Origin.NONE))));
        return address;
    }

    private void awaitKeys(KeyAddress address, String expected) {
        await().until(() -> expected.equals(known().get(address)));
    }

    private Map<KeyAddress, String> known() throws Exception {
        return loop.ask(() -> new HashMap<>(keys.keys()));
    }

    private String problems() throws Exception {
        return loop.ask(() -> keys.problems().toString());
    }

    @Test
    void fetchesKeysAgainAndTellsOfOthers() throws Exception {
        pages.put("/keys", FIRST);
        KeyAddress address = want("/keys", false);
        awaitKeys(address, FIRST);
        pages.put("/keys", SECOND);
        awaitKeys(address, SECOND);
        assertThat(changes).hasValue(2);
    }

    @Test
    void keepsTheLastGoodKeysAndSaysSo() throws Exception {
        pages.put("/keys", FIRST);
        KeyAddress address = want("/keys", false);
        awaitKeys(address, FIRST);
        pages.remove("/keys");
        await().until(() -> problems().contains("stay in force"));
        assertThat(problems()).contains("status 500", at("/keys"));
        assertThat(known()).containsEntry(address, FIRST);
        pages.put("/keys", SECOND);
        awaitKeys(address, SECOND);
        assertThat(problems()).isEqualTo("[]");
    }

    @Test
    void waitsForKeysAsLongAsTheRuleSays() throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        ConcurrentHashMap<String, Integer> asked = new ConcurrentHashMap<>();
        server.createContext("/held/", exchange -> {
            try (exchange) {
                asked.merge(exchange.getRequestURI().getPath(), 1, Integer::sum);
                held.await();
                exchange.sendResponseHeaders(200, FIRST.length());
                exchange.getResponseBody().write(FIRST.getBytes(StandardCharsets.UTF_8));
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        });
        KeyAddress hasty = new KeyAddress(at("/held/hasty"), false, Duration.ofMillis(100));
        KeyAddress patient = new KeyAddress(at("/held/patient"), false, Duration.ofSeconds(60));
        loop.run(() -> keys.want(Map.of(hasty, List.of(Origin.NONE), patient, List.of(Origin.NONE))));
        await().until(() -> asked.getOrDefault("/held/hasty", 0) >= 3);
        assertThat(problems()).contains("/held/hasty").doesNotContain("/held/patient");
        assertThat(asked.get("/held/patient")).isEqualTo(1);
        held.countDown();
        awaitKeys(hasty, FIRST);
        awaitKeys(patient, FIRST);
    }

    @Test
    void asksTheIssuerWhereItsKeysAre() throws Exception {
        pages.put("/issuer/.well-known/openid-configuration", "{\"jwks_uri\": \"" + at("/keys") + "\"}");
        pages.put("/keys", FIRST);
        awaitKeys(want("/issuer", true), FIRST);
    }

    @Test
    void refusesWhatIsNoSetOfKeys() throws Exception {
        pages.put("/keys", "<html>");
        want("/keys", false);
        await().until(() -> problems().contains("no set of keys"));
        assertThat(known()).isEmpty();
    }

    @Test
    void refusesAnAnswerWithoutEnd() throws Exception {
        pages.put("/keys", FIRST + " ".repeat(1 << 20));
        want("/keys", false);
        await().until(() -> problems().contains("longer than 1 MiB"));
    }

    @Test
    void forgetsIssuersThatNobodyNames() throws Exception {
        pages.put("/keys", FIRST);
        awaitKeys(want("/keys", false), FIRST);
        loop.run(() -> keys.want(Map.of()));
        assertThat(known()).isEmpty();
    }
}
