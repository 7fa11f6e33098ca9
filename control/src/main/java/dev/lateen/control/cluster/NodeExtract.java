package dev.lateen.control.cluster;

import dev.lateen.kubernetes.tree.Trees;
import tools.jackson.databind.node.ObjectNode;

/// What the mesh needs of a machine: its name, its labels, which say where it stands, and where it is reached. How it
/// is, which the kubelet writes every few minutes, is no news.
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
                        "name", Trees.text(node, "metadata", "name"), "labels", Trees.into(node, "metadata", "labels")),
                "status",
                Trees.object("addresses", Trees.array(Trees.objects(node, "status", "addresses"))));
    }
}
