package dev.lateen.cli;

import dev.lateen.cli.mesh.PodFacts;
import dev.lateen.cli.mesh.PodProxy;
import dev.lateen.cli.output.Json;
import dev.lateen.kubernetes.tree.Trees;
import dev.lateen.local.manifest.Manifests;
import dev.lateen.model.resource.RawResource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The Kubernetes objects that a mesh on this machine stands for: its Services as written, and a pod for each that
/// runs. Immutable.
record LocalObjects(List<ObjectNode> services, Map<String, PodFacts> pods) {
    private static final List<String> WORKLOADS = List.of("Deployment", "StatefulSet", "DaemonSet");

    static LocalObjects of(MeshTarget target) throws IOException {
        List<ObjectNode> services = new ArrayList<>();
        List<ObjectNode> workloads = new ArrayList<>();
        for (RawResource resource : new Manifests(target.manifests()).load().resources()) {
            if (Trees.of(resource.root()) instanceof ObjectNode object) {
                Trees.into(object, "metadata").put("namespace", resource.key().namespace());
                if (resource.key().kind().equals("Service")) {
                    services.add(object);
                } else if (WORKLOADS.contains(resource.key().kind())) {
                    workloads.add(object);
                }
            }
        }
        Map<String, PodFacts> pods = new LinkedHashMap<>();
        for (PodProxy running : target.pods()) {
            workloads.stream()
                    .filter(workload -> isReplica(running.name(), workload))
                    .findFirst()
                    .ifPresent(workload -> pods.put(running.name(), pod(running.name(), workload)));
        }
        return new LocalObjects(services, pods);
    }

    /// A replica is called `WORKLOAD-HASH-NUMBER.NAMESPACE`.
    private static boolean isReplica(String pod, ObjectNode workload) {
        String name = Json.text(workload, "metadata", "name");
        String namespace = Json.text(workload, "metadata", "namespace");
        int dot = pod.lastIndexOf('.');
        return pod.substring(dot + 1).equals(namespace)
                && pod.substring(0, dot).replaceFirst("-[^-]*-[^-]*$", "").equals(name);
    }

    private static PodFacts pod(String fullName, ObjectNode workload) {
        JsonNode template = Json.at(workload, "spec", "template");
        ObjectNode pod = Trees.object();
        ObjectNode metadata = pod.putObject("metadata");
        metadata.put("name", fullName.substring(0, fullName.lastIndexOf('.')));
        metadata.put("namespace", Json.text(workload, "metadata", "namespace"));
        metadata.set("labels", Json.at(template, "metadata", "labels").deepCopy());
        metadata.set("annotations", Json.at(template, "metadata", "annotations").deepCopy());
        ObjectNode spec = pod.putObject("spec");
        var containers = spec.putArray("containers");
        Json.items(template, "spec", "containers").forEach(container -> containers.add(container.deepCopy()));
        containers.addObject().put("name", "istio-proxy").put("image", "a process of this machine");
        pod.putObject("status").put("phase", "Running");
        return new PodFacts(pod);
    }

    /// @throws IllegalArgumentException where its workload is not among the manifests
    PodFacts pod(String fullName) {
        PodFacts found = pods.get(fullName);
        if (found == null) {
            throw new IllegalArgumentException("no manifest of the mesh describes pod " + fullName);
        }
        return found;
    }

    /// @param reference `NAME[.NAMESPACE]`
    /// @throws IllegalArgumentException where there is none, with those that there are
    ObjectNode service(String reference, String namespace) {
        int dot = reference.indexOf('.');
        String name = dot < 0 ? reference : reference.substring(0, dot);
        String wanted = dot < 0 ? namespace : reference.substring(dot + 1).replaceFirst("\\..*", "");
        return services.stream()
                .filter(one -> Json.text(one, "metadata", "name").equals(name)
                        && Json.text(one, "metadata", "namespace").equals(wanted))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no Service '" + name + "' in namespace "
                        + wanted + "; there are: "
                        + String.join(
                                ", ",
                                services.stream()
                                        .map(one -> Json.text(one, "metadata", "name") + "."
                                                + Json.text(one, "metadata", "namespace"))
                                        .toList())));
    }

    /// The pods that a Service selects.
    List<PodFacts> podsOf(JsonNode service) {
        String namespace = Json.text(service, "metadata", "namespace");
        JsonNode selector = Json.at(service, "spec", "selector");
        return pods.values().stream()
                .filter(pod -> pod.namespace().equals(namespace) && !selector.isEmpty())
                .filter(pod -> selector.properties().stream()
                        .allMatch(label -> label.getValue()
                                .asString("")
                                .equals(pod.labels().getOrDefault(label.getKey(), ""))))
                .toList();
    }
}
