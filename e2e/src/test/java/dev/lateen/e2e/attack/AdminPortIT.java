package dev.lateen.e2e.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Attacks on the admin port of a proxy with a heap of 32 MiB.
class AdminPortIT {
    private static final long MOST_MIB = 260;

    @TempDir
    private static Path directory;

    private static Victim proxy;
    private static int port;

    @BeforeAll
    static void start() throws IOException {
        port = Victim.freePort();
        Path bootstrap = Files.writeString(directory.resolve("bootstrap.yaml"), """
                node: {id: attacked, cluster: attacked}
                admin: {address: {socket_address: {address: 127.0.0.1, port_value: %d}}}
                """.formatted(port));
        proxy = Victim.start(
                directory, List.of("proxy", "-c", bootstrap.toString()), Map.of("LATEEN_PROXY_HEAP", "32m"));
        await().atMost(Duration.ofSeconds(60)).until(AdminPortIT::isReady);
    }

    private static boolean isReady() {
        try {
            return Victim.get(port, "/ready").statusCode() == 200;
        } catch (IOException _) {
            return false;
        }
    }

    @AfterAll
    static void end() {
        proxy.close();
    }

    @AfterEach
    void answersOthersAndStaysSmall() throws IOException {
        assertThat(Victim.get(port, "/ready").body()).isEqualTo("LIVE\n");
        proxy.assertUnharmed();
        assertThat(proxy.residentMemory()).isLessThan(MOST_MIB);
    }

    @Test
    void tellsNothingToPagesWhoseNameLeadsHere() throws IOException {
        for (String page : List.of("/config_dump", "/certs", "/stats", "/help", "/ready")) {
            assertThat(Victim.exchange(
                            port,
                            "GET " + page + " HTTP/1.1\r\nhost: attacker.example:15000\r\n"
                                    + "connection: close\r\n\r\n"))
                    .as(page)
                    .startsWith("HTTP/1.1 421 ");
        }
        for (String own : List.of("localhost:15000", "127.0.0.1", "[::1]:15000", "envoy-admin")) {
            assertThat(Victim.exchange(port, "GET /ready HTTP/1.1\r\nhost: " + own + "\r\nconnection: close\r\n\r\n"))
                    .as(own)
                    .startsWith("HTTP/1.1 200 ");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"http://attacker.example", "null", "http://127.0.0.1.attacker.example", "https://localhost"})
    void endsForNoPageOfAnotherOrigin(String origin) throws IOException {
        assertThat(Victim.exchange(
                        port,
                        "POST /quitquitquit HTTP/1.1\r\nhost: 127.0.0.1\r\norigin: " + origin
                                + "\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 403 ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /quitquitquit",
                "HEAD /quitquitquit",
                "PUT /quitquitquit",
                "OPTIONS /quitquitquit",
                "GET /help/../quitquitquit",
                "POST /help/../quitquitquit",
                "POST //quitquitquit",
                "POST /quitquitquit/",
                "POST /quitquitquit;x",
                "POST /QuitQuitQuit",
                "GET /%71uitquitquit",
                "GET /%zz",
                "GET /%",
                "GET /a%00b",
                "POST /logging?level=nonsense",
                "GET /stats?filter=(",
                "GET /config_dump?resource=%zz",
                "GET *",
                "CONNECT localhost:15000",
                "TRACE /",
                "GET http://localhost/quitquitquit"
            })
    void doesNothingForStrangePathsAndMethods(String request) throws IOException {
        assertThat(Victim.exchange(
                        port,
                        request + " HTTP/1.1\r\nhost: localhost\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"))
                .matches("(?s)(|HTTP/1\\.1 (400|404|405|501) .*)");
    }

    /// An expression that takes others for ever.
    @Test
    void takesNoLongerForAnExpressionThanForItsText() throws IOException {
        assertThat(Victim.get(port, "/stats?filter=(a%2B)%2B(a%2B)%2B$(server.*)*(server.*)*x")
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void endsHeadsThatComeSlowly() throws IOException {
        List<Socket> slow = new ArrayList<>();
        try {
            for (int number = 0; number < 40; number++) {
                Socket socket = Victim.connect(port);
                socket.setSoTimeout(30_000);
                socket.getOutputStream().write("GET /ready HTTP/1.1\r\nho".getBytes(StandardCharsets.US_ASCII));
                slow.add(socket);
            }
            assertThat(Victim.get(port, "/ready").statusCode()).isEqualTo(200);
            for (Socket socket : slow) {
                assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                        .startsWith("HTTP/1.1 408 ");
            }
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
    }

    /// The kubelet's probes come by the same kind of port.
    @Test
    void isNotKeptBusyByConnectionsThatAskNothing() throws IOException {
        List<Socket> held = new ArrayList<>();
        try {
            for (int number = 0; number < 300; number++) {
                held.add(Victim.connect(port));
            }
            for (int question = 0; question < 20; question++) {
                assertThat(Victim.exchange(port, "GET /ready HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"))
                        .startsWith("HTTP/1.1 200 ");
            }
            await().atMost(Duration.ofSeconds(10)).until(() -> proxy.openFiles() < 200);
        } finally {
            for (Socket socket : held) {
                socket.close();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {20_000, 1 << 20, 16 << 20})
    void refusesHeadsThatAreTooLarge(int bytes) throws IOException {
        assertThat(Victim.exchange(
                        port, "GET /ready HTTP/1.1\r\nhost: localhost\r\nx: " + "y".repeat(bytes) + "\r\n\r\n"))
                .matches("(?s)(|HTTP/1\\.1 431 .*)");
    }

    @Test
    void throwsBodiesAway() throws IOException {
        assertThat(Victim.exchange(
                        port,
                        "POST /reset_counters HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: "
                                + (32 << 20) + "\r\n\r\n" + "z".repeat(32 << 20)))
                .startsWith("HTTP/1.1 200 ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                "\u0016\u0003\u0001\u0002\u0000",
                "\0\0\0\0\0",
                "hello\r\n\r\n"
            })
    void takesGarbageForWhatItIs(String garbage) throws IOException {
        try (Socket socket = Victim.connect(port)) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(garbage.getBytes(StandardCharsets.ISO_8859_1));
            socket.shutdownOutput();
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1))
                    .matches("(?s)(|HTTP/1\\.1 [45].*)");
        }
    }
}
