package dev.lateen.model.istio;

import java.util.List;
import java.util.Map;

/// Chooses by labels: all conditions must hold, none chooses everything. Source: Kubernetes `LabelSelector`.
///
/// Thread: any (immutable).
public record LabelSelector(Map<String, String> labels, List<Expression> expressions) {
    public LabelSelector {
        labels = Map.copyOf(labels);
        expressions = List.copyOf(expressions);
    }

    /// @param operator `In`, `NotIn`, `Exists` or `DoesNotExist`; any other holds for nothing
    public record Expression(String key, String operator, List<String> values) {
        static Expression of(Reader in) {
            return new Expression(in.text("key", ""), in.text("operator", ""), in.texts("values"));
        }

        private boolean holds(Map<String, String> actual) {
            return switch (operator) {
                case "In" -> actual.containsKey(key) && values.contains(actual.get(key));
                case "NotIn" -> !actual.containsKey(key) || !values.contains(actual.get(key));
                case "Exists" -> actual.containsKey(key);
                case "DoesNotExist" -> !actual.containsKey(key);
                default -> false;
            };
        }
    }

    public static LabelSelector of(Reader in) {
        return new LabelSelector(in.textMap("matchLabels"), in.objects("matchExpressions", Expression::of));
    }

    public boolean matches(Map<String, String> actual) {
        return actual.entrySet().containsAll(labels.entrySet())
                && expressions.stream().allMatch(one -> one.holds(actual));
    }
}
