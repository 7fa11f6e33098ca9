package dev.lateen.kubernetes.inject;

import dev.lateen.kubernetes.inject.InjectionDecision.Injects;
import dev.lateen.kubernetes.inject.InjectionDecision.Skips;
import dev.lateen.kubernetes.inject.InjectionResult.Injected;
import dev.lateen.kubernetes.inject.InjectionResult.Refused;
import dev.lateen.kubernetes.tree.Trees;
import dev.lateen.model.diagnostic.Diagnostic;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Injects the workloads of manifests: whatever holds a pod, be it a Deployment, a CronJob, a custom kind with a pod
/// template, or a list of them. Everything else passes as it is. Thread: any.
public final class ManifestInjector {
    private static final String CRON_JOB = "CronJob";

    private final InjectionPolicy policy;
    private final SidecarInjector injector;
    private final Function<String, Map<String, String>> namespaceAnnotations;

    /// @param namespaceAnnotations of a namespace by name; empty where nothing is known of it
    public ManifestInjector(InjectionSettings settings, Function<String, Map<String, String>> namespaceAnnotations) {
        this.policy = new InjectionPolicy(settings, Set.of(settings.revisionOrDefault()));
        this.injector = new SidecarInjector(settings);
        this.namespaceAnnotations = namespaceAnnotations;
    }

    /// One object of a manifest, and what was done to it.
    ///
    /// @param object as it has to be from now on
    /// @param notes on what was left as it is, such as "Skipping injection because …"
    public record Outcome(ObjectNode object, List<String> notes, List<Diagnostic> diagnostics) {
        public Outcome {
            notes = List.copyOf(notes);
            diagnostics = List.copyOf(diagnostics);
        }
    }

    public Outcome inject(ObjectNode object) {
        List<String> notes = new ArrayList<>();
        List<Diagnostic> diagnostics = new ArrayList<>();
        ObjectNode result = inject(object.deepCopy(), notes, diagnostics);
        return new Outcome(result, notes, diagnostics);
    }

    private ObjectNode inject(ObjectNode object, List<String> notes, List<Diagnostic> diagnostics) {
        if (Trees.text(object, "kind").equals("List") && object.get("items") instanceof ArrayNode items) {
            ArrayNode injected = Trees.array();
            for (JsonNode item : items) {
                injected.add(item instanceof ObjectNode one ? inject(one, notes, diagnostics) : item);
            }
            object.set("items", injected);
            return object;
        }
        if (!holdsPod(object)) {
            return object;
        }
        Place place = Place.in(object);
        String namespace = Trees.text(object, "metadata", "namespace");
        switch (policy.decideForFile(namespace, place.pod())) {
            case Skips(String because) -> {
                notes.add("Skipping injection because " + title(object, namespace) + " "
                        + because.replaceFirst("^it ", "").replaceFirst("^the pod ", ""));
                return object;
            }
            case Injects _ -> {}
        }
        Owner owner = Trees.text(object, "kind").equals("Pod")
                ? Owner.ofPod(Trees.into(object, "metadata"), namespace)
                : Owner.of(object);
        PodSubject subject = new PodSubject(place.pod(), owner, namespaceAnnotations.apply(namespace));
        switch (injector.inject(subject, Map.of())) {
            case Injected(ObjectNode pod) -> place.put(pod);
            case Refused(List<Diagnostic> found) -> diagnostics.addAll(found);
        }
        return object;
    }

    private static String title(ObjectNode object, String namespace) {
        return Trees.text(object, "kind") + " \"" + (namespace.isEmpty() ? "" : namespace + "/")
                + Trees.text(object, "metadata", "name") + "\"";
    }

    /// The pod that an object holds, with its metadata.
    static Optional<ObjectNode> pod(ObjectNode object) {
        return holdsPod(object) ? Optional.of(Place.in(object.deepCopy()).pod()) : Optional.empty();
    }

    private static boolean holdsPod(ObjectNode object) {
        String kind = Trees.text(object, "kind");
        return kind.equals("Pod")
                ? object.get("spec") instanceof ObjectNode
                : Trees.at(object, path(kind)) instanceof ObjectNode;
    }

    private static String[] path(String kind) {
        return kind.equals(CRON_JOB)
                ? new String[] {"spec", "jobTemplate", "spec", "template", "spec"}
                : new String[] {"spec", "template", "spec"};
    }

    /// Where an object keeps its pod.
    ///
    /// @param metadataHolder whose `metadata` the pod's is
    /// @param specHolder whose `spec` the pod's is
    private record Place(ObjectNode metadataHolder, ObjectNode specHolder) {
        static Place in(ObjectNode object) {
            String kind = Trees.text(object, "kind");
            if (kind.equals("Pod")) {
                return new Place(object, object);
            }
            if (kind.equals(CRON_JOB)) {
                // Istio's kube-inject labels the jobs, not their pods; tools that read either find it there.
                ObjectNode job = Trees.into(object, "spec", "jobTemplate");
                return new Place(job, Trees.into(job, "spec", "template"));
            }
            ObjectNode template = Trees.into(object, "spec", "template");
            return new Place(template, template);
        }

        ObjectNode pod() {
            return Trees.object(
                    "metadata",
                    Trees.into(metadataHolder, "metadata").deepCopy(),
                    "spec",
                    specHolder.get("spec").deepCopy());
        }

        void put(ObjectNode pod) {
            metadataHolder.set("metadata", pod.path("metadata"));
            specHolder.set("spec", pod.path("spec"));
        }
    }
}
