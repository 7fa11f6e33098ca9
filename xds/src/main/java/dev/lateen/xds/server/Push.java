package dev.lateen.xds.server;

import dev.lateen.xds.EncodedResource;
import dev.lateen.xds.ResourceType;
import java.util.List;

/// One response of either variant, before it becomes a message.
///
/// @param version names the configuration as a whole, not its content
/// @param nonce what the proxy will answer with; unique in its stream
/// @param removed names that are gone or never were; always empty in the state-of-the-world variant, which has no
///     place for it
public record Push(
        ResourceType type, String version, String nonce, List<EncodedResource> resources, List<String> removed) {}
