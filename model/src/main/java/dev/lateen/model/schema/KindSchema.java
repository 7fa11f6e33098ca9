package dev.lateen.model.schema;

import java.util.List;

/// One kind of resource or settings.
///
/// @param group the API group; empty for Kubernetes' core group and for settings
/// @param versions the versions it is served in, newest first; empty for settings, which have no `apiVersion`
/// @param root all fields of a document of this kind
/// @param lenient whether fields that the schema does not know may stand in a document
public record KindSchema(
        String kind,
        String group,
        List<String> versions,
        List<String> shortNames,
        boolean clusterScoped,
        boolean lenient,
        ObjectSchema root,
        String doc) {
    public KindSchema {
        versions = List.copyOf(versions);
        shortNames = List.copyOf(shortNames);
    }

    /// Whether this is a resource, rather than settings such as `MeshConfig`.
    public boolean isResource() {
        return !versions.isEmpty();
    }
}
