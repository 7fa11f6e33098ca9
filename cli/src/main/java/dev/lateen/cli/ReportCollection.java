package dev.lateen.cli;

import dev.lateen.cli.diagnosis.Redaction;
import dev.lateen.cli.mesh.ClusterMesh;
import dev.lateen.cli.mesh.ControlPlaneAddress;
import dev.lateen.cli.mesh.PodFacts;
import dev.lateen.cli.output.Archive;
import dev.lateen.cli.output.Json;
import dev.lateen.cli.output.Yaml;
import dev.lateen.kubernetes.cluster.Cluster;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Fills a report. What cannot be read is noted in it, with the reason. Thread: one; blocks.
final class ReportCollection {
    private static final int LOG_BYTES = 4 << 20;
    private static final int ADMIN = 15000;
    private static final List<String> PAGES = List.of(
            "syncz",
            "connections",
            "configz",
            "statusz",
            "registryz",
            "endpointz",
            "authenticationz",
            "trustz",
            "mesh",
            "push_status",
            "ratelimitz");
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
    private final Archive archive;
    private final Bounds bounds;
    private final List<String> problems = new ArrayList<>();

    /// @param namespaces empty for all with pods of the mesh
    /// @param lines of each log
    record Bounds(List<String> namespaces, int proxies, int lines) {}

    ReportCollection(ClusterMesh mesh, Archive archive, Bounds bounds) {
        this.mesh = mesh;
        this.cluster = mesh.cluster();
        this.archive = archive;
        this.bounds = bounds;
    }

    private interface Text {
        String read() throws IOException;
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
        add("versions.txt", () -> "lateen " + VersionCommand.version() + "\nAPI server " + cluster.page("/version"));
        for (String[] kind : WIDE) {
            add("cluster/" + kind[1] + ".yaml", () -> yaml(cluster.list(kind[0], kind[1], Map.of())));
        }
        for (String namespace : namespaces) {
            for (String[] kind : NEAR) {
                add(
                        "namespaces/" + namespace + "/" + kind[1] + ".yaml",
                        () -> yaml(cluster.list(kind[0], kind[1], namespace, Map.of())));
            }
            add(
                    "namespaces/" + namespace + "/Pod.yaml",
                    () -> yaml(pods.stream()
                            .filter(pod -> pod.namespace().equals(namespace))
                            .map(PodFacts::object)
                            .toList()));
        }
        add(
                "namespaces/" + mesh.systemNamespace() + "/ConfigMap.yaml",
                () -> yaml(cluster.list("v1", "ConfigMap", mesh.systemNamespace(), Map.of())));
        controlPlanes();
        proxies(pods.stream()
                .filter(pod -> namespaces.contains(pod.namespace()))
                .toList());
        archive.add("problems.txt", String.join("\n", problems) + "\n");
    }

    private void controlPlanes() throws IOException {
        for (PodFacts pod : mesh.controlPlanePods()) {
            logs("control-plane/" + pod.name(), pod, Set.of());
        }
        List<ControlPlaneAddress> planes;
        try {
            planes = mesh.controlPlanes();
        } catch (IOException nobody) {
            problems.add("control plane: " + nobody.getMessage());
            return;
        }
        for (ControlPlaneAddress one : planes) {
            for (String page : PAGES) {
                add(
                        "control-plane/" + one.name() + "/" + page + ".json",
                        () -> json(one.debug().get("/debug/" + page)));
            }
            add(
                    "control-plane/" + one.name() + "/metrics.txt",
                    () -> one.debug().get("/metrics"));
        }
    }

    private void proxies(List<PodFacts> pods) throws IOException {
        List<PodFacts> meshed =
                pods.stream().filter(pod -> pod.sidecar().isPresent()).toList();
        if (meshed.size() > bounds.proxies()) {
            problems.add((meshed.size() - bounds.proxies()) + " proxies were left out (--max-proxies)");
        }
        for (PodFacts pod : meshed.stream().limit(bounds.proxies()).toList()) {
            String directory = "proxies/" + pod.namespace() + "/" + pod.name();
            logs(directory, pod, Set.of(PodFacts.SIDECAR, "istio-init", "istio-validation"));
            if (pod.running()) {
                var admin = mesh.proxy(pod).ports().open(ADMIN);
                add(directory + "/config_dump.json", () -> json(admin.get("/config_dump?include_eds")));
                add(directory + "/clusters.txt", () -> admin.get("/clusters"));
                add(directory + "/stats.txt", () -> admin.get("/stats"));
                add(directory + "/certs.json", () -> json(admin.get("/certs")));
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
            add(directory + "/" + name + ".log", () -> log(pod, name, false));
            boolean restarted = pod.status(name)
                    .filter(one -> one.path("restartCount").asInt(0) > 0)
                    .isPresent();
            if (restarted) {
                add(directory + "/" + name + "-previous.log", () -> log(pod, name, true));
            }
        }
    }

    private String log(PodFacts pod, String container, boolean previous) throws IOException {
        return cluster.log(pod.namespace(), pod.name(), container, bounds.lines(), LOG_BYTES, previous);
    }

    private static String yaml(List<? extends JsonNode> objects) {
        StringBuilder text = new StringBuilder();
        for (JsonNode object : objects) {
            text.append("---\n").append(Yaml.write(Redaction.of(object)));
        }
        return text.toString();
    }

    private static String json(String text) {
        JsonNode tree = Json.read(text);
        return Json.write(tree instanceof ObjectNode ? Redaction.of(tree) : redacted(tree)) + "\n";
    }

    private static JsonNode redacted(JsonNode list) {
        return Json.tree(Json.items(list).stream().map(Redaction::of).toList());
    }

    private void add(String name, Text text) throws IOException {
        String read;
        try {
            read = Redaction.of(text.read());
        } catch (IOException | RuntimeException failure) {
            problems.add(name + ": " + failure.getMessage());
            return;
        }
        archive.add(name, read);
    }
}
