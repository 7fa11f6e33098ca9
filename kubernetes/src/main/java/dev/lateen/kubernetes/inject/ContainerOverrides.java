package dev.lateen.kubernetes.inject;

import dev.lateen.kubernetes.tree.StrategicMerge;
import dev.lateen.kubernetes.tree.Trees;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Settings of users for containers that a template brings too, such as a container `istio-proxy` in their pod: what
/// they write wins. Kept in the pod's annotation `proxy.istio.io/overrides` for when the pod comes again.
final class ContainerOverrides {
    /// The image of a container that is there only to override others of its settings.
    private static final String NO_IMAGE = "auto";

    private static final List<String> LISTS = List.of("containers", "initContainers");

    private ContainerOverrides() {}

    /// A sidecar that the template starts among the init containers is found there also if the user has written it
    /// among the containers.
    static void moveToTemplatesPlace(ObjectNode pod, ObjectNode template) {
        for (ObjectNode init : PodSubject.initContainers(template)) {
            String name = Trees.text(init, "name");
            Optional<ObjectNode> written = Trees.named(PodSubject.containers(pod), name);
            if (written.isPresent() && Trees.text(init, "restartPolicy").equals("Always")) {
                ObjectNode spec = Trees.into(pod, "spec");
                Trees.list(spec, "containers")
                        .removeIf(item -> Trees.text(item, "name").equals(name));
                Trees.list(spec, "initContainers").add(written.get());
            }
        }
    }

    /// Lays the user's settings over the merged pod.
    ///
    /// @param original as it came, containers moved to the template's place
    static ObjectNode apply(ObjectNode merged, ObjectNode original, ObjectNode template) {
        Optional<InjectionStatus> status = InjectionStatus.read(original);
        ObjectNode kept = PodSubject.annotation(original, Names.OVERRIDES)
                .flatMap(Trees::parseObject)
                .orElseGet(Trees::object);
        ObjectNode overrides = Trees.object();
        ObjectNode result = merged;
        for (String list : LISTS) {
            ArrayNode found = Trees.array();
            for (ObjectNode container : Trees.objects(template, "spec", list)) {
                String name = Trees.text(container, "name");
                Optional<ObjectNode> own = isInjected(status, list, name)
                        ? Trees.named(Trees.objects(kept, list), name)
                        : Trees.named(Trees.objects(kept, list), name)
                                .or(() -> Trees.named(Trees.objects(original, "spec", list), name));
                own.map(ContainerOverrides::withoutPlaceholders).ifPresent(found::add);
            }
            if (!found.isEmpty()) {
                overrides.set(list, found);
                result = StrategicMerge.merge(result, Trees.object("spec", Trees.object(list, found.deepCopy())));
            }
        }
        if (status.isEmpty() && !overrides.isEmpty()) {
            Trees.into(result, "metadata", "annotations").put(Names.OVERRIDES, overrides.toString());
        }
        return result;
    }

    private static boolean isInjected(Optional<InjectionStatus> status, String list, String name) {
        return status.map(one -> list.equals("containers") ? one.containers() : one.initContainers())
                .orElse(List.of())
                .contains(name);
    }

    private static ObjectNode withoutPlaceholders(ObjectNode container) {
        ObjectNode copy = container.deepCopy();
        if (Trees.text(copy, "image").equals(NO_IMAGE)) {
            copy.remove("image");
        }
        return copy;
    }
}
