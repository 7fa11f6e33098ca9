package dev.lateen.cli;

import dev.lateen.cli.mesh.LocalMeshes;
import dev.lateen.cli.mesh.PodProxy;
import dev.lateen.kubernetes.tree.Trees;
import dev.lateen.local.MeshState;
import dev.lateen.local.manifest.ManifestSet;
import dev.lateen.local.manifest.Manifests;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;

/// A report of a mesh that runs on this machine. Thread: one; blocks.
final class LocalReport {
    private static final int ADMIN = 15000;
    private static final int LOG_BYTES = 4 << 20;

    private final MeshState mesh;
    private final Report report;
    private final int proxies;
    private final int lines;

    /// @param proxies of which configuration is taken
    /// @param lines of each log
    LocalReport(MeshState mesh, Report report, int proxies, int lines) {
        this.mesh = mesh;
        this.report = report;
        this.proxies = proxies;
        this.lines = lines;
    }

    void collect() throws IOException {
        report.add("versions.txt", () -> "lateen " + VersionCommand.version() + "\n");
        report.add(
                "mesh.txt",
                () -> "name: " + mesh.name() + "\nproxy: " + mesh.proxy() + "\ncapture: " + mesh.capture()
                        + "\nstarted: " + mesh.startedAt() + "\n");
        manifests();
        for (var one : new LocalMeshes(List.of(mesh), mesh.name()).controlPlanes()) {
            report.controlPlane(one);
        }
        List<PodProxy> pods = new LocalMeshes(List.of(mesh), mesh.name()).pods();
        if (pods.size() > proxies) {
            report.note((pods.size() - proxies) + " proxies were left out (--max-proxies)");
        }
        for (PodProxy pod : pods.stream().limit(proxies).toList()) {
            report.proxy(
                    "proxies/" + pod.namespace() + "/" + pod.podName(),
                    pod.ports().open(ADMIN));
        }
        logs();
    }

    /// As they were understood: what a Secret holds is known as such only there.
    private void manifests() throws IOException {
        ManifestSet set = new Manifests(mesh.manifests()).load();
        report.add(
                "manifests.yaml",
                () -> Report.yaml(set.resources().stream()
                        .map(resource -> Trees.of(resource.root()))
                        .toList()));
        set.diagnostics().forEach(found -> report.note(found.at() + ": " + found.summary()));
    }

    private void logs() throws IOException {
        List<Path> files = List.of();
        try (Stream<Path> found = Files.list(mesh.logs())) {
            files = found.filter(Files::isRegularFile).sorted().toList();
        } catch (IOException failure) {
            report.note("logs: " + failure);
        }
        for (Path file : files) {
            report.add("logs/" + file.getFileName(), () -> tail(file));
        }
    }

    private String tail(Path file) throws IOException {
        Deque<String> last = new ArrayDeque<>();
        try (RandomAccessFile log = new RandomAccessFile(file.toFile(), "r")) {
            log.seek(Math.max(0, log.length() - LOG_BYTES));
            byte[] end = new byte[(int) Math.min(log.length(), LOG_BYTES)];
            log.readFully(end);
            new String(end, StandardCharsets.UTF_8).lines().forEach(line -> {
                last.add(line);
                if (last.size() > lines) {
                    last.removeFirst();
                }
            });
        }
        return String.join("\n", last) + "\n";
    }
}
