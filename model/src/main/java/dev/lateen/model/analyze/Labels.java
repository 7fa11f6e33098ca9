package dev.lateen.model.analyze;

import dev.lateen.model.validate.Spot;
import dev.lateen.model.validate.View;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Labels and what selects them. Thread: any.
final class Labels {
    private Labels() {}

    static Map<String, String> of(View holder, String field) {
        Map<String, String> labels = new LinkedHashMap<>();
        holder.entries(field)
                .forEach(entry -> labels.put(entry.key().value(), entry.value().value()));
        return labels;
    }

    static Map<String, String> of(Optional<View> holder, String field) {
        return holder.map(found -> of(found, field)).orElse(Map.of());
    }

    /// As Kubernetes writes a selector: `a=b,c=d`, in the order of names.
    static String text(Map<String, String> labels) {
        return new TreeMap<>(labels)
                .entrySet().stream()
                        .map(entry -> entry.getKey() + "=" + entry.getValue())
                        .collect(Collectors.joining(","));
    }

    static boolean match(Map<String, String> selector, Map<String, String> labels) {
        return labels.entrySet().containsAll(selector.entrySet());
    }

    /// Where the first label of a selector stands, or the selector where it has none.
    static Spot spot(View holder, String field) {
        return holder.entries(field).stream().findFirst().map(View.Entry::value).orElse(holder.spot(field));
    }

    /// A `LabelSelector` with `matchLabels` and `matchExpressions`; an absent one selects everything.
    static boolean selects(Optional<View> selector, Map<String, String> labels) {
        return selector.isEmpty()
                || (match(of(selector, "matchLabels"), labels)
                        && selector.get().objects("matchExpressions").stream()
                                .allMatch(expression -> holds(expression, labels)));
    }

    private static boolean holds(View expression, Map<String, String> labels) {
        String value = labels.get(expression.text("key"));
        List<String> values =
                expression.items("values").stream().map(Spot::value).toList();
        return switch (expression.text("operator")) {
            case "In" -> value != null && values.contains(value);
            case "NotIn" -> value == null || !values.contains(value);
            case "Exists" -> value != null;
            case "DoesNotExist" -> value == null;
            default -> false;
        };
    }
}
