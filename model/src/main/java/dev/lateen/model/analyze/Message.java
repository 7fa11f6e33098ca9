package dev.lateen.model.analyze;

import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.resource.ResourceKey;

/// What an analysis has to say about one resource.
///
/// @param resource whose message it is
public record Message(ResourceKey resource, Diagnostic diagnostic) {
    /// The resource as Istio's messages write it: `VirtualService namespace/name`.
    public String origin() {
        return resource.kind() + " " + Item.fullName(resource.namespace(), resource.name());
    }
}
