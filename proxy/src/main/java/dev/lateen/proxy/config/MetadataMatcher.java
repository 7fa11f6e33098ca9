package dev.lateen.proxy.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A test of the metadata at one place.
///
/// Source: envoy.type.matcher.v3.MetadataMatcher. Thread: any (immutable).
///
/// @param namespace of the metadata: the name of the filter that wrote it
public record MetadataMatcher(String namespace, List<String> path, ValueMatcher value, boolean invert) {
    public MetadataMatcher {
        path = List.copyOf(path);
    }

    /// @param found what is at this place, or null
    public boolean matches(@Nullable Object found) {
        return value.matches(found) != invert;
    }
}
