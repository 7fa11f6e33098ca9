package dev.lateen.model.kubernetes;

import dev.lateen.model.resource.RawResource;
import dev.lateen.model.tree.Fields;
import java.util.List;
import java.util.Map;

/// A machine of a cluster: its labels, and where it is reached from outside.
public record ClusterNode(Map<String, String> labels, List<String> externalAddresses) {
    /// One that is gone.
    public static final ClusterNode NONE = new ClusterNode(Map.of(), List.of());

    private record Address(String type, String address) {}

    public ClusterNode {
        labels = Map.copyOf(labels);
        externalAddresses = List.copyOf(externalAddresses);
    }

    public static ClusterNode of(RawResource resource) {
        List<String> external = new Fields(resource.root())
                        .object(
                                "status",
                                status -> status.objects(
                                        "addresses", one -> new Address(one.text("type", ""), one.text("address", ""))))
                        .orElse(List.of())
                        .stream()
                        .filter(one -> one.type.equals("ExternalIP") && !one.address.isEmpty())
                        .map(Address::address)
                        .toList();
        return new ClusterNode(resource.metadata().labels(), external);
    }
}
