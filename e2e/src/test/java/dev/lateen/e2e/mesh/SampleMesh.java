package dev.lateen.e2e.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A mesh of what several samples share, which is given the resources of each in turns.
final class SampleMesh implements AutoCloseable {
    static final Duration SOON = Duration.ofSeconds(60);
    static final Path SAMPLES = Launcher.path().resolveSibling("samples");

    private static final Pattern GATEWAY = Pattern.compile("gateway port 80 is at (http://\\S+/)");
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

    /// @param plane `lateen` or `envoy`
    static SampleMesh onPlane(String plane, Path directory, String sample, Path... shared) throws IOException {
        List<String> options = new ArrayList<>();
        options.add(SAMPLES.resolve("common/app.yaml").toString());
        for (Path one : shared) {
            options.add(one.toString());
        }
        options.addAll(List.of("--capture", "explicit", "--proxy", plane));
        return new SampleMesh(RunningMesh.of(directory, traffic(sample), options.toArray(String[]::new)), directory);
    }

    private static String traffic(String sample) throws IOException {
        return Files.readString(SAMPLES.resolve(sample).resolve("traffic.yaml"));
    }

    /// Puts the resources of a sample in the place of those of the one before.
    void apply(String sample) throws IOException {
        apply(sample, Map.of());
    }

    /// @param replaced words of the sample that are other ones on the machine of a test, such as ports
    void apply(String sample, Map<String, String> replaced) throws IOException {
        String text = traffic(sample);
        for (Map.Entry<String, String> one : replaced.entrySet()) {
            assertThat(text).contains(one.getKey());
            text = text.replace(one.getKey(), one.getValue());
        }
        mesh.replace(text);
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

    /// Where the ingress gateway takes connections to a port of a Gateway, since when these are of this sample.
    InetSocketAddress port(int declared) throws IOException {
        String host = URI.create(mesh.said(GATEWAY).group(1)).getHost();
        String service = Files.readString(mesh.home().resolve("config/service-istio-ingressgateway.yaml"));
        Matcher port =
                Pattern.compile("port: " + declared + "\\s+targetPort: (\\d+)").matcher(service);
        assertThat(port.find()).as("port %d in %s", declared, service).isTrue();
        return new InetSocketAddress(host, Integer.parseInt(port.group(1)));
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
