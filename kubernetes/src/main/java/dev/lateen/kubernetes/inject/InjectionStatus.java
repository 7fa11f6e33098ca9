package dev.lateen.kubernetes.inject;

import dev.lateen.kubernetes.tree.Trees;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What an injection added to a pod, as the pod's annotation `sidecar.istio.io/status` says it. By it a pod that comes
/// again is rid of what the last injection added.
record InjectionStatus(List<String> initContainers, List<String> containers) {
    static Optional<InjectionStatus> read(ObjectNode pod) {
        return PodSubject.annotation(pod, Names.STATUS)
                .flatMap(Trees::parseObject)
                .map(status ->
                        new InjectionStatus(Trees.texts(status, "initContainers"), Trees.texts(status, "containers")));
    }

    /// @param template what all templates together lay over the pod
    static String write(ObjectNode template, String revision) {
        ObjectNode status = Trees.object();
        for (String list : List.of("initContainers", "containers", "volumes", "imagePullSecrets")) {
            ArrayNode names = Trees.array(
                    Trees.names(Trees.objects(template, "spec", list)).toList());
            status.set(list, names.isEmpty() ? status.nullNode() : names);
        }
        status.put("revision", revision);
        return status.toString();
    }

    /// The pod without what was added; the same object where nothing was.
    static ObjectNode strip(ObjectNode pod, int statusPort) {
        Optional<InjectionStatus> status = read(pod);
        if (status.isEmpty()) {
            return pod;
        }
        ObjectNode stripped = pod.deepCopy();
        ObjectNode spec = Trees.into(stripped, "spec");
        remove(spec, "containers", status.get().containers());
        remove(spec, "initContainers", status.get().initContainers());
        ObjectNode annotations = Trees.into(stripped, "metadata", "annotations");
        annotations.remove(Names.STATUS);
        PrometheusMerge.strip(annotations, statusPort);
        return stripped;
    }

    private static void remove(ObjectNode spec, String list, List<String> names) {
        if (spec.get(list) instanceof ArrayNode items) {
            items.removeIf(item -> names.contains(Trees.text(item, "name")));
        }
    }
}
