package dev.lateen.model.resource;

/// What names a resource in a mesh. Versions of one kind (`v1`, `v1beta1`) share a key.
///
/// @param group the API group, empty for Kubernetes' core group
/// @param namespace empty for cluster-scoped kinds
public record ResourceKey(String group, String kind, String namespace, String name) {
    // Written out, since what stands behind a record's own methods is dozens of calls for C1.
    @Override
    public boolean equals(Object other) {
        return other instanceof ResourceKey that
                && name.equals(that.name)
                && namespace.equals(that.namespace)
                && kind.equals(that.kind)
                && group.equals(that.group);
    }

    @Override
    public int hashCode() {
        return ((name.hashCode() * 31 + namespace.hashCode()) * 31 + kind.hashCode()) * 31 + group.hashCode();
    }

    @Override
    public String toString() {
        return kind + " " + (namespace.isEmpty() ? name : namespace + "/" + name);
    }
}
