package dev.lateen.proxy.xds;

import com.google.protobuf.Any;
import dev.lateen.xds.ResourceType;
import java.util.Collection;
import java.util.List;

/// What one response of the control plane changes.
///
/// @param changed new resources and new versions of known ones
/// @param removed names that are gone
public record ResourceUpdate(ResourceType type, List<Named> changed, Collection<String> removed) {
    public ResourceUpdate {
        changed = List.copyOf(changed);
        removed = List.copyOf(removed);
    }

    /// @param version of the resource, or of the response that brought it
    public record Named(String name, String version, Any resource) {}
}
