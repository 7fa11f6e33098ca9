package dev.lateen.xds.client;

import com.google.protobuf.Any;
import dev.lateen.xds.ResourceType;
import java.util.List;
import java.util.Set;

/// One response, as far as the proxy asked for it.
///
/// @param version of the configuration as a whole
/// @param changed new and changed resources; in the state-of-the-world variant also unchanged ones
/// @param removed names that are gone, or that were asked for and do not exist
public record ResourceUpdate(ResourceType type, String version, List<Received> changed, Set<String> removed) {
    public ResourceUpdate {
        changed = List.copyOf(changed);
        removed = Set.copyOf(removed);
    }

    /// @param version of the resource; that of the whole in the state-of-the-world variant
    public record Received(String name, String version, Any resource) {}
}
