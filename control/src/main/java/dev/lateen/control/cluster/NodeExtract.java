package dev.lateen.control.cluster;

import dev.lateen.kubernetes.tree.Trees;
import tools.jackson.databind.node.ObjectNode;

/// What the mesh needs of a machine: its name and labels, which say where it stands. The kubelet writes how it is every
/// few minutes, which is no news.
final class NodeExtract {
    private NodeExtract() {}

    static ObjectNode of(ObjectNode node) {
        return Trees.object(
                "apiVersion",
                "v1",
                "kind",
                "Node",
                "metadata",
                Trees.object(
                        "name",
                        Trees.text(node, "metadata", "name"),
                        "labels",
                        Trees.into(node, "metadata", "labels")));
    }
}
