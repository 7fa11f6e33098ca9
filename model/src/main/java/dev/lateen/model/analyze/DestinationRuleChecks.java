package dev.lateen.model.analyze;

import dev.lateen.model.mesh.Topology;
import dev.lateen.model.validate.View;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Looks at what DestinationRules are about: the host, the pods of each subset, and who is believed to be the server.
/// Thread: any.
final class DestinationRuleChecks {
    private static final Set<String> VERIFYING_MODES = Set.of("SIMPLE", "MUTUAL");

    private DestinationRuleChecks() {}

    static void certificates(MeshContents mesh, Messages messages) {
        for (Item rule : mesh.networking("DestinationRule")) {
            Optional<View> policy = rule.spec().object("trafficPolicy");
            unverified(rule, policy)
                    .ifPresent(tls -> messages.add(
                            MessageType.NO_CERTIFICATE_VERIFICATION,
                            rule,
                            tls.spot("mode"),
                            rule.name(),
                            rule.namespace(),
                            tls.text("mode"),
                            rule.spec().text("host")));
            policy.ifPresent(found -> found.objects("portLevelSettings")
                    .forEach(port -> unverified(rule, Optional.of(port))
                            .ifPresent(tls -> messages.add(
                                    MessageType.NO_CERTIFICATE_VERIFICATION_AT_PORT,
                                    rule,
                                    tls.spot("mode"),
                                    rule.name(),
                                    rule.namespace(),
                                    tls.text("mode"),
                                    rule.spec().text("host"),
                                    port.object("port")
                                            .map(number -> "number:" + number.number("number"))
                                            .orElse("")))));
        }
    }

    /// The TLS settings that take any server's certificate. A secret holds the authorities as well, but only rules
    /// for chosen workloads read one.
    private static Optional<View> unverified(Item rule, Optional<View> policy) {
        boolean secrets = rule.spec().has("workloadSelector");
        return policy.flatMap(found -> found.object("tls"))
                .filter(tls -> VERIFYING_MODES.contains(tls.text("mode")))
                .filter(tls -> !tls.filled("caCertificates") && !(secrets && tls.filled("credentialName")));
    }

    static void subsets(MeshContents mesh, Messages messages) {
        Map<String, Item> nodes = new HashMap<>();
        mesh.core("Node").forEach(node -> nodes.put(node.shortName(), node));
        for (Item rule : mesh.networking("DestinationRule")) {
            String host = rule.spec().text("host");
            Optional<Hosts.Host> found =
                    mesh.hosts().find(host, rule.namespace(), Hosts.texts(rule.spec(), "exportTo"));
            if (found.isEmpty()) {
                messages.add(
                        MessageType.UNKNOWN_DESTINATION_RULE_HOST,
                        rule,
                        rule.spec().spot("host"),
                        host);
                continue;
            }
            for (View subset : rule.spec().objects("subsets")) {
                if (!anyPod(mesh, nodes, found.get().selector(), Labels.of(subset, "labels"))) {
                    messages.add(MessageType.SUBSET_WITHOUT_PODS, rule, subset.spot("labels"), subset.text("name"));
                }
            }
        }
    }

    private static boolean anyPod(
            MeshContents mesh, Map<String, Item> nodes, Map<String, String> selector, Map<String, String> labels) {
        Map<String, String> own = new HashMap<>(selector);
        Map<String, String> ofNode = new HashMap<>();
        labels.forEach((label, value) -> (List.of(Topology.REGION, Topology.ZONE, Topology.SUBZONE, Topology.HOSTNAME)
                                .contains(label)
                        ? ofNode
                        : own)
                .put(label, value));
        if (ofNode.isEmpty()) {
            return !mesh.pods().selected(own).isEmpty();
        }
        return mesh.pods().selected(selector).stream().anyMatch(pod -> Labels.match(labels, withTopology(pod, nodes)));
    }

    /// A pod's labels with those that the registry adds of its node.
    private static Map<String, String> withTopology(Item pod, Map<String, Item> nodes) {
        Map<String, String> labels = new HashMap<>(pod.labels());
        String name = pod.spec().text("nodeName");
        Item node = nodes.get(name);
        if (node != null) {
            for (String label : List.of(Topology.REGION, Topology.ZONE, Topology.SUBZONE)) {
                Optional.ofNullable(node.labels().get(label)).ifPresent(value -> labels.put(label, value));
            }
            labels.put(Topology.HOSTNAME, name);
        }
        return labels;
    }
}
