package dev.lateen.kubernetes.inject;

import dev.lateen.kubernetes.tree.Trees;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// Says of the workloads of manifests which ones a cluster's injector would give a sidecar, with the labels of the
/// namespaces among them. Thread: one.
public final class InjectionReview {
    private final InjectionPolicy policy;
    private final String namespace;
    private final Map<String, Map<String, String>> namespaceLabels = new HashMap<>();
    private final List<Workload> workloads = new ArrayList<>();

    private record Workload(ObjectNode object, ObjectNode pod) {}

    /// One workload, and what becomes of it.
    public record Line(String kind, String namespace, String name, InjectionDecision decision) {}

    /// @param namespace of workloads that name none
    public InjectionReview(InjectionSettings settings, Set<String> revisions, String namespace) {
        this.policy = new InjectionPolicy(settings, revisions);
        this.namespace = namespace;
    }

    /// @param labels as `name=value`
    public void addNamespace(String name, List<String> labels) {
        Map<String, String> known = namespaceLabels.computeIfAbsent(name, _ -> new HashMap<>());
        for (String label : labels) {
            int equals = label.indexOf('=');
            known.put(equals < 0 ? label : label.substring(0, equals), equals < 0 ? "" : label.substring(equals + 1));
        }
    }

    /// Takes a namespace, a workload or a list; anything else has no say.
    public void add(ObjectNode object) {
        switch (Trees.text(object, "kind")) {
            case "List" -> Trees.objects(object, "items").forEach(this::add);
            case "Namespace" -> {
                Map<String, String> known =
                        namespaceLabels.computeIfAbsent(Trees.text(object, "metadata", "name"), _ -> new HashMap<>());
                Trees.at(object, "metadata", "labels")
                        .properties()
                        .forEach(one -> known.put(one.getKey(), one.getValue().asString("")));
            }
            default -> ManifestInjector.pod(object).ifPresent(pod -> workloads.add(new Workload(object, pod)));
        }
    }

    /// In the order in which the workloads came.
    public List<Line> lines() {
        return workloads.stream().map(this::line).toList();
    }

    private Line line(Workload workload) {
        String where = Optional.of(Trees.text(workload.object(), "metadata", "namespace"))
                .filter(text -> !text.isEmpty())
                .orElse(namespace);
        return new Line(
                Trees.text(workload.object(), "kind"),
                where,
                Trees.text(workload.object(), "metadata", "name"),
                policy.decide(where, namespaceLabels.getOrDefault(where, Map.of()), workload.pod()));
    }
}
