package dev.lateen.model.kubernetes;

import dev.lateen.model.resource.Metadata;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.tree.Fields;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A Kubernetes Pod.
///
/// @param namedPorts container ports by name
public record Pod(
        Metadata metadata,
        List<String> addresses,
        Map<String, Integer> namedPorts,
        String serviceAccount,
        String nodeName,
        boolean ready,
        String workloadName) {

    public static Pod of(RawResource resource) {
        Fields root = new Fields(resource.root());
        Fields none = new Fields(new dev.lateen.model.tree.Node.Mapping(Map.of(), resource.origin()));
        Fields spec = root.object("spec", f -> f).orElse(none);
        Fields status = root.object("status", f -> f).orElse(none);
        Map<String, Integer> ports = new LinkedHashMap<>();
        for (Map<String, Integer> ofContainer : spec.objects("containers", Pod::containerPorts)) {
            ports.putAll(ofContainer);
        }
        List<String> addresses = new ArrayList<>(status.objects("podIPs", ip -> ip.text("ip", "")));
        if (addresses.isEmpty()) {
            status.text("podIP").filter(ip -> !ip.isEmpty()).ifPresent(addresses::add);
        }
        return new Pod(
                resource.metadata(),
                List.copyOf(addresses),
                Map.copyOf(ports),
                spec.text("serviceAccountName").orElseGet(() -> spec.text("serviceAccount", "default")),
                spec.text("nodeName", ""),
                isReady(status),
                workloadName(root, resource.metadata().name()));
    }

    static Map<String, Integer> containerPorts(Fields container) {
        Map<String, Integer> ports = new LinkedHashMap<>();
        for (Fields port : container.objects("ports", p -> p)) {
            port.text("name")
                    .ifPresent(name ->
                            ports.put(name, port.integer("containerPort").orElse(0)));
        }
        return ports;
    }

    private static boolean isReady(Fields status) {
        List<Fields> conditions = status.objects("conditions", c -> c);
        for (Fields condition : conditions) {
            if (condition.text("type", "").equals("Ready")) {
                return condition.text("status", "").equals("True");
            }
        }
        return conditions.isEmpty();
    }

    /// The Deployment's name where a ReplicaSet's hash follows it.
    private static String workloadName(Fields root, String fallback) {
        for (Fields owner : root.object("metadata", m -> m.objects("ownerReferences", o -> o))
                .orElse(List.of())) {
            String name = owner.text("name", fallback);
            int dash = name.lastIndexOf('-');
            return owner.text("kind", "").equals("ReplicaSet") && dash > 0 ? name.substring(0, dash) : name;
        }
        return fallback;
    }
}
