package dev.lateen.cli;

import dev.lateen.cli.diagnosis.ClusterPicture;
import dev.lateen.cli.diagnosis.Injector;
import dev.lateen.cli.diagnosis.MeshPages;
import dev.lateen.cli.mesh.ClusterMesh;
import dev.lateen.cli.mesh.ControlPlaneAddress;
import dev.lateen.cli.mesh.PodFacts;
import dev.lateen.cli.output.Json;
import dev.lateen.kubernetes.cluster.Cluster;
import dev.lateen.kubernetes.cluster.ClusterException;
import dev.lateen.kubernetes.inject.InjectionSettings;
import dev.lateen.kubernetes.inject.InjectionValues;
import dev.lateen.kubernetes.tree.Trees;
import dev.lateen.model.source.YamlDocument;
import dev.lateen.model.source.YamlLimits;
import dev.lateen.model.source.YamlReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Reads of a cluster what the verbs that judge it go by. Thread: one; blocks.
final class ClusterReading {
    private static final String INJECTOR = "istio-sidecar-injector";

    private final ClusterMesh mesh;
    private final Cluster cluster;

    ClusterReading(ClusterMesh mesh) {
        this.mesh = mesh;
        this.cluster = mesh.cluster();
    }

    ClusterPicture picture(PodFacts pod) throws IOException {
        String namespace = pod.namespace();
        return new ClusterPicture(
                pod,
                namespaceLabels(namespace),
                mesh.systemNamespace(),
                mesh.controlPlanePods(),
                new ClusterPicture.Injection(injectors(), settings()),
                cluster.list("v1", "Service", namespace, Map.of()),
                cluster.list("discovery.k8s.io/v1", "EndpointSlice", namespace, Map.of()),
                cluster.list("networking.k8s.io/v1", "NetworkPolicy", namespace, Map.of()),
                pages());
    }

    List<Injector> injectors() throws ClusterException {
        return Injector.of(cluster.list("admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration", Map.of()));
    }

    /// The injector's settings, as far as they decide who is injected; those of an installation without changes where
    /// the cluster has none.
    InjectionSettings settings() throws ClusterException {
        ObjectNode values = InjectionValues.defaults(VersionCommand.version());
        Optional<ObjectNode> map = cluster.get("v1", "ConfigMap", mesh.systemNamespace(), INJECTOR);
        map.flatMap(one -> yaml(Json.text(one, "data", "values")))
                .ifPresent(set -> InjectionValues.overlay(values, set));
        return new InjectionSettings(values, Trees.object(), "", true, false);
    }

    /// Istio writes JSON there, which is YAML too.
    private static Optional<ObjectNode> yaml(String text) {
        List<YamlDocument> documents = new YamlReader(YamlLimits.DEFAULT).read(text, INJECTOR);
        return documents.size() == 1
                        && documents.getFirst() instanceof YamlDocument.Read(var root, var _)
                        && Trees.of(root) instanceof ObjectNode object
                ? Optional.of(object)
                : Optional.empty();
    }

    Map<String, String> namespaceLabels(String namespace) throws ClusterException {
        return cluster.get("v1", "Namespace", "", namespace)
                .map(ClusterReading::labels)
                .orElse(Map.of());
    }

    static Map<String, String> labels(JsonNode object) {
        Map<String, String> labels = new TreeMap<>();
        Json.at(object, "metadata", "labels")
                .properties()
                .forEach(one -> labels.put(one.getKey(), one.getValue().asString("")));
        return labels;
    }

    /// The debug pages of all control planes that answer.
    MeshPages pages() throws IOException {
        List<ControlPlaneAddress> planes;
        try {
            planes = mesh.controlPlanes();
        } catch (ClusterException failure) {
            throw failure;
        } catch (IOException nobody) {
            return MeshPages.silent(String.valueOf(nobody.getMessage()));
        }
        return pages(planes);
    }

    /// Resources are the same at all replicas, connected proxies are not.
    static MeshPages pages(List<ControlPlaneAddress> planes) {
        List<JsonNode> sync = new ArrayList<>();
        List<JsonNode> authentication = new ArrayList<>();
        List<JsonNode> configuration = List.of();
        List<JsonNode> status = new ArrayList<>();
        String trouble = planes.isEmpty() ? "there is none" : "";
        int answered = 0;
        for (ControlPlaneAddress one : planes) {
            try {
                sync.addAll(Json.items(Json.read(one.debug().get("/debug/syncz"))));
                authentication.addAll(Json.items(Json.read(one.debug().get("/debug/authenticationz"))));
                status.addAll(Json.items(Json.read(one.debug().get("/debug/statusz")), "resources"));
                if (configuration.isEmpty()) {
                    configuration = Json.items(Json.read(one.debug().get("/debug/configz")));
                }
                answered++;
            } catch (IOException failure) {
                trouble = one.name() + ": " + failure.getMessage();
            }
        }
        return new MeshPages(sync, configuration, status, authentication, answered > 0 ? "" : trouble);
    }
}
