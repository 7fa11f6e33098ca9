package dev.lateen.xds.server;

import dev.lateen.xds.EncodedResource;
import java.util.LinkedHashMap;
import java.util.Map;

/// Shares differences between streams: proxies that see the same move from the same map to the same map, so each
/// difference is computed once however many streams need it.
///
/// Limits: the 64 latest are kept.
///
/// Thread: ads loop.
final class DiffCache {
    private static final int CAPACITY = 64;

    private final Map<Step, ResourceDiff> known = new LinkedHashMap<>();

    @SuppressWarnings("ReferenceEquality") // The same instance is the common case.
    ResourceDiff between(Map<String, EncodedResource> from, Map<String, EncodedResource> to) {
        if (from == to) {
            return ResourceDiff.NONE;
        }
        Step step = new Step(from, to);
        ResourceDiff diff = known.get(step);
        if (diff == null) {
            diff = ResourceDiff.between(from, to);
            known.put(step, diff);
            if (known.size() > CAPACITY) {
                known.remove(known.keySet().iterator().next());
            }
        }
        return diff;
    }

    /// Compares by identity: comparing the maps' content is what this class saves.
    private static final class Step {
        private final Map<String, EncodedResource> from;
        private final Map<String, EncodedResource> to;

        Step(Map<String, EncodedResource> from, Map<String, EncodedResource> to) {
            this.from = from;
            this.to = to;
        }

        @Override
        @SuppressWarnings("ReferenceEquality")
        public boolean equals(Object other) {
            return other instanceof Step that && from == that.from && to == that.to;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(from) * 31 + System.identityHashCode(to);
        }
    }
}
