package dev.lateen.model.analyze;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Finds items by their labels, and by a selector that has to fit labels, without a look at all of them. Immutable
/// after the constructor. Thread: any.
final class LabelIndex {
    private final List<Item> all;
    private final Map<String, List<Item>> byNamespace = new HashMap<>();
    private final Map<Map.Entry<String, String>, List<Item>> byLabel = new HashMap<>();

    LabelIndex(List<Item> items) {
        this.all = items;
        for (Item item : items) {
            byNamespace
                    .computeIfAbsent(item.namespace(), key -> new ArrayList<>())
                    .add(item);
            item.labels()
                    .entrySet()
                    .forEach(label -> byLabel.computeIfAbsent(
                                    Map.entry(label.getKey(), label.getValue()), key -> new ArrayList<>())
                            .add(item));
        }
    }

    List<Item> in(String namespace) {
        return byNamespace.getOrDefault(namespace, List.of());
    }

    /// Those of all namespaces that have the labels.
    List<Item> selected(Map<String, String> labels) {
        return narrowest(all, labels).stream()
                .filter(item -> Labels.match(labels, item.labels()))
                .toList();
    }

    /// Those of one namespace that have the labels.
    List<Item> selected(String namespace, Map<String, String> labels) {
        return narrowest(in(namespace), labels).stream()
                .filter(item -> item.namespace().equals(namespace) && Labels.match(labels, item.labels()))
                .toList();
    }

    private List<Item> narrowest(List<Item> start, Map<String, String> labels) {
        List<Item> narrowest = start;
        for (Map.Entry<String, String> label : labels.entrySet()) {
            List<Item> having = byLabel.getOrDefault(Map.entry(label.getKey(), label.getValue()), List.of());
            narrowest = having.size() < narrowest.size() ? having : narrowest;
        }
        return narrowest;
    }
}
