package dev.lateen.translate.patch;

import com.google.protobuf.Message;
import dev.lateen.model.istio.EnvoyFilter.Operation;
import dev.lateen.translate.message.MessageMerge;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Applies patches to an ordered list: of filters, virtual hosts or routes. First each item is changed or removed,
/// then items are added.
///
/// @param type of the items
/// @param matches whether a patch is meant for an item
/// @param choosy whether a patch says which items it is meant for: one that does not is meant for all, or, if it
///     inserts, for an end of the list
/// @param inner patches what stands below an item
/// @param place where an item that is added goes
record ListPatches<T extends Message>(
        Class<T> type,
        BiPredicate<CompiledPatch, T> matches,
        Predicate<CompiledPatch> choosy,
        UnaryOperator<T> inner,
        Place<T> place) {

    interface Place<T> {
        int of(CompiledPatch patch, List<T> items);
    }

    /// @param patches those that are meant for this very list
    List<T> apply(List<T> items, List<CompiledPatch> patches, MessageMerge merge, PatchNotes notes) {
        List<T> result = new ArrayList<>(items.size());
        for (T item : items) {
            T now = changed(item, patches, merge, notes);
            if (now != null) {
                result.add(inner.apply(now));
            }
        }
        for (CompiledPatch patch : patches) {
            switch (patch.operation()) {
                case ADD -> insert(result, place.of(patch, result), patch, notes);
                case INSERT_FIRST -> insert(result, 0, patch, notes);
                case INSERT_BEFORE -> insert(result, choosy.test(patch) ? first(result, patch) : 0, patch, notes);
                case INSERT_AFTER ->
                    insert(result, choosy.test(patch) ? after(result, patch) : result.size(), patch, notes);
                case REPLACE -> replace(result, patch, notes);
                case MERGE, MERGE_AND_REPLACE_LIST, REMOVE -> {}
            }
        }
        return result;
    }

    /// Null where it is removed.
    private @Nullable T changed(T item, List<CompiledPatch> patches, MessageMerge merge, PatchNotes notes) {
        T now = item;
        for (CompiledPatch patch : patches) {
            if (patch.operation() == Operation.REMOVE) {
                if (matches.test(patch, now)) {
                    notes.applied(patch);
                    return null;
                }
            } else if (patch.merges() && matches.test(patch, now)) {
                notes.applied(patch);
                now = patch.mergedInto(now, merge);
            }
        }
        return now;
    }

    private void insert(List<T> items, int at, CompiledPatch patch, PatchNotes notes) {
        if (at >= 0) {
            notes.applied(patch);
            items.add(at, patch.value(type));
        }
    }

    private int first(List<T> items, CompiledPatch patch) {
        for (int i = 0; i < items.size(); i++) {
            if (matches.test(patch, items.get(i))) {
                return i;
            }
        }
        return -1;
    }

    private int after(List<T> items, CompiledPatch patch) {
        int first = first(items, patch);
        return first < 0 ? -1 : first + 1;
    }

    private void replace(List<T> items, CompiledPatch patch, PatchNotes notes) {
        if (!choosy.test(patch)) {
            notes.problem(patch, "REPLACE does not say what it replaces", "name it in match");
            return;
        }
        int at = first(items, patch);
        if (at >= 0) {
            notes.applied(patch);
            items.set(at, patch.value(type));
        }
    }
}
