package dev.lateen.e2e.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/// A mesh of what several samples share, which is given the resources of each in turns.
final class SampleMesh implements AutoCloseable {
    static final Duration SOON = Duration.ofSeconds(60);
    static final Path SAMPLES = Launcher.path().resolveSibling("samples");

    private static final int TRIES = 20;

    private final RunningMesh mesh;
    private final Path directory;

    private SampleMesh(RunningMesh mesh, Path directory) {
        this.mesh = mesh;
        this.directory = directory;
    }

    /// Starts it with the resources of one sample.
    ///
    /// @param shared manifests that stay, besides those of all samples
    static SampleMesh of(Path directory, String sample, Path... shared) throws IOException {
        return onPlane("lateen", directory, sample, shared);
    }

    /// The same.
    ///
    /// @param environment added to that of its processes
    static SampleMesh with(Map<String, String> environment, Path directory, String sample, Path... shared)
            throws IOException {
        return start("lateen", "explicit", environment, directory, sample, shared);
    }

    /// The same with pods in namespaces of their own, whose traffic is captured.
    ///
    /// @param plane `lateen` or `envoy`
    static SampleMesh captured(String plane, Path directory, String sample, Path... shared) throws IOException {
        return start(plane, "transparent", Map.of(), directory, sample, shared);
    }

    /// @param plane `lateen` or `envoy`
    static SampleMesh onPlane(String plane, Path directory, String sample, Path... shared) throws IOException {
        return start(plane, "explicit", Map.of(), directory, sample, shared);
    }

    private static SampleMesh start(
            String plane,
            String capture,
            Map<String, String> environment,
            Path directory,
            String sample,
            Path... shared)
            throws IOException {
        List<String> options = new ArrayList<>();
        options.add(SAMPLES.resolve("common/app.yaml").toString());
        for (Path one : shared) {
            options.add(one.toString());
        }
        options.addAll(List.of("--capture", capture, "--proxy", plane));
        return new SampleMesh(
                RunningMesh.of(environment, directory, traffic(sample), options.toArray(String[]::new)), directory);
    }

    private static String traffic(String sample) throws IOException {
        return file(sample, "traffic.yaml");
    }

    /// Its programs are named from where the sample is.
    private static String file(String sample, String file) throws IOException {
        return Files.readString(SAMPLES.resolve(sample).resolve(file))
                .replace("../../demo", SAMPLES.resolveSibling("demo").toString());
    }

    /// Puts the resources of a sample in the place of those of the one before.
    void apply(String sample) throws IOException {
        apply(sample, Map.of());
    }

    /// @param replaced words of the sample that are other ones on the machine of a test, such as ports
    void apply(String sample, Map<String, String> replaced) throws IOException {
        mesh.replace(replaced(traffic(sample), replaced));
    }

    /// The same with one more file of the sample.
    void apply(String sample, String more, Map<String, String> replaced) throws IOException {
        mesh.replace(replaced(traffic(sample) + "---\n" + file(sample, more), replaced));
    }

    private static String replaced(String text, Map<String, String> words) {
        String result = text;
        for (Map.Entry<String, String> one : words.entrySet()) {
            assertThat(result).contains(one.getKey());
            result = result.replace(one.getKey(), one.getValue());
        }
        return result;
    }

    /// A machine of the WorkloadGroup that was applied last, by its files alone.
    OutsideMachine join(String address) throws Exception {
        return OutsideMachine.join(mesh, mesh.manifest(), address, directory.resolve("machine"), "proxy");
    }

    /// What the gateway answers for `users.test`.
    ///
    /// @param fields of the request's head, names and values in turns
    HttpResponse<String> get(String path, String... fields) throws IOException {
        return mesh.answer("users", path, "", fields);
    }

    boolean isVersion(String version, String... fields) throws IOException {
        return get("/api/users", fields).body().contains("\"version\":\"" + version + "\"");
    }

    /// Which version of `users` answers.
    String version(String path, String... fields) throws IOException {
        return get(path, fields).headers().firstValue("x-version").orElse("none");
    }

    /// What a workload of the mesh is told when it asks for a URL.
    HttpResponse<String> asks(String hostAndPath) throws IOException {
        return mesh.answer("asker", "/api/orders/" + hostAndPath, "");
    }

    /// Where a gateway takes connections to a port that a Gateway declares, as the mesh says it.
    InetSocketAddress port(int declared) {
        MatchResult said =
                mesh.said(Pattern.compile("gateway port " + declared + " is at (?:https?://)?([^:/]+):(\\d+)"));
        return new InetSocketAddress(said.group(1), Integer.parseInt(said.group(2)));
    }

    /// Whether it is so again and again.
    static boolean always(Callable<Boolean> question) throws Exception {
        for (int i = 0; i < TRIES; i++) {
            if (!question.call()) {
                return false;
            }
        }
        return true;
    }

    /// What a verb of the command line says of this mesh.
    String says(String... words) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--mesh", mesh.name()));
        return Launcher.run(all.toArray(String[]::new)).out();
    }

    /// As `RunningMesh.explains`.
    void explains(int status, String path, String resource, String line) throws IOException {
        mesh.explains(status, path, resource, line);
    }

    @Override
    public void close() {
        mesh.close();
    }
}
