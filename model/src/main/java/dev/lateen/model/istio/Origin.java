package dev.lateen.model.istio;

import dev.lateen.model.resource.ResourceKey;
import dev.lateen.model.tree.Position;

/// Which field of which resource an object was read from.
///
/// @param field path from the resource's root, such as `spec.http[0]`
public record Origin(ResourceKey resource, String apiVersion, Position at, String field) {
    /// Of what no resource describes.
    public static final Origin NONE = new Origin(new ResourceKey("", "", "", ""), "", Position.UNKNOWN, "");
}
