package dev.lateen.local.manifest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.TreeMap;

/// A running pod as Kubernetes would show it, with the status that makes its address an endpoint.
///
/// @param phase `Pending`, `Running` or `Failed`
public record PodManifest(
        String name,
        WorkloadSpec workload,
        String address,
        String hostAddress,
        Instant startedAt,
        String phase,
        boolean ready) {

    /// Writes the manifest beside the others, in one step: a watcher never sees half of it.
    public void writeTo(Path directory) {
        Path file = fileIn(directory);
        try {
            Files.createDirectories(directory);
            Path fresh = directory.resolve("." + file.getFileName() + ".new");
            Files.writeString(fresh, toYaml());
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    public Path fileIn(Path directory) {
        return directory.resolve("pod-" + workload.namespace() + "-" + name + ".yaml");
    }

    public String toYaml() {
        StringBuilder yaml = new StringBuilder();
        yaml.append("apiVersion: v1\nkind: Pod\nmetadata:\n");
        yaml.append("  name: ").append(quoted(name)).append('\n');
        yaml.append("  namespace: ").append(quoted(workload.namespace())).append('\n');
        yaml.append("  creationTimestamp: ")
                .append(quoted(startedAt.truncatedTo(ChronoUnit.SECONDS).toString()));
        yaml.append('\n');
        Map<String, String> labels = new TreeMap<>(workload.labels());
        // A gateway takes what its Gateways say, not mutual TLS of the mesh: Istio labels sidecars only.
        if (workload.role() == WorkloadSpec.Role.SIDECAR) {
            labels.put("security.istio.io/tlsMode", "istio");
        }
        map(yaml, "  labels", labels);
        map(yaml, "  annotations", workload.annotations());
        yaml.append("  ownerReferences:\n  - apiVersion: apps/v1\n    kind: ReplicaSet\n    name: ");
        yaml.append(quoted(workload.name() + "-" + workload.fingerprint())).append("\n    controller: true\n");
        yaml.append("spec:\n  nodeName: local\n  serviceAccountName: ").append(quoted(workload.serviceAccount()));
        yaml.append('\n');
        containers(yaml);
        yaml.append("status:\n  phase: ").append(phase).append('\n');
        yaml.append("  hostIP: ").append(quoted(hostAddress)).append('\n');
        yaml.append("  podIP: ").append(quoted(address)).append('\n');
        yaml.append("  podIPs:\n  - ip: ").append(quoted(address)).append('\n');
        yaml.append("  conditions:\n  - type: Ready\n    status: \"").append(ready ? "True" : "False");
        yaml.append("\"\n");
        return yaml.toString();
    }

    private void containers(StringBuilder yaml) {
        yaml.append(workload.containers().isEmpty() ? "  containers: []\n" : "  containers:\n");
        for (ContainerSpec container : workload.containers()) {
            yaml.append("  - name: ").append(quoted(container.name())).append('\n');
            yaml.append("    image: ").append(quoted(container.image())).append('\n');
            yaml.append(container.ports().isEmpty() ? "" : "    ports:\n");
            for (ContainerSpec.Port port : container.ports()) {
                yaml.append("    - containerPort: ").append(port.number()).append('\n');
                yaml.append(port.name().isEmpty() ? "" : "      name: " + quoted(port.name()) + "\n");
                yaml.append("      protocol: ").append(port.protocol()).append('\n');
            }
        }
    }

    private static void map(StringBuilder yaml, String key, Map<String, String> values) {
        if (!values.isEmpty()) {
            yaml.append(key).append(":\n");
            new TreeMap<>(values)
                    .forEach((name, value) -> yaml.append("    ")
                            .append(quoted(name))
                            .append(": ")
                            .append(quoted(value))
                            .append('\n'));
        }
    }

    /// A double-quoted YAML scalar.
    static String quoted(String text) {
        return "\""
                + text.replace("\\", "\\\\")
                        .replace("\"", "\\\"")
                        .replace("\n", "\\n")
                        .replace("\t", "\\t") + "\"";
    }
}
