package dev.lateen.model.mesh;

import dev.lateen.model.resource.Metadata;
import java.util.Map;
import java.util.Optional;

/// What a namespace says for all of its services.
record NamespaceFacts(Map<String, String> labels, Optional<TrafficDistribution> distribution) {
    static final NamespaceFacts NONE = new NamespaceFacts(Map.of(), Optional.empty());

    static NamespaceFacts of(Metadata metadata) {
        return new NamespaceFacts(metadata.labels(), TrafficDistribution.of(metadata.annotations()));
    }

    /// Of a service that does not say itself what its clients prefer.
    MeshService over(MeshService service) {
        return service.distribution().isPresent()
                ? service
                : distribution.map(service::preferring).orElse(service);
    }
}
