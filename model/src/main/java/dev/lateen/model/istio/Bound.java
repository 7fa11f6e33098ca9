package dev.lateen.model.istio;

import java.util.List;

/// What a binder made of a tree, with the fields that have no effect.
public record Bound<T>(T value, List<UnsupportedFeature> unsupported) {
    public Bound {
        unsupported = List.copyOf(unsupported);
    }
}
