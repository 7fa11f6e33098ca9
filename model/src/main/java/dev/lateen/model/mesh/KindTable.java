package dev.lateen.model.mesh;

import dev.lateen.model.istio.Bound;
import dev.lateen.model.istio.UnsupportedFeature;
import dev.lateen.model.resource.Metadata;
import dev.lateen.model.resource.ResourceKey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// The resources of one kind. `sorted` is the same instance until something changes.
///
/// Thread: control loop.
final class KindTable<T> {
    private final Map<ResourceKey, Bound<T>> byKey = new HashMap<>();
    private final Comparator<T> eldestFirst;
    private List<T> sorted = List.of();
    private boolean stale;

    KindTable(Function<T, Metadata> metadata) {
        this.eldestFirst = Comparator.comparing(metadata, Metadata.ELDEST_FIRST);
    }

    void put(ResourceKey key, Bound<T> bound) {
        Bound<T> before = byKey.put(key, bound);
        stale |= before == null || !before.equals(bound);
    }

    void remove(ResourceKey key) {
        stale |= byKey.remove(key) != null;
    }

    List<T> sorted() {
        if (stale) {
            List<T> all = new ArrayList<>(byKey.size());
            byKey.values().forEach(bound -> all.add(bound.value()));
            all.sort(eldestFirst);
            sorted = List.copyOf(all);
            stale = false;
        }
        return sorted;
    }

    void collectUnsupported(List<UnsupportedFeature> into) {
        byKey.values().forEach(bound -> into.addAll(bound.unsupported()));
    }
}
