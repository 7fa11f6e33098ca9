package dev.lateen.e2e.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lateen.identity.Pem;
import dev.lateen.identity.WorkloadKeys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Keys and tokens stay where they belong: a mesh is run, used and searched, its dumps, logs, command lines and
/// environments. What a program redirects through its proxy cannot be read by that proxy's user otherwise.
final class SecretsIT {
    private static final String BEARER = "bearer-that-nobody-may-write-down";
    private static final String PRIVATE_KEY = "PRIVATE KEY-----";
    /// How it begins where a key stands in a dump as bytes.
    private static final String PRIVATE_KEY_IN_BASE64 = "LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0t";

    private static final int MIN_LINE = 40;
    private static final List<String> PROXY_PAGES = List.of(
            "/config_dump?include_eds", "/certs", "/clusters", "/listeners", "/server_info", "/stats", "/memory");
    private static final List<String> CONTROL_PAGES = List.of(
            "/debug/adsz",
            "/debug/configz",
            "/debug/registryz",
            "/debug/endpointz",
            "/debug/statusz",
            "/debug/syncz",
            "/debug/ratelimitz",
            "/debug/trustz",
            "/debug/mesh",
            "/debug/connections",
            "/debug/authenticationz",
            "/metrics");

    @TempDir
    Path directory = Path.of("");

    @ParameterizedTest
    @ValueSource(strings = {"explicit", "transparent"})
    void keepsKeysAndTokensToItself(String capture) throws Exception {
        RunningMesh.assumeRuns(capture, "lateen");
        String key = Pem.encode(WorkloadKeys.EC_P256.generate().getPrivate());
        String manifests = RunningMesh.peer("one", "", "") + RunningMesh.gateway("one") + credential(key);
        Path levels = talkative();
        try (RunningMesh mesh = RunningMesh.of(
                Map.of("LATEEN_JAVA_OPTS", "-Djava.util.logging.config.file=" + levels),
                directory,
                manifests,
                "--capture",
                capture)) {
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> !mesh.ask("one", "/", "", "Authorization", "Bearer " + BEARER)
                            .startsWith("503"));
            Map<Path, String> files = files(mesh.home());
            Set<String> secrets = secrets(files);
            assertThat(secrets).hasSizeGreaterThan(3);
            key.lines().filter(line -> !line.startsWith("-----")).forEach(secrets::add);
            Map<String, String> shown = new TreeMap<>();
            files.forEach((file, text) -> {
                if (isLog(file)) {
                    shown.put(file.toString(), text);
                }
            });
            shown.put("output of `up`", mesh.output());
            processes(mesh, shown);
            if (capture.equals("explicit")) {
                pages(mesh, files, shown);
            } else {
                assertProxiesHaveNoRights(mesh);
            }
            assertThat(shown).hasSizeGreaterThan(10);
            assertThat(shown.toString()).as("a log at the level of details").contains("FINE: ");
            assertThat(leaks(shown, secrets)).isEmpty();
        }
    }

    /// A key for a gateway that is there anyway.
    private static String credential(String key) {
        return """
                apiVersion: networking.istio.io/v1
                kind: Gateway
                metadata: {name: door, namespace: default}
                spec:
                  selector: {istio: ingressgateway}
                  servers:
                  - port: {number: 443, name: https, protocol: HTTPS}
                    hosts: ["door.test"]
                    tls: {mode: SIMPLE, credentialName: door}
                ---
                apiVersion: v1
                kind: Secret
                metadata: {name: door, namespace: istio-system}
                stringData:
                  tls.crt: "none"
                  tls.key: |
                %s---
                """.formatted(key.strip().indent(4));
    }

    /// Settings by which programs log what they can; for any user. But for gRPC's frames, which are there to show
    /// heads.
    private static Path talkative() throws IOException {
        Path file = Files.createTempFile("logging", ".properties");
        Files.writeString(file, """
                handlers = java.util.logging.ConsoleHandler
                java.util.logging.ConsoleHandler.level = ALL
                .level = FINE
                dev.lateen.level = ALL
                io.grpc.level = INFO
                """);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        return file;
    }

    private static boolean isLog(Path file) {
        return file.toString().endsWith(".log") || file.toString().endsWith(".jsonl");
    }

    private static Map<Path, String> files(Path home) throws IOException {
        Map<Path, String> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(home)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                files.put(file, Files.readString(file, StandardCharsets.ISO_8859_1));
            }
        }
        return files;
    }

    /// Each line of each key, and each token; nobody else may read their files.
    private static Set<String> secrets(Map<Path, String> files) throws IOException {
        Set<String> secrets = new HashSet<>(Set.of(BEARER));
        for (Map.Entry<Path, String> file : files.entrySet()) {
            String name = file.getKey().getFileName().toString();
            boolean key = file.getValue().contains(PRIVATE_KEY);
            if (key || name.contains("token") || name.equals("join-key")) {
                file.getValue()
                        .lines()
                        .filter(line -> line.length() >= MIN_LINE && !line.startsWith("-----"))
                        .forEach(secrets::add);
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getKey())))
                        .as(file.getKey().toString())
                        .isEqualTo("rw-------");
            }
        }
        return secrets;
    }

    private static void processes(RunningMesh mesh, Map<String, String> shown) {
        for (ProcessHandle process : mesh.descendants()) {
            for (String file : List.of("cmdline", "environ")) {
                String text = readIfThere(Path.of("/proc", Long.toString(process.pid()), file));
                if (!text.isEmpty()) {
                    shown.put("/proc/" + process.pid() + "/" + file, text);
                }
            }
        }
    }

    private static String readIfThere(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException _) {
            return "";
        }
    }

    private static void pages(RunningMesh mesh, Map<Path, String> files, Map<String, String> shown) throws Exception {
        for (String page : CONTROL_PAGES) {
            get("http://" + mesh.debugAddress() + page, shown);
        }
        for (Map.Entry<Path, String> file : files.entrySet()) {
            if (file.getKey().getFileName().toString().equals("address")) {
                String pod = file.getKey().getParent().getFileName().toString();
                get("http://" + mesh.debugAddress() + "/debug/config_dump?proxyID=" + pod, shown);
                for (String page : PROXY_PAGES) {
                    get("http://" + file.getValue().strip() + ":15000" + page, shown);
                }
            }
        }
        assertThat(shown.keySet()).anyMatch(page -> page.endsWith("/certs"));
    }

    private static void get(String page, Map<String, String> shown) throws Exception {
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(page))
                                .timeout(Duration.ofSeconds(20))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(page).isEqualTo(200);
        shown.put(page, answer.body());
    }

    private static List<String> leaks(Map<String, String> shown, Set<String> secrets) {
        List<String> leaks = new ArrayList<>();
        shown.forEach((place, text) -> {
            if (text.contains(PRIVATE_KEY) || text.contains(PRIVATE_KEY_IN_BASE64)) {
                leaks.add(place + " holds a private key");
            }
            secrets.stream()
                    .filter(text::contains)
                    .forEach(secret -> leaks.add(place + " holds " + secret.substring(0, 8) + "…"));
        });
        return leaks;
    }

    /// As user 1337, without capabilities, and without a way to get any.
    private static void assertProxiesHaveNoRights(RunningMesh mesh) {
        List<String> found = new ArrayList<>();
        for (ProcessHandle process : mesh.descendants()) {
            Path status = Path.of("/proc", Long.toString(process.pid()), "status");
            List<String> lines;
            try {
                lines = Files.readAllLines(status);
            } catch (IOException _) {
                continue;
            } catch (UncheckedIOException _) {
                continue;
            }
            if (lines.contains("Uid:\t1337\t1337\t1337\t1337")) {
                found.add(status.toString());
                assertThat(lines)
                        .as(status.toString())
                        .contains(
                                "Gid:\t1337\t1337\t1337\t1337",
                                "NoNewPrivs:\t1",
                                "CapInh:\t0000000000000000",
                                "CapPrm:\t0000000000000000",
                                "CapEff:\t0000000000000000",
                                "CapBnd:\t0000000000000000",
                                "CapAmb:\t0000000000000000");
            }
        }
        assertThat(found).as("proxies").hasSizeGreaterThanOrEqualTo(2);
    }
}
