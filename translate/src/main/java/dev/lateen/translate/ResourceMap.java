package dev.lateen.translate;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.lateen.xds.EncodedResource;
import dev.lateen.xds.ResourceType;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// Collects the resources of one type, keeping from the last time what has not changed: single resources, and the
/// whole map when it is the same.
///
/// Thread: control loop.
// Identity is the point: a part of a snapshot that is the same instance has not changed.
@SuppressWarnings("ReferenceEquality")
final class ResourceMap {
    private final ResourceType type;
    private final Map<String, EncodedResource> before;
    private final Map<String, EncodedResource> now = new LinkedHashMap<>();

    ResourceMap(ResourceType type, Map<String, EncodedResource> before) {
        this.type = type;
        this.before = before;
    }

    /// Of two resources of one name the first counts.
    boolean add(String name, Message message) {
        return add(EncodedResource.of(type, name, message));
    }

    boolean add(String name, ByteString message) {
        return add(EncodedResource.of(type, name, message));
    }

    boolean add(EncodedResource resource) {
        EncodedResource old = before.get(resource.name());
        return now.putIfAbsent(resource.name(), old != null && old.equals(resource) ? old : resource) == null;
    }

    Map<String, EncodedResource> done() {
        if (now.size() != before.size()) {
            return Collections.unmodifiableMap(now);
        }
        for (Map.Entry<String, EncodedResource> entry : now.entrySet()) {
            if (before.get(entry.getKey()) != entry.getValue()) {
                return Collections.unmodifiableMap(now);
            }
        }
        return before;
    }
}
