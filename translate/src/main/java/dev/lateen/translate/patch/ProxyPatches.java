package dev.lateen.translate.patch;

import com.google.protobuf.Message;
import dev.lateen.model.istio.EnvoyFilter.Context;
import dev.lateen.model.istio.EnvoyFilter.Operation;
import dev.lateen.model.istio.EnvoyFilter.Part;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Predicate;

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

    /// What a message becomes by the patches of a part that are meant for it; empty where one removes it.
    ///
    /// @param merged takes a patch's value in
    <M extends Message> Optional<M> changed(
            Part part, M message, Predicate<CompiledPatch> meant, BiFunction<CompiledPatch, M, M> merged) {
        M now = message;
        for (CompiledPatch patch : of(part)) {
            boolean removes = patch.operation() == Operation.REMOVE;
            if ((!removes && !patch.merges()) || !meant.test(patch)) {
                continue;
            }
            notes.applied(patch);
            if (removes) {
                return Optional.empty();
            }
            now = merged.apply(patch, now);
        }
        return Optional.of(now);
    }

    /// The messages that patches of a part add.
    <M extends Message> List<M> added(Part part, Class<M> type, Predicate<CompiledPatch> meant) {
        List<M> added = new ArrayList<>();
        for (CompiledPatch patch : of(part)) {
            if (patch.operation() == Operation.ADD && meant.test(patch)) {
                notes.applied(patch);
                added.add(patch.value(type));
            }
        }
        return added;
    }

    PatchNotes notes() {
        return notes;
    }
}
