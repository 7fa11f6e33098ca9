package dev.lateen.model.analyze;

import dev.lateen.model.kubernetes.PodAnnotations;
import dev.lateen.model.mesh.TrafficDistribution;
import dev.lateen.model.validate.View;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Looks at annotations in Istio's name: unknown, misplaced, deprecated ones, and values that mean nothing. Thread:
/// any.
final class AnnotationChecks {
    private static final String ANY = "Any";
    private static final String INGRESS_CLASS = "kubernetes.io/ingress.class";
    private static final String INJECT = "sidecar.istio.io/inject";

    /// What the CNI agent's way of injection writes into each pod, so that nobody has wished for it.
    private static final Set<String> WRITTEN = Set.of(
            "sidecar.istio.io/interceptionMode",
            "traffic.sidecar.istio.io/includeInboundPorts",
            "traffic.sidecar.istio.io/excludeInboundPorts",
            "traffic.sidecar.istio.io/includeOutboundIPRanges");

    private static final Map<String, KnownAnnotation> KNOWN = KnownAnnotation.all();

    private AnnotationChecks() {}

    static void check(MeshContents mesh, Messages messages) {
        for (Item item : annotated(mesh)) {
            for (View.Entry annotation : annotations(item)) {
                if (isIstios(annotation.key().value())) {
                    check(item, annotation, messages);
                }
            }
        }
    }

    private static void check(Item item, View.Entry annotation, Messages messages) {
        String name = annotation.key().value();
        KnownAnnotation known = KNOWN.get(name);
        if (known == null) {
            messages.add(MessageType.UNKNOWN_ANNOTATION, item, annotation.key(), name);
            return;
        }
        boolean replaced = name.equals(INJECT) && item.labels().containsKey(INJECT);
        if (known.deprecated() && !replaced) {
            String instead = name.equals(INJECT) ? " in favor of the \"" + INJECT + "\" label" : "";
            messages.add(MessageType.DEPRECATED_ANNOTATION, item, annotation.key(), name, instead);
        }
        if (known.kinds().contains(ANY)) {
            return;
        }
        if (!known.kinds().contains(item.resource().key().kind())) {
            messages.add(
                    MessageType.MISPLACED_ANNOTATION, item, annotation.key(), name, String.join(", ", known.kinds()));
            return;
        }
        expected(name, annotation.value().value())
                .ifPresent(text -> messages.add(
                        MessageType.INVALID_ANNOTATION,
                        item,
                        annotation.value(),
                        name,
                        "'" + annotation.value().value() + "' is not " + text));
    }

    private static Optional<String> expected(String name, String value) {
        if (!name.equals(TrafficDistribution.ANNOTATION)) {
            return PodAnnotations.expected(name, value);
        }
        return TrafficDistribution.parse(value).isPresent()
                ? Optional.empty()
                : Optional.of("PreferSameZone, PreferSameNode, PreferClose or Any");
    }

    static void alpha(MeshContents mesh, Messages messages) {
        for (Item item : annotated(mesh)) {
            boolean pod = item.resource().key().kind().equals("Pod");
            boolean written = pod
                    && item.spec().objects("initContainers").stream()
                            .noneMatch(container -> container.text("name").equals("istio-init"));
            for (View.Entry annotation : annotations(item)) {
                String name = annotation.key().value();
                KnownAnnotation known = KNOWN.get(name);
                boolean own = !name.equals("sidecar.istio.io/status") && !(written && WRITTEN.contains(name));
                if (known != null && known.alpha() && own && isIstios(name)) {
                    messages.add(MessageType.ALPHA_ANNOTATION, item, annotation.key(), name);
                }
            }
        }
    }

    private static List<Item> annotated(MeshContents mesh) {
        return List.of(mesh.core("Namespace"), mesh.core("Service"), mesh.core("Pod"), mesh.deployments()).stream()
                .flatMap(List::stream)
                .toList();
    }

    /// In the order of the file.
    static List<View.Entry> annotations(Item item) {
        return item.root()
                .object("metadata")
                .map(metadata -> metadata.entries("annotations"))
                .orElse(List.of());
    }

    private static boolean isIstios(String annotation) {
        int slash = annotation.indexOf('/');
        String prefix = slash < 0 ? annotation : annotation.substring(0, slash);
        return annotation.equals(INGRESS_CLASS) || prefix.endsWith("istio.io");
    }
}
