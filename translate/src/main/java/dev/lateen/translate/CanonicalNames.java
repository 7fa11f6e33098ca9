package dev.lateen.translate;

import java.util.Map;

/// The names under which metrics group workloads. Source: Istio, "Canonical Service".
final class CanonicalNames {
    private CanonicalNames() {}

    static String service(Map<String, String> labels, String fallback) {
        return first(labels, fallback, "service.istio.io/canonical-name", "app.kubernetes.io/name", "app");
    }

    static String revision(Map<String, String> labels, String fallback) {
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
