package dev.lateen.proxy.route;

import dev.lateen.proxy.config.Place;
import dev.lateen.proxy.config.TypedConfig;

/// Decodes what a route says to a filter; given in by whoever knows the filters.
@FunctionalInterface
public interface FilterOverrideDecoder {
    /// Throws a `Refusal` on what it does not know.
    Object decode(TypedConfig config, Place at);
}
