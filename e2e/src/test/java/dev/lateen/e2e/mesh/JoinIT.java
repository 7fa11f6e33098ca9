package dev.lateen.e2e.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lateen.control.ControlPlane;
import dev.lateen.control.ControlPlaneSettings;
import dev.lateen.control.identity.JoinTokens;
import dev.lateen.identity.SpiffeId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A workload outside joins with a token of `lateen ca token`, goes on by its certificate when that token has
/// ended, and is told why where its token is none.
final class JoinIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Duration TOKEN = Duration.ofSeconds(5);
    private static final SpiffeId OUTSIDE = new SpiffeId("cluster.local", "default", "outside");
    private static final Pattern ID = Pattern.compile("token ([0-9a-f]{24}) proves");

    @TempDir
    Path directory = Path.of("");

    private ControlPlane control;

    @BeforeEach
    void start() throws IOException {
        Path config = Files.createDirectories(directory.resolve("config"));
        control = ControlPlane.start(
                ControlPlaneSettings.of(List.of(config), state()).withPorts(ControlPlaneSettings.Ports.FREE));
    }

    @AfterEach
    void end() {
        control.close();
    }

    @Test
    void joinsByATokenAndStaysByItsCertificate() throws Exception {
        Path vm = Files.createDirectories(directory.resolve("vm"));
        Issued token = create("--pod", "outside-vm", "--ttl", TOKEN.toString());
        Instant end = Instant.now().plus(TOKEN);
        OutsideProxy.provide(vm, token.text(), control.authority().rootsPem());
        try (OutsideProxy outside = start(vm, "127.66.1.1", Map.of("SECRET_TTL", "8s"))) {
            await().atMost(SOON)
                    .untilAsserted(() ->
                            assertThat(outside.isReady()).as(outside.output()).isTrue());
            // Ready without it: no listener of an empty mesh names it.
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(outside.page("/certs")).contains(OUTSIDE.uri()));

            await().atMost(SOON).until(() -> renewals(end) >= 2);
            assertThat(outside.output()).doesNotContain("no certificate from");
        }
    }

    @Test
    void tellsWhyATokenIsNone() throws Exception {
        Issued revoked = create();
        assertThat(run("ca", "token", "revoke", revoked.id(), "--state", state().toString()))
                .contains("is refused from now on");
        assertRefused(revoked.text(), "token: " + revoked.id() + " was taken back");
        assertRefused(token(ControlPlaneSettings.joinKey(state()), Duration.ofMinutes(-5)), "token: expired at ");
        assertRefused(
                token(directory.resolve("foreign-key"), Duration.ofMinutes(5)),
                "token: not one that this control plane issued");
        Issued other = create("--pod", "another-vm");
        assertRefused(other.text(), "token: bound to pod another-vm, and the caller is outside-vm");
    }

    private void assertRefused(String token, String reason) throws Exception {
        Path vm = Files.createTempDirectory(directory, "vm");
        OutsideProxy.provide(vm, token, control.authority().rootsPem());
        try (OutsideProxy outside = start(vm, "127.66.1.2", Map.of())) {
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(outside.output())
                            .contains("no certificate from ")
                            .contains(reason)
                            .doesNotContain(token.substring(token.lastIndexOf('.') + 1)));
        }
    }

    private OutsideProxy start(Path vm, String address, Map<String, String> more) throws IOException {
        String server = "127.0.0.1:" + control.securePort();
        return OutsideProxy.start(vm, address, "outside", server, server, more);
    }

    private Path state() {
        return directory.resolve("state");
    }

    private static String token(Path key, Duration lifetime) throws IOException {
        return JoinTokens.open(key, "cluster.local", InstantSource.system())
                .issue(OUTSIDE, "", lifetime)
                .token();
    }

    /// Certificates that the workload got after its token's end.
    private long renewals(Instant after) throws IOException {
        long found = 0;
        for (String line :
                Files.readAllLines(ControlPlaneSettings.authority(state()).resolve("issued.jsonl"))) {
            JsonNode issued = new JsonMapper().readTree(line);
            boolean its = issued.path("id").asString("").equals(OUTSIDE.uri());
            if (its && Instant.parse(issued.path("at").asString()).isAfter(after)) {
                found++;
            }
        }
        return found;
    }

    private record Issued(String id, String text) {}

    private Issued create(String... more) throws Exception {
        List<String> words = new ArrayList<>(List.of(
                "ca",
                "token",
                "create",
                "-n",
                "default",
                "--service-account",
                "outside",
                "--state",
                state().toString()));
        words.addAll(List.of(more));
        String out = run(words.toArray(String[]::new));
        Matcher id = ID.matcher(out);
        assertThat(id.find()).as(out).isTrue();
        return new Issued(
                id.group(1),
                out.lines().filter(line -> line.startsWith("ey")).findFirst().orElseThrow());
    }

    private static String run(String... words) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of(Launcher.path().toString()));
        line.addAll(List.of(words));
        Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(out).isTrue();
        assertThat(process.exitValue()).as(out).isZero();
        return out;
    }
}
