package dev.lateen.cli;

import dev.lateen.cli.mesh.ClusterMesh;
import dev.lateen.cli.mesh.ControlPlaneAddress;
import dev.lateen.cli.mesh.PodFacts;
import dev.lateen.cli.output.Json;
import dev.lateen.kubernetes.cluster.Cluster;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/// A report of a mesh in a cluster. Thread: one; blocks.
final class ClusterReport {
    private static final int LOG_BYTES = 4 << 20;
    private static final int ADMIN = 15000;
    /// Of the whole cluster.
    private static final List<String[]> WIDE = List.of(
            new String[] {"v1", "Namespace"},
            new String[] {"v1", "Node"},
            new String[] {"admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration"},
            new String[] {"admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration"});
    /// Of each namespace of the mesh. Secrets stay out.
    private static final List<String[]> NEAR = List.of(
            new String[] {"v1", "Service"},
            new String[] {"v1", "Event"},
            new String[] {"v1", "ServiceAccount"},
            new String[] {"apps/v1", "Deployment"},
            new String[] {"apps/v1", "DaemonSet"},
            new String[] {"apps/v1", "StatefulSet"},
            new String[] {"discovery.k8s.io/v1", "EndpointSlice"},
            new String[] {"networking.k8s.io/v1", "NetworkPolicy"});

    private final ClusterMesh mesh;
    private final Cluster cluster;
    private final Report report;
    private final Bounds bounds;

    /// @param namespaces empty for all with pods of the mesh
    /// @param lines of each log
    record Bounds(List<String> namespaces, int proxies, int lines) {}

    ClusterReport(ClusterMesh mesh, Report report, Bounds bounds) {
        this.mesh = mesh;
        this.cluster = mesh.cluster();
        this.report = report;
        this.bounds = bounds;
    }

    void collect() throws IOException {
        List<PodFacts> pods =
                cluster.list("v1", "Pod", Map.of()).stream().map(PodFacts::new).toList();
        Set<String> namespaces = bounds.namespaces().isEmpty()
                ? pods.stream()
                        .filter(pod -> pod.sidecar().isPresent())
                        .map(PodFacts::namespace)
                        .collect(Collectors.toCollection(TreeSet::new))
                : new TreeSet<>(bounds.namespaces());
        namespaces.add(mesh.systemNamespace());
        report.add(
                "versions.txt",
                () -> "lateen " + VersionCommand.version() + "\nAPI server " + cluster.page("/version"));
        for (String[] kind : WIDE) {
            report.add("cluster/" + kind[1] + ".yaml", () -> Report.yaml(cluster.list(kind[0], kind[1], Map.of())));
        }
        for (String namespace : namespaces) {
            for (String[] kind : NEAR) {
                report.add(
                        "namespaces/" + namespace + "/" + kind[1] + ".yaml",
                        () -> Report.yaml(cluster.list(kind[0], kind[1], namespace, Map.of())));
            }
            report.add(
                    "namespaces/" + namespace + "/Pod.yaml",
                    () -> Report.yaml(pods.stream()
                            .filter(pod -> pod.namespace().equals(namespace))
                            .map(PodFacts::object)
                            .toList()));
        }
        report.add(
                "namespaces/" + mesh.systemNamespace() + "/ConfigMap.yaml",
                () -> Report.yaml(cluster.list("v1", "ConfigMap", mesh.systemNamespace(), Map.of())));
        controlPlanes();
        proxies(pods.stream()
                .filter(pod -> namespaces.contains(pod.namespace()))
                .toList());
    }

    private void controlPlanes() throws IOException {
        for (PodFacts pod : mesh.controlPlanePods()) {
            logs("control-plane/" + pod.name(), pod, Set.of());
        }
        List<ControlPlaneAddress> planes;
        try {
            planes = mesh.controlPlanes();
        } catch (IOException nobody) {
            report.note("control plane: " + nobody.getMessage());
            return;
        }
        for (ControlPlaneAddress one : planes) {
            report.controlPlane(one);
        }
    }

    private void proxies(List<PodFacts> pods) throws IOException {
        List<PodFacts> meshed =
                pods.stream().filter(pod -> pod.sidecar().isPresent()).toList();
        if (meshed.size() > bounds.proxies()) {
            report.note((meshed.size() - bounds.proxies()) + " proxies were left out (--max-proxies)");
        }
        for (PodFacts pod : meshed.stream().limit(bounds.proxies()).toList()) {
            String directory = "proxies/" + pod.namespace() + "/" + pod.name();
            logs(directory, pod, Set.of(PodFacts.SIDECAR, "istio-init", "istio-validation"));
            if (pod.running()) {
                report.proxy(directory, mesh.proxy(pod).ports().open(ADMIN));
            }
        }
    }

    /// @param containers only these; empty for all
    private void logs(String directory, PodFacts pod, Set<String> containers) throws IOException {
        for (JsonNode container : pod.containers().toList()) {
            String name = Json.text(container, "name");
            if (!containers.isEmpty() && !containers.contains(name)) {
                continue;
            }
            report.add(directory + "/" + name + ".log", () -> log(pod, name, false));
            boolean restarted = pod.status(name)
                    .filter(one -> one.path("restartCount").asInt(0) > 0)
                    .isPresent();
            if (restarted) {
                report.add(directory + "/" + name + "-previous.log", () -> log(pod, name, true));
            }
        }
    }

    private String log(PodFacts pod, String container, boolean previous) throws IOException {
        return cluster.log(pod.namespace(), pod.name(), container, bounds.lines(), LOG_BYTES, previous);
    }
}
