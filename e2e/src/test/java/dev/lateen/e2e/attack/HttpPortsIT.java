package dev.lateen.e2e.attack;

import static dev.lateen.e2e.attack.AttackedControlPlane.GATEWAY;
import static dev.lateen.e2e.attack.AttackedControlPlane.USER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Attacks on the control plane's HTTP ports: debug pages, readiness, webhooks. It listens on all addresses, as in a
/// cluster.
class HttpPortsIT {
    private static final String SECRET_OF_PAGES = "user.shop.svc.cluster.local";

    @TempDir
    private static Path directory;

    private static AttackedControlPlane control;

    @BeforeAll
    static void start() throws IOException {
        control = AttackedControlPlane.start(directory, "--address", "0.0.0.0");
    }

    @AfterAll
    static void end() {
        control.close();
    }

    @AfterEach
    void servesOthers() throws IOException {
        control.assertUnharmed();
    }

    @Test
    void endsHeadsThatComeSlowlyAndServesOthersMeanwhile() throws Exception {
        List<Socket> slow = new ArrayList<>();
        try {
            for (int port : List.of(control.debugPort(), control.readyPort(), control.webhookPort())) {
                for (int number = 0; number < 100; number++) {
                    Socket socket = Victim.connect(port);
                    socket.setSoTimeout(45_000);
                    socket.getOutputStream()
                            .write("GET /ready HTTP/1.1\r\nhost: local".getBytes(StandardCharsets.US_ASCII));
                    slow.add(socket);
                }
            }
            control.assertUnharmed();
            for (Socket socket : slow) {
                assertThat(rest(socket)).doesNotContain("200 OK");
            }
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
    }

    /// What comes until the end; fails where it does not come.
    private static String rest(Socket socket) throws IOException {
        try {
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (java.net.SocketException reset) {
            return "";
        }
    }

    @Test
    void refusesHeadsThatAreTooLarge() throws Exception {
        for (int port : List.of(control.debugPort(), control.readyPort())) {
            assertThat(Victim.exchange(
                            port, "GET /ready HTTP/1.1\r\nhost: localhost\r\nx: " + "y".repeat(1 << 20) + "\r\n\r\n"))
                    .doesNotContain("200 OK");
            assertThat(Victim.exchange(port, "GET /ready HTTP/1.1\r\nconnection: close\r\n" + fields(1_000) + "\r\n"))
                    .doesNotContain("200 OK");
            assertThat(Victim.exchange(port, "GET /" + "z".repeat(64 << 20) + " HTTP/1.1\r\nhost: localhost\r\n\r\n"))
                    .doesNotContain("200 OK");
        }
    }

    private static String fields(int count) {
        StringBuilder fields = new StringBuilder();
        for (int number = 0; number < count; number++) {
            fields.append("x-").append(number).append(": y\r\n");
        }
        return fields.toString();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/debug/registryz",
                "//debug/registryz",
                "/debug//registryz",
                "/./debug/registryz",
                "/metrics/../debug/registryz",
                "/metrics/%2e%2e/debug/registryz",
                "/%64ebug/registryz",
                "/debug%2Fregistryz",
                "/debug/registryz?/metrics",
                "/debug/registryz#/metrics",
                "/metrics;x=/../debug/registryz",
                "/debug\\registryz",
                "http://localhost/debug/registryz",
                "/ready/../debug/registryz",
                "/debug/config_dump?proxyID=user.shop",
                "/nothing"
            })
    void tellsNothingToOtherMachines(String path) throws Exception {
        assertThat(fromElsewhere("GET " + path + " HTTP/1.1\r\nhost: " + elsewhere() + "\r\nconnection: close\r\n\r\n"))
                .matches("(?s)(|HTTP/1\\.1 (400|401|404) .*)")
                .doesNotContain(SECRET_OF_PAGES);
    }

    @Test
    void tellsOperatorsWithATokenOfItsOwnNamespace() throws Exception {
        assertThat(debugPage(control.token(GATEWAY)))
                .startsWith("HTTP/1.1 200 ")
                .contains(SECRET_OF_PAGES);
        assertThat(debugPage(control.token(USER)))
                .startsWith("HTTP/1.1 403 ")
                .contains("is not of namespace istio-system")
                .doesNotContain(SECRET_OF_PAGES);
        assertThat(debugPage("a.b.c")).startsWith("HTTP/1.1 401 ");
        assertThat(Victim.get(control.debugPort(), "/debug/registryz").body()).contains(SECRET_OF_PAGES);
    }

    private static String debugPage(String token) throws IOException {
        return fromElsewhere("GET /debug/registryz HTTP/1.1\r\nhost: " + elsewhere() + "\r\nauthorization: Bearer "
                + token + "\r\nconnection: close\r\n\r\n");
    }

    @Test
    void tellsNothingToPagesWhoseNameLeadsHere() throws Exception {
        String request = "GET /debug/registryz HTTP/1.1\r\nhost: %s\r\nconnection: close\r\n\r\n";
        assertThat(Victim.exchange(control.debugPort(), request.formatted("attacker.example:15014")))
                .startsWith("HTTP/1.1 421 ")
                .doesNotContain(SECRET_OF_PAGES);
        assertThat(Victim.exchange(control.debugPort(), request.formatted("localhost.attacker.example")))
                .startsWith("HTTP/1.1 421 ");
        for (String own : List.of("127.0.0.1:15014", "localhost", "istiod.istio-system.svc:15014", "[::1]:15014")) {
            assertThat(Victim.exchange(control.debugPort(), request.formatted(own)))
                    .as(own)
                    .startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void changesNothingForPagesOfOtherOrigins() throws Exception {
        String request = "POST /debug/ratelimitz/reset?rule=x HTTP/1.1\r\nhost: 127.0.0.1\r\nx-lateen-operator: me\r\n"
                + "origin: %s\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
        for (String origin : List.of("http://attacker.example", "null", "https://127.0.0.1.attacker.example")) {
            assertThat(Victim.exchange(control.debugPort(), request.formatted(origin)))
                    .as(origin)
                    .startsWith("HTTP/1.1 403 ")
                    .contains("another origin");
        }
        assertThat(Victim.exchange(control.debugPort(), request.formatted("http://127.0.0.1")))
                .startsWith("HTTP/1.1 404 "); // no such rule
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/inject DEEP",
                "/validate DEEP",
                "/inject HUGE",
                "/validate HUGE",
                "/inject NUMBER",
                "/validate NUMBER",
                "/inject GARBAGE",
                "/validate GARBAGE"
            })
    void refusesReviewsThatAreNone(String attack) throws Exception {
        String[] words = attack.split(" ", 2);
        String body = switch (words[1]) {
            case "DEEP" -> "{\"request\":" + "[".repeat(1_000_000);
            case "HUGE" -> "{\"request\":{\"uid\":\"" + "x".repeat(9 << 20) + "\"}}";
            case "NUMBER" -> "{\"request\":{\"uid\":1" + "0".repeat(1_000_000) + "}}";
            default -> "\0\1\2 not JSON";
        };
        try (Socket socket = RawHttp2.tls(control.webhookPort(), "http/1.1")) {
            socket.getOutputStream()
                    .write(("POST " + words[0] + " HTTP/1.1\r\nhost: istiod\r\ncontent-length: " + body.length()
                                    + "\r\nconnection: close\r\n\r\n" + body)
                            .getBytes(StandardCharsets.ISO_8859_1));
            assertThat(rest(socket)).matches("(?s)(|HTTP/1\\.1 (400|413) .*)");
        } catch (java.net.SocketException | javax.net.ssl.SSLException whileSending) {
            // It closed what it had refused already.
        }
    }

    @Test
    void takesGarbageForWhatItIs() throws Exception {
        for (int port : List.of(control.debugPort(), control.readyPort(), control.webhookPort())) {
            for (String garbage :
                    List.of("\0\0\0\0", "\u0016\u0003\u0001\u00ff\u00ff", "GET\r\n\r\n", "\r\n".repeat(10_000))) {
                try (Socket socket = Victim.connect(port)) {
                    socket.getOutputStream().write(garbage.getBytes(StandardCharsets.ISO_8859_1));
                    socket.shutdownOutput();
                    assertThat(rest(socket)).doesNotContain("200 OK");
                }
            }
        }
    }

    /// What it answers where it is asked at another address than loopback, from there.
    private static String fromElsewhere(String request) throws IOException {
        try (Socket socket = new Socket(elsewhere(), control.debugPort())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return rest(socket);
        }
    }

    private static String elsewhere() throws IOException {
        Optional<String> found = NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress())
                .map(InetAddress::getHostAddress)
                .findFirst();
        assumeTrue(found.isPresent(), "SKIPPED: this machine has no address but loopback");
        return found.orElseThrow();
    }
}
