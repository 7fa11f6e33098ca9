package dev.lateen.translate;

import dev.lateen.model.istio.Telemetry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Which `Telemetry` resources hold for a proxy: of the mesh, of its namespace, of the workload, each the eldest.
final class TelemetryRules {
    private TelemetryRules() {}

    /// The widest first; what comes later overrides.
    static List<Telemetry> applying(Scene scene) {
        String root = scene.mesh().identity().rootNamespace();
        String namespace = scene.node().namespace();
        List<Telemetry> found = new ArrayList<>();
        find(scene, root, false).ifPresent(found::add);
        if (!namespace.equals(root)) {
            find(scene, namespace, false).ifPresent(found::add);
        }
        find(scene, namespace, true).ifPresent(found::add);
        return found;
    }

    private static Optional<Telemetry> find(Scene scene, String namespace, boolean selecting) {
        for (Telemetry telemetry : scene.snapshot().telemetries()) {
            if (telemetry.metadata().namespace().equals(namespace)
                    && isSelecting(telemetry) == selecting
                    && Attachment.applies(scene, namespace, telemetry.selector(), telemetry.targetRefs())) {
                return Optional.of(telemetry);
            }
        }
        return Optional.empty();
    }

    private static boolean isSelecting(Telemetry telemetry) {
        return !telemetry.selector().isEmpty() || !telemetry.targetRefs().isEmpty();
    }
}
