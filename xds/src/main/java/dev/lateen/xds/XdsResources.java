package dev.lateen.xds;

import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Everything that one proxy may subscribe to, by type and name. Maps of types that a change did not touch are shared
/// between versions by identity, which is how a server tells cheaply that there is nothing to send.
///
/// Thread: any (immutable).
public final class XdsResources {
    public static final XdsResources EMPTY = new XdsResources(new EnumMap<>(ResourceType.class));

    private final Map<ResourceType, Map<String, EncodedResource>> byType;

    private XdsResources(Map<ResourceType, Map<String, EncodedResource>> byType) {
        this.byType = byType;
    }

    /// All resources of a type, by name; the same instance as before when nothing of that type changed.
    public Map<String, EncodedResource> ofType(ResourceType type) {
        return byType.getOrDefault(type, Map.of());
    }

    public Optional<EncodedResource> get(ResourceType type, String name) {
        return Optional.ofNullable(ofType(type).get(name));
    }

    /// A version in which one type's resources are replaced.
    public XdsResources with(ResourceType type, Iterable<EncodedResource> resources) {
        Map<String, EncodedResource> byName = new LinkedHashMap<>();
        for (EncodedResource resource : resources) {
            byName.put(resource.name(), resource);
        }
        return withMap(type, Collections.unmodifiableMap(byName));
    }

    /// As `with`, keeping the instance of a map that is known not to change any more.
    public XdsResources withMap(ResourceType type, Map<String, EncodedResource> byName) {
        Map<ResourceType, Map<String, EncodedResource>> types = new EnumMap<>(ResourceType.class);
        types.putAll(byType);
        types.put(type, byName);
        return new XdsResources(types);
    }
}
