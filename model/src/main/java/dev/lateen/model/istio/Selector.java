package dev.lateen.model.istio;

import java.util.Map;

/// Chooses workloads by labels; an empty selector chooses all.
public record Selector(Map<String, String> labels) {
    public static final Selector ALL = new Selector(Map.of());

    public Selector {
        labels = Map.copyOf(labels);
    }

    /// Reads `matchLabels`.
    public static Selector matchLabels(Reader in) {
        return new Selector(in.textMap("matchLabels"));
    }

    /// Reads `labels`.
    static Selector labels(Reader in) {
        return new Selector(in.textMap("labels"));
    }

    public boolean isEmpty() {
        return labels.isEmpty();
    }

    public boolean matches(Map<String, String> workload) {
        for (Map.Entry<String, String> wanted : labels.entrySet()) {
            if (!wanted.getValue().equals(workload.get(wanted.getKey()))) {
                return false;
            }
        }
        return true;
    }
}
