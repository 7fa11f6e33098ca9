package dev.lateen.model.resource;

import dev.lateen.model.tree.Node;
import dev.lateen.model.tree.Position;

/// A resource as it was read: its identity is known, its content is not yet checked.
///
/// @param apiVersion as written, such as `networking.istio.io/v1beta1`
/// @param root the whole document
/// @param origin where the document starts
public record RawResource(String apiVersion, ResourceKey key, Metadata metadata, Node.Mapping root, Position origin) {}
