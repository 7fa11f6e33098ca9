package dev.lateen.model.istio;

import dev.lateen.model.resource.ResourceKey;
import dev.lateen.model.tree.Position;

/// A field that is set but has no effect, so that it can be reported instead of being ignored.
///
/// @param field path from the resource's root
public record UnsupportedFeature(ResourceKey resource, String field, Position at) {
    @Override
    public String toString() {
        return at + ": " + resource + ": " + field + " is not supported yet and has no effect";
    }
}
