package dev.lateen.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.e2e.behaviour.Ports;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Replicas of a cluster's control plane that run on this machine, on the same ports one after the other, with the
/// rights that the chart gives them and no others.
final class HostedControlPlanes {
    private static final String SYSTEM = "istio-system";
    private static final Set<String> KINDS = Set.of(
            "CustomResourceDefinition", "ServiceAccount", "ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding");

    private final Kubectl cluster;
    private final Path directory;
    private final String rights;
    private final List<Process> processes = new ArrayList<>();
    private final int grpcPort = Ports.free();
    private final int securePort = Ports.free();
    private final int monitoringPort = Ports.free();
    private final int httpPort = Ports.free();

    private HostedControlPlanes(Kubectl cluster, Path directory, String rights) throws IOException {
        this.cluster = cluster;
        this.directory = directory;
        this.rights = rights;
    }

    static HostedControlPlanes prepare(Kubectl cluster, Path directory) throws IOException, InterruptedException {
        String rights = Stream.of(lateen("manifest", "generate", "--set", "profile=minimal")
                        .split("\n---\n"))
                .filter(one -> one.lines()
                        .anyMatch(line -> line.startsWith("kind: ")
                                && KINDS.contains(line.substring(6).strip())))
                .collect(Collectors.joining("\n---\n"));
        cluster.run("create", "namespace", SYSTEM);
        cluster.apply(rights);
        return new HostedControlPlanes(cluster, directory, rights);
    }

    int securePort() {
        return securePort;
    }

    /// A page of the debug API of the one that runs.
    String page(String path) throws IOException, InterruptedException {
        URI page = URI.create("http://127.0.0.1:" + monitoringPort + path);
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(page).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }

    Process start(String name) throws Exception {
        Path home = Files.createDirectories(directory.resolve(name));
        Path kubeconfig = Kubeconfig.of(cluster, SYSTEM, "istiod", home);
        Path token = Files.writeString(
                home.resolve("token"),
                cluster.run("-n", SYSTEM, "create", "token", "istiod").strip());
        String view = cluster.run(
                "config",
                "view",
                "--raw",
                "--minify",
                "-o",
                "jsonpath={.clusters[0].cluster.certificate-authority-data}");
        Path roots = Files.write(home.resolve("ca.crt"), Base64.getDecoder().decode(view.strip()));
        String server = cluster.run("config", "view", "--minify", "-o", "jsonpath={.clusters[0].cluster.server}")
                .strip();
        Process process = start(
                home,
                "control-plane",
                "--kubeconfig",
                kubeconfig.toString(),
                "--state",
                home.resolve("state").toString(),
                "--grpc-port",
                Integer.toString(grpcPort),
                "--secure-grpc-port",
                Integer.toString(securePort),
                "--monitoring-port",
                Integer.toString(monitoringPort),
                "--http-port",
                Integer.toString(httpPort),
                "--workload-entry-grace",
                "3s",
                "--token-review",
                "--kube-api",
                server,
                "--kube-ca",
                roots.toString(),
                "--kube-token",
                token.toString());
        processes.add(process);
        return process;
    }

    /// A process of `lateen`, whose words are in `log` beside its files.
    static Process start(Path home, String... words) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(line(words))
                .directory(home.toFile())
                .redirectErrorStream(true)
                .redirectOutput(home.resolve("log").toFile());
        builder.environment().put("LATEEN_AOT", "off");
        return builder.start();
    }

    /// What a verb that succeeds says.
    static String lateen(String... words) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(line(words))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(out).isZero();
        return out;
    }

    private static List<String> line(String... words) {
        List<String> line = new ArrayList<>(List.of(InstalledMesh.HOME
                .resolve("lateen")
                .toAbsolutePath()
                .normalize()
                .toString()));
        line.addAll(Arrays.asList(words));
        return line;
    }

    /// Ends those that run.
    void end() throws InterruptedException {
        for (Process process : processes) {
            process.destroyForcibly();
            process.waitFor(20, TimeUnit.SECONDS);
        }
        processes.clear();
    }

    /// Leaves the cluster as it was.
    void clear() throws IOException, InterruptedException {
        end();
        cluster.run("delete", "namespace", SYSTEM, "--wait=true");
        Kubectl.command(List.of("kubectl", "delete", "--ignore-not-found", "-f", "-"), rights);
    }
}
