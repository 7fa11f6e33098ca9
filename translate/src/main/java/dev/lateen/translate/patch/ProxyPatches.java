package dev.lateen.translate.patch;

import dev.lateen.model.istio.EnvoyFilter.Context;
import dev.lateen.model.istio.EnvoyFilter.Part;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// The patches of one context of a proxy, by what they are applied to, in the order in which they are applied. Keeps
/// note of those that have had an effect.
///
/// Thread: control loop.
final class ProxyPatches {
    private final Map<Part, List<CompiledPatch>> byPart = new EnumMap<>(Part.class);
    private final PatchNotes notes;

    ProxyPatches(List<CompiledPatch> ofProxy, Context context, PatchNotes notes) {
        this.notes = notes;
        for (Part part : Part.values()) {
            List<CompiledPatch> found = ofProxy.stream()
                    .filter(p -> p.patch().part() == part)
                    .filter(p -> p.match().context() == Context.ANY || p.match().context() == context)
                    .toList();
            if (!found.isEmpty()) {
                byPart.put(part, found);
            }
        }
    }

    List<CompiledPatch> of(Part part) {
        return byPart.getOrDefault(part, List.of());
    }

    boolean any(Part... parts) {
        for (Part part : parts) {
            if (byPart.containsKey(part)) {
                return true;
            }
        }
        return false;
    }

    PatchNotes notes() {
        return notes;
    }
}
