package dev.lateen.control.status;

import dev.lateen.model.resource.RawResource;
import dev.lateen.model.resource.ResourceKey;
import dev.lateen.model.tree.Position;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Finds the resource that stands at a place of a file.
///
/// Thread: any (immutable).
final class ResourceLines {
    private final Map<String, TreeMap<Integer, ResourceKey>> starts = new HashMap<>();

    ResourceLines(Collection<RawResource> resources) {
        for (RawResource resource : resources) {
            starts.computeIfAbsent(resource.origin().file(), _ -> new TreeMap<>())
                    .put(resource.origin().line(), resource.key());
        }
    }

    /// Whether that resource stands where it stood.
    boolean holds(RawResource resource) {
        TreeMap<Integer, ResourceKey> ofFile = starts.get(resource.origin().file());
        return ofFile != null
                && resource.key().equals(ofFile.get(resource.origin().line()));
    }

    Optional<ResourceKey> at(Position place) {
        TreeMap<Integer, ResourceKey> ofFile = starts.get(place.file());
        Map.Entry<Integer, ResourceKey> start = ofFile == null ? null : ofFile.floorEntry(place.line());
        return Optional.ofNullable(start).map(Map.Entry::getValue);
    }
}
