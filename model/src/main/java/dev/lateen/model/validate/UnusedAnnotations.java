package dev.lateen.model.validate;

import dev.lateen.model.resource.RawResource;
import java.util.Optional;
import java.util.Set;

/// Annotations of pods that only Envoy is told of. Thread: any. Source: Istio, "Resource Annotations".
final class UnusedAnnotations {
    private static final String DATA_PLANE = "lateen.dev/data-plane";
    private static final Set<String> STATISTICS = Set.of(
            "sidecar.istio.io/extraStatTags",
            "sidecar.istio.io/statsHistogramBuckets",
            "sidecar.istio.io/statsInclusionPrefixes",
            "sidecar.istio.io/statsInclusionRegexps",
            "sidecar.istio.io/statsInclusionSuffixes");

    private UnusedAnnotations() {}

    static void check(RawResource resource, View spec) {
        Optional<View> metadata = resource.key().kind().equals("Pod")
                ? new View(resource.root(), "", spec.report()).object("metadata")
                : spec.object("template").flatMap(template -> template.object("metadata"));
        metadata.ifPresent(UnusedAnnotations::check);
    }

    private static void check(View metadata) {
        boolean envoy = metadata.object("annotations")
                .filter(annotations -> annotations.text(DATA_PLANE).equals("envoy"))
                .isPresent();
        for (View.Entry annotation : metadata.entries("annotations")) {
            if (!envoy && STATISTICS.contains(annotation.key().value())) {
                metadata.report()
                        .warning(
                                annotation.key(),
                                "no-effect",
                                "only Envoy is told of it; the mesh's own proxy has no such statistics",
                                "its metrics are at /stats/prometheus");
            }
        }
    }
}
