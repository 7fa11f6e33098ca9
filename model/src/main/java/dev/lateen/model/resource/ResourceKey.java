package dev.lateen.model.resource;

/// What names a resource in a mesh. Versions of one kind (`v1`, `v1beta1`) share a key.
///
/// @param group the API group, empty for Kubernetes' core group
/// @param namespace empty for cluster-scoped kinds
public record ResourceKey(String group, String kind, String namespace, String name) {
    @Override
    public String toString() {
        return kind + " " + (namespace.isEmpty() ? name : namespace + "/" + name);
    }
}
