package dev.lateen.e2e.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A mesh in which every refusal has a known cause, and the commands that have to find it. Lines are marked in its
/// manifests by comments `# HERE name`.
final class ExplainedMesh implements AutoCloseable {
    private static final Duration SOON = Duration.ofSeconds(60);

    private final JsonMapper json = new JsonMapper();
    private final HttpServer outside;
    private final RunningMesh mesh;
    private final List<String> lines;

    private ExplainedMesh(HttpServer outside, RunningMesh mesh, List<String> lines) {
        this.outside = outside;
        this.mesh = mesh;
        this.lines = lines;
    }

    /// A request whose refusal has a known cause.
    ///
    /// @param here the comment that marks the line
    record Row(String host, String path, int status, String cause, String resource, String here, List<String> fields) {
        Row(String host, String path, int status, String cause, String resource, String here) {
            this(host, path, status, cause, resource, here, List.of());
        }

        @Override
        public String toString() {
            return path + " is explained by " + resource;
        }
    }

    /// @param annotations of the workload that is guarded
    /// @param options of `lateen up`
    static ExplainedMesh of(String annotations, String... options) throws IOException {
        HttpServer outside = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        outside.start();
        String manifests = cases().replace(
                                "PLAIN_PORT",
                                Integer.toString(outside.getAddress().getPort()))
                + RunningMesh.peer("shop", "", ", {name: PEER_PASSES, value: x-request-id}")
                + RunningMesh.peer("guarded", annotations, "")
                + as("Troublemaker", RunningMesh.peer("trouble", "", ""))
                + as("Judge", RunningMesh.peer("judge", "", ""))
                + RunningMesh.gateway("guarded");
        List<String> lines = manifests.lines().toList();
        RunningMesh mesh = RunningMesh.of(
                Files.createTempDirectory("explain"),
                manifests,
                Stream.concat(Stream.of("--capture", "explicit"), Stream.of(options))
                        .toArray(String[]::new));
        await().atMost(SOON).until(() -> mesh.answer("cases", "/shop/warm", "").statusCode() == 200);
        await().atMost(SOON)
                .until(() -> mesh.answer("cases", "/slow-route/warm", "").statusCode() == 504);
        return new ExplainedMesh(outside, mesh, lines);
    }

    RunningMesh mesh() {
        return mesh;
    }

    @Override
    public void close() {
        mesh.close();
        outside.stop(0);
    }

    private static String cases() throws IOException {
        try (InputStream file = ExplainedMesh.class.getResourceAsStream("explained.yaml")) {
            assertThat(file).isNotNull();
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String as(String main, String peer) {
        return peer.replaceAll(
                "-cp \\S+ dev.lateen.e2e.mesh.Peer",
                "-cp " + System.getProperty("java.class.path").replace("$", "\\$") + " dev.lateen.e2e.mesh." + main);
    }

    JsonNode assertExplained(String host, String path, int status, String cause, String resource, String here)
            throws IOException, InterruptedException {
        String id = id(path, status, "authority=" + host + ".test");
        Run run = run("explain", id, "-o", "json");
        assertThat(run.status()).as(run.out()).isZero();
        JsonNode told = json.readTree(run.out()).path("explanation");
        assertThat(told.path("cause").asString("")).contains(cause);
        assertThat(told.path("at").path(0).path("resource").asString(""))
                .as(run.out())
                .isEqualTo(resource);
        assertThat(told.path("at").path(0).path("line").asString(""))
                .as(run.out())
                .endsWith("all.yaml:" + line(here));
        assertThat(told.path("change").asString("")).isNotEmpty();
        return told;
    }

    int line(String here) {
        for (int index = 0; index < lines.size(); index++) {
            if (lines.get(index).endsWith("# HERE " + here)) {
                return index + 1;
            }
        }
        throw new AssertionError("no line is marked with " + here);
    }

    /// Of the last such request that the gateway noted, as somebody who looks for it would find out.
    String id(String path, int status, String further) throws IOException, InterruptedException {
        Run tap = run("tap", "--once", "--path", path, "--status", Integer.toString(status), "-o", "json");
        assertThat(tap.status()).as(tap.out()).isZero();
        String last = "";
        for (String line : tap.out().lines().toList()) {
            JsonNode one = json.readTree(line);
            boolean fits = one.path("path").asString("").equals(path)
                    && one.path("proxy").asString("").startsWith("istio-ingressgateway-")
                    && (!further.startsWith("flag=")
                            || one.path("flags").asString("").contains(further.substring("flag=".length())));
            last = fits ? one.path("id").asString("") : last;
        }
        assertThat(last).as(tap.out()).isNotEmpty();
        return last;
    }

    record Run(int status, String out) {}

    Process start(String... words) throws IOException {
        List<String> line = new ArrayList<>(List.of(Launcher.path().toString()));
        line.addAll(List.of(words));
        line.addAll(List.of("--mesh", mesh.name()));
        return new ProcessBuilder(line)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    Run run(String... words) throws IOException, InterruptedException {
        Process process = start(words);
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(out).isTrue();
        return new Run(process.exitValue(), out);
    }
}
