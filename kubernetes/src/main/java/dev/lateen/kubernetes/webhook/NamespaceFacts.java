package dev.lateen.kubernetes.webhook;

import java.util.Map;

/// What injection needs of a namespace.
public record NamespaceFacts(Map<String, String> labels, Map<String, String> annotations) {
    public static final NamespaceFacts NONE = new NamespaceFacts(Map.of(), Map.of());

    public NamespaceFacts {
        labels = Map.copyOf(labels);
        annotations = Map.copyOf(annotations);
    }
}
