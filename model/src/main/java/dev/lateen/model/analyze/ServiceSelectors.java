package dev.lateen.model.analyze;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Which services select a pod. Found by the first label that a service asks for. Immutable after the constructor.
/// Thread: any.
final class ServiceSelectors {
    private record Key(String namespace, String label, String value) {}

    private final Map<Key, List<Item>> byFirstLabel = new HashMap<>();

    ServiceSelectors(List<Item> services) {
        for (Item service : services) {
            Map<String, String> selector = new TreeMap<>(Labels.of(service.spec(), "selector"));
            if (!selector.isEmpty()) {
                Map.Entry<String, String> first = selector.entrySet().iterator().next();
                byFirstLabel
                        .computeIfAbsent(
                                new Key(service.namespace(), first.getKey(), first.getValue()),
                                key -> new ArrayList<>())
                        .add(service);
            }
        }
    }

    /// In the order of names; a service without a selector selects nothing.
    List<Item> of(String namespace, Map<String, String> podLabels) {
        List<Item> found = new ArrayList<>();
        podLabels.forEach((label, value) -> byFirstLabel
                .getOrDefault(new Key(namespace, label, value), List.of())
                .forEach(service -> {
                    if (Labels.match(Labels.of(service.spec(), "selector"), podLabels)) {
                        found.add(service);
                    }
                }));
        found.sort(Comparator.comparing(Item::name));
        return found;
    }
}
