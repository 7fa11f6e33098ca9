package dev.lateen.kubernetes.cluster;

import dev.lateen.kubernetes.tree.Trees;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// Objects of one kind that are to be watched.
///
/// @param group the API group; empty for the core group
/// @param plural the name of the kind in addresses, such as `virtualservices`
/// @param namespace where they are watched; empty for all
/// @param name of the one object that is watched; empty for all
public record WatchedKind(
        String group, String version, String kind, String plural, Optional<String> namespace, Optional<String> name) {

    /// All objects of a kind.
    public static WatchedKind of(String group, String version, String kind, String plural) {
        return new WatchedKind(group, version, kind, plural, Optional.empty(), Optional.empty());
    }

    /// All objects of a kind that a definition brings, in the version that it names first.
    public static WatchedKind of(ObjectNode definition) {
        return of(
                Trees.text(definition, "spec", "group"),
                Trees.text(Trees.objects(definition, "spec", "versions").getFirst(), "name"),
                Trees.text(definition, "spec", "names", "kind"),
                Trees.text(definition, "spec", "names", "plural"));
    }

    /// One ConfigMap.
    public static WatchedKind configMap(String namespace, String name) {
        return new WatchedKind("", "v1", "ConfigMap", "configmaps", Optional.of(namespace), Optional.of(name));
    }

    /// One Secret.
    public static WatchedKind secret(String namespace, String name) {
        return new WatchedKind("", "v1", "Secret", "secrets", Optional.of(namespace), Optional.of(name));
    }

    /// As objects name it.
    public String apiVersion() {
        return group.isEmpty() ? version : group + "/" + version;
    }
}
