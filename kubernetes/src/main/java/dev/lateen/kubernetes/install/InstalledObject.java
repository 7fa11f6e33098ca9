package dev.lateen.kubernetes.install;

import dev.lateen.kubernetes.tree.Trees;
import tools.jackson.databind.JsonNode;

/// Which object of a cluster is meant. Thread: any.
///
/// @param namespace empty for none
record InstalledObject(String apiVersion, String kind, String namespace, String name) {
    static InstalledObject of(JsonNode object) {
        return new InstalledObject(
                Trees.text(object, "apiVersion"),
                Trees.text(object, "kind"),
                Trees.text(object, "metadata", "namespace"),
                Trees.text(object, "metadata", "name"));
    }

    /// As people read it: `Deployment istio-system/istiod`.
    static String title(JsonNode object) {
        return of(object).toString();
    }

    @Override
    public String toString() {
        return kind + " " + (namespace.isEmpty() ? "" : namespace + "/") + name;
    }
}
