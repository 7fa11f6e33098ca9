package dev.lateen.xds.server;

import dev.lateen.xds.EncodedResource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What changed between two versions of one type's resources.
///
/// @param changed new or different ones
/// @param removed names that are gone
/// @param sameNames whether both hold the same names
record ResourceDiff(List<EncodedResource> changed, List<String> removed, boolean sameNames) {
    static final ResourceDiff NONE = new ResourceDiff(List.of(), List.of(), true);

    @SuppressWarnings("ReferenceEquality") // Equal instances are the common case and cost least.
    static ResourceDiff between(Map<String, EncodedResource> from, Map<String, EncodedResource> to) {
        if (from == to) {
            return NONE;
        }
        List<EncodedResource> changed = new ArrayList<>();
        int kept = 0;
        for (Map.Entry<String, EncodedResource> entry : to.entrySet()) {
            EncodedResource before = from.get(entry.getKey());
            if (before != null) {
                kept++;
            }
            EncodedResource now = entry.getValue();
            if (before == null || (before != now && !before.equals(now))) {
                changed.add(entry.getValue());
            }
        }
        List<String> removed = new ArrayList<>();
        if (kept < from.size()) {
            for (String name : from.keySet()) {
                if (!to.containsKey(name)) {
                    removed.add(name);
                }
            }
        }
        boolean sameNames = kept == from.size() && kept == to.size();
        return changed.isEmpty() && removed.isEmpty() ? NONE : new ResourceDiff(changed, removed, sameNames);
    }
}
