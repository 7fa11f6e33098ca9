package dev.lateen.proxy.admin;

import com.google.protobuf.Any;
import dev.lateen.proxy.admin.AdminBackend.Accepted;
import dev.lateen.xds.ResourceType;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The resources in force in their wire form, for config dumps.
///
/// Thread: chores loop.
public final class AcceptedResources {
    private final Map<ResourceType, Map<String, Accepted>> byType = new EnumMap<>(ResourceType.class);
    private final InstantSource clock;

    public AcceptedResources(InstantSource clock) {
        this.clock = clock;
    }

    /// @param fixed it came from the bootstrap
    public void put(ResourceType type, String name, String version, Any resource, boolean fixed) {
        byType.computeIfAbsent(type, _ -> new TreeMap<>())
                .put(name, new Accepted(name, version, resource, clock.instant(), fixed));
    }

    public void remove(ResourceType type, String name) {
        Map<String, Accepted> known = byType.get(type);
        if (known != null) {
            known.remove(name);
        }
    }

    public List<Accepted> of(ResourceType type) {
        return List.copyOf(byType.getOrDefault(type, Map.of()).values());
    }
}
