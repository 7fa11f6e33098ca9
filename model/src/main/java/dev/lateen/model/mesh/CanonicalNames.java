package dev.lateen.model.mesh;

import java.util.Map;

/// The names under which metrics group workloads, by their labels. Source: Istio, "Canonical Service".
///
/// Thread: any.
public final class CanonicalNames {
    private CanonicalNames() {}

    public static String service(Map<String, String> labels, String fallback) {
        return first(labels, fallback, "service.istio.io/canonical-name", "app.kubernetes.io/name", "app");
    }

    public static String revision(Map<String, String> labels, String fallback) {
        return first(labels, fallback, "service.istio.io/canonical-revision", "app.kubernetes.io/version", "version");
    }

    private static String first(Map<String, String> labels, String fallback, String... names) {
        for (String name : names) {
            String value = labels.getOrDefault(name, "");
            if (!value.isEmpty()) {
                return value;
            }
        }
        return fallback;
    }
}
