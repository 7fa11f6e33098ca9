package dev.lateen.control.workload;

import dev.lateen.kubernetes.tree.Trees;
import dev.lateen.model.istio.ServiceEntry.WorkloadEntry;
import dev.lateen.model.istio.WorkloadGroup;
import dev.lateen.model.mesh.Locality;
import dev.lateen.model.mesh.ProxyNode;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.node.ObjectNode;

/// Makes entries, and what is written into them, in Kubernetes' form.
///
/// Thread: any (pure functions).
///
/// Source: Istio, "Virtual Machine Architecture"; labels of the node go before those of the group's metadata, and those
/// before the template's.
final class EntryObjects {
    private static final String LOCALITY_LABEL = "istio-locality";
    private static final String PROBE = "readinessProbe";

    private EntryObjects() {}

    /// `GROUP-ADDRESS`, and the network where the node names one.
    static String name(String group, String address, String network) {
        String name = group + "-" + address.replace(':', '-');
        return network.isEmpty() ? name : name + "-" + network;
    }

    static ObjectNode entry(WorkloadGroup group, ProxyNode node, String name) {
        Map<String, String> labels = labels(group, node);
        Map<String, String> annotations = new TreeMap<>(group.annotations());
        annotations.put(EntryState.GROUP, group.metadata().name());
        if (node.metadata().proxyConfig().containsKey(PROBE)) {
            annotations.put(WorkloadEntry.CHECKED, "true");
        }
        return Trees.object(
                "apiVersion",
                EntryKey.GROUP + "/v1",
                "kind",
                EntryKey.KIND,
                "metadata",
                Trees.object(
                        "name",
                        name,
                        "namespace",
                        node.namespace(),
                        "labels",
                        texts(labels),
                        "annotations",
                        texts(annotations)),
                "spec",
                spec(group, node, labels));
    }

    static Map<String, String> labels(WorkloadGroup group, ProxyNode node) {
        Map<String, String> labels =
                new TreeMap<>(group.template().map(WorkloadEntry::labels).orElse(Map.of()));
        labels.putAll(group.labels());
        labels.putAll(node.metadata().labels());
        labels.remove(LOCALITY_LABEL);
        return labels;
    }

    private static ObjectNode spec(WorkloadGroup group, ProxyNode node, Map<String, String> labels) {
        ObjectNode spec = Trees.object("address", node.address(), "labels", texts(labels));
        Optional<WorkloadEntry> template = group.template();
        String network = node.metadata().network().isEmpty()
                ? template.map(WorkloadEntry::network).orElse("")
                : node.metadata().network();
        String locality = node.locality().equals(Locality.NONE)
                ? template.map(WorkloadEntry::locality).orElse("")
                : node.locality().toString();
        put(spec, "network", network);
        put(spec, "locality", locality);
        template.ifPresent(common -> {
            put(spec, "serviceAccount", common.serviceAccount());
            common.weight().ifPresent(weight -> spec.put("weight", weight));
            if (!common.ports().isEmpty()) {
                ObjectNode ports = Trees.into(spec, "ports");
                new TreeMap<>(common.ports()).forEach(ports::put);
            }
        });
        return spec;
    }

    private static void put(ObjectNode object, String name, String text) {
        if (!text.isEmpty()) {
            object.put(name, text);
        }
    }

    static void markConnected(ObjectNode entry, String controller, Instant since) {
        ObjectNode annotations = Trees.into(entry, "metadata", "annotations");
        annotations.put(EntryState.CONTROLLER, controller);
        annotations.put(EntryState.CONNECTED, since.toString());
        annotations.remove(EntryState.DISCONNECTED);
    }

    static void markDisconnected(ObjectNode entry, Instant now) {
        ObjectNode annotations = Trees.into(entry, "metadata", "annotations");
        annotations.remove(EntryState.CONNECTED);
        annotations.put(EntryState.DISCONNECTED, now.toString());
    }

    static EntryState state(ObjectNode entry) {
        Map<String, String> annotations = new TreeMap<>();
        Trees.at(entry, "metadata", "annotations")
                .properties()
                .forEach(one -> annotations.put(one.getKey(), one.getValue().asString("")));
        return EntryState.of(annotations);
    }

    static EntryKey key(ObjectNode entry) {
        return new EntryKey(Trees.text(entry, "metadata", "namespace"), Trees.text(entry, "metadata", "name"));
    }

    /// What a workload's agent has found.
    ///
    /// @param unwell why it is not well; empty where it is
    static ObjectNode condition(Optional<String> unwell, Instant now) {
        ObjectNode condition = Trees.object(
                "type",
                WorkloadEntry.HEALTHY,
                "status",
                unwell.isEmpty() ? "True" : "False",
                "lastProbeTime",
                now.toString(),
                "lastTransitionTime",
                now.toString());
        unwell.ifPresent(reason -> condition.put("message", reason));
        return condition;
    }

    /// Puts a condition in the place of the one of its type; the others stay.
    static List<ObjectNode> withCondition(ObjectNode entry, ObjectNode condition) {
        String type = Trees.text(condition, "type");
        List<ObjectNode> conditions = Trees.objects(entry, "status", "conditions");
        for (ObjectNode before : conditions) {
            boolean same = Trees.text(before, "type").equals(type)
                    && Trees.text(before, "status").equals(Trees.text(condition, "status"));
            if (same && !Trees.text(before, "lastTransitionTime").isEmpty()) {
                condition.put("lastTransitionTime", Trees.text(before, "lastTransitionTime"));
            }
        }
        conditions.removeIf(before -> Trees.text(before, "type").equals(type));
        conditions.add(condition);
        return conditions;
    }

    private static ObjectNode texts(Map<String, String> texts) {
        ObjectNode object = Trees.object();
        texts.forEach(object::put);
        return object;
    }
}
