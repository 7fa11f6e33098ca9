package dev.lateen.kubernetes.operator;

import dev.lateen.kubernetes.tree.StrategicMerge;
import dev.lateen.kubernetes.tree.Trees;
import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.tree.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Changes a component's rendered objects as its `k8s` settings say: first each setting, laid over the object that
/// it is for, then the overlays, path by path. Thread: any.
///
/// Differs: a number of pods beside an autoscaler is the least that this may choose.
final class ObjectChanges {
    private static final String BUDGET = "PodDisruptionBudget";
    private static final String SCALER = "HorizontalPodAutoscaler";

    /// A setting: the kind of object that it is for, and where in it.
    private record Target(String kind, Function<JsonNode, ObjectNode> patch) {}

    private final Component component;
    private final List<Diagnostic> found = new ArrayList<>();

    ObjectChanges(Component component) {
        this.component = component;
    }

    /// What could not be done.
    List<Diagnostic> findings() {
        return List.copyOf(found);
    }

    /// New objects, in the same order.
    List<ObjectNode> apply(List<ObjectNode> objects) {
        ObjectNode settings = component.kubernetes();
        Map<String, Target> targets = targets();
        List<ObjectNode> changed = new ArrayList<>(objects);
        addMissing(settings, changed);
        for (Map.Entry<String, JsonNode> setting : settings.properties()) {
            Target target = targets.get(setting.getKey());
            if (target != null && !setting.getValue().isNull()) {
                changed.replaceAll(object -> isFor(target, object)
                        ? changed(object, setting.getKey(), target.patch().apply(setting.getValue()))
                        : object);
            }
        }
        scalerDecides(changed);
        for (ObjectNode overlay : Trees.objects(settings, "overlays")) {
            overlay(overlay, changed);
        }
        return changed;
    }

    private boolean isFor(Target target, ObjectNode object) {
        return Trees.text(object, "kind").equals(target.kind())
                && (Trees.text(object, "metadata", "name").equals(component.name())
                        || target.kind().equals("ServiceAccount"));
    }

    /// A list of ports says which ports there are: it replaces, where a merge would keep the others.
    private static ObjectNode changed(ObjectNode object, String setting, ObjectNode patch) {
        ObjectNode merged = StrategicMerge.merge(object, patch);
        if (setting.equals("service") && Trees.at(patch, "spec", "ports").isArray()) {
            Trees.into(merged, "spec")
                    .set("ports", Trees.at(patch, "spec", "ports").deepCopy());
        }
        return merged;
    }

    /// Settings for objects that the chart makes only where its values ask for them.
    private void addMissing(ObjectNode settings, List<ObjectNode> objects) {
        Optional<ObjectNode> deployment = find("Deployment", objects);
        if (deployment.isEmpty()) {
            return;
        }
        if (Trees.has(settings, "podDisruptionBudget") && find(BUDGET, objects).isEmpty()) {
            ObjectNode budget = beside(deployment.get(), "policy/v1", BUDGET);
            Trees.into(budget, "spec")
                    .set(
                            "selector",
                            Trees.at(deployment.get(), "spec", "selector").deepCopy());
            objects.add(budget);
        }
        if (Trees.has(settings, "hpaSpec") && find(SCALER, objects).isEmpty()) {
            ObjectNode scaler = beside(deployment.get(), "autoscaling/v2", SCALER);
            Trees.into(scaler, "spec")
                    .set(
                            "scaleTargetRef",
                            Trees.object("apiVersion", "apps/v1", "kind", "Deployment", "name", component.name()));
            objects.add(scaler);
        }
    }

    private ObjectNode beside(ObjectNode deployment, String apiVersion, String kind) {
        ObjectNode metadata = Trees.object("name", component.name(), "namespace", component.namespace());
        metadata.set("labels", Trees.at(deployment, "metadata", "labels").deepCopy());
        return Trees.object("apiVersion", apiVersion, "kind", kind, "metadata", metadata);
    }

    /// A number of pods beside an autoscaler would take back what that did, each time that it is applied: it becomes
    /// the least that the autoscaler may choose.
    private void scalerDecides(List<ObjectNode> objects) {
        Optional<ObjectNode> scaler = find(SCALER, objects);
        Optional<ObjectNode> deployment = find("Deployment", objects);
        if (scaler.isEmpty() || deployment.isEmpty()) {
            return;
        }
        JsonNode asked = Trees.into(deployment.get(), "spec").remove("replicas");
        if (asked != null && asked.isIntegralNumber()) {
            ObjectNode spec = Trees.into(scaler.get(), "spec");
            for (String bound : List.of("minReplicas", "maxReplicas")) {
                spec.put(bound, Math.max(spec.path(bound).asInt(1), asked.asInt()));
            }
        }
    }

    private static Optional<ObjectNode> find(String kind, List<ObjectNode> objects) {
        return objects.stream()
                .filter(object -> Trees.text(object, "kind").equals(kind))
                .findFirst();
    }

    private Map<String, Target> targets() {
        return Map.ofEntries(
                pod("affinity"),
                pod("nodeSelector"),
                pod("priorityClassName"),
                pod("securityContext"),
                pod("tolerations"),
                pod("topologySpreadConstraints"),
                pod("volumes"),
                container("env", "env"),
                container("imagePullPolicy", "imagePullPolicy"),
                container("readinessProbe", "readinessProbe"),
                container("livenessProbe", "livenessProbe"),
                container("resources", "resources"),
                container("volumeMounts", "volumeMounts"),
                container("containerSecurityContext", "securityContext"),
                at("podAnnotations", component.workloadKind(), "spec", "template", "metadata", "annotations"),
                at("podLabels", component.workloadKind(), "spec", "template", "metadata", "labels"),
                at(
                        "seccompProfile",
                        component.workloadKind(),
                        "spec",
                        "template",
                        "spec",
                        "securityContext",
                        "seccompProfile"),
                at(
                        "strategy",
                        component.workloadKind(),
                        "spec",
                        component.kind() == Component.Kind.CNI ? "updateStrategy" : "strategy"),
                at("replicaCount", "Deployment", "spec", "replicas"),
                at("replicas", "Deployment", "spec", "replicas"),
                at("hpaSpec", SCALER, "spec"),
                at("podDisruptionBudget", BUDGET, "spec"),
                at("service", "Service", "spec"),
                at("serviceAnnotations", "Service", "metadata", "annotations"),
                at("serviceAccountAnnotations", "ServiceAccount", "metadata", "annotations"));
    }

    private Map.Entry<String, Target> pod(String field) {
        return at(field, component.workloadKind(), "spec", "template", "spec", field);
    }

    private Map.Entry<String, Target> container(String setting, String field) {
        return Map.entry(setting, new Target(component.workloadKind(), value -> {
            ObjectNode patch = Trees.object();
            Trees.into(patch, "spec", "template", "spec")
                    .set(
                            "containers",
                            Trees.array(Trees.object("name", component.container(), field, value.deepCopy())));
            return patch;
        }));
    }

    private static Map.Entry<String, Target> at(String setting, String kind, String... path) {
        return Map.entry(setting, new Target(kind, value -> {
            ObjectNode patch = Trees.object();
            List<String> above = List.of(path).subList(0, path.length - 1);
            Trees.into(patch, above.toArray(String[]::new)).set(path[path.length - 1], value.deepCopy());
            return patch;
        }));
    }

    private void overlay(ObjectNode overlay, List<ObjectNode> objects) {
        String kind = Trees.text(overlay, "kind");
        String name = Trees.text(overlay, "name");
        boolean any = false;
        for (ObjectNode object : objects) {
            if (Trees.text(object, "kind").equals(kind)
                    && Trees.text(object, "metadata", "name").equals(name)) {
                any = true;
                for (ObjectNode patch : Trees.objects(overlay, "patches")) {
                    patch(patch, object, kind + " " + name);
                }
            }
        }
        if (!any) {
            found.add(refused("there is no " + kind + " '" + name + "' to change")
                    .withAdvice("the component has: " + names(objects)));
        }
    }

    private void patch(ObjectNode patch, ObjectNode object, String title) {
        String text = Trees.text(patch, "path");
        try {
            SettingPath path = SettingPath.parse(text);
            JsonNode value = patch.path("value");
            Optional<String> missing = path.missingItem(object);
            if (missing.isPresent()) {
                found.add(refused(title + ": there is no item " + missing.get())
                        .withValue(text)
                        .withAdvice("lateen manifest generate shows what there is without the overlay"));
            } else if (value.isMissingNode() || value.isNull()) {
                path.remove(object);
            } else {
                path.set(object, value.deepCopy());
            }
        } catch (IllegalArgumentException e) {
            found.add(refused(title + ": " + e.getMessage()).withValue(text));
        }
    }

    private Diagnostic refused(String message) {
        return Diagnostic.error("bad-overlay", Position.UNKNOWN, "k8s.overlays of " + component.name(), message);
    }

    private static String names(List<ObjectNode> objects) {
        return String.join(
                ", ",
                objects.stream()
                        .map(object -> Trees.text(object, "kind") + " " + Trees.text(object, "metadata", "name"))
                        .toList());
    }
}
