package dev.lateen.translate;

import dev.lateen.model.istio.Telemetry;
import dev.lateen.model.mesh.NodeMetadata.DataPlane;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What `Telemetry` resources say of the metrics that Prometheus collects: the last entry that names providers chooses
/// them; an entry without providers is about those of the entry before it, the first about the mesh's own. Of entries
/// about Prometheus, what a later one says counts, and what it leaves out stays as an earlier one said.
///
/// Whoever switches off all metrics switches off the filter, until a later entry says anything of a metric: then all
/// are
/// on that are not switched off by name.
///
/// Source: Istio, Telemetry `metrics`.
///
/// @param isChosen whether any metric goes to Prometheus
/// @param counts whether anything is counted for it
/// @param changes by metric, in the API's words or as custom ones
/// @param reportingInterval of TCP connections
record MetricRules(
        boolean isChosen, boolean counts, Map<String, Change> changes, Optional<Duration> reportingInterval) {
    static final String ALL = "ALL_METRICS";
    private static final String PROVIDER = "prometheus";

    /// What changes about one metric.
    ///
    /// @param disabled empty: nobody has said it
    record Change(Optional<Boolean> disabled, Map<String, Telemetry.TagOverride> tags) {
        private static final Change NONE = new Change(Optional.empty(), Map.of());

        Change {
            tags = new TreeMap<>(tags);
        }

        private Change then(Optional<Boolean> later, Map<String, Telemetry.TagOverride> more) {
            Map<String, Telemetry.TagOverride> both = new TreeMap<>(tags);
            both.putAll(more);
            return new Change(later.or(() -> disabled), both);
        }

        boolean drops() {
            return disabled.orElse(false);
        }
    }

    static MetricRules of(Scene scene, Side side, Collection<String> metrics) {
        List<Telemetry.Metrics> entries = TelemetryRules.applying(scene).stream()
                .flatMap(telemetry -> telemetry.metrics().stream())
                .toList();
        return of(entries, defaults(scene), side, metrics);
    }

    /// Our own proxy counts for Prometheus where nobody says what counts.
    private static List<String> defaults(Scene scene) {
        List<String> providers = scene.mesh().defaultProviders().getOrDefault("metrics", List.of());
        return providers.isEmpty() && scene.dataPlane() == DataPlane.LATEEN ? List.of(PROVIDER) : providers;
    }

    /// @param entries the widest first
    /// @param metrics all that `ALL_METRICS` stands for
    static MetricRules of(
            List<Telemetry.Metrics> entries, List<String> defaults, Side side, Collection<String> metrics) {
        List<String> chosen = defaults;
        for (Telemetry.Metrics entry : entries) {
            chosen = entry.providers().isEmpty() ? chosen : entry.providers();
        }
        if (!chosen.contains(PROVIDER)) {
            return new MetricRules(false, false, Map.of(), Optional.empty());
        }
        Merge merge = new Merge(side, metrics);
        List<String> before = defaults;
        for (Telemetry.Metrics entry : entries) {
            before = entry.providers().isEmpty() ? before : entry.providers();
            if (before.contains(PROVIDER)) {
                merge.add(entry);
            }
        }
        return new MetricRules(true, !merge.off, merge.changes, merge.reportingInterval);
    }

    private static final class Merge {
        private final Side side;
        private final Collection<String> metrics;
        private final Map<String, Change> changes = new TreeMap<>();
        private Optional<Duration> reportingInterval = Optional.empty();
        private boolean off;

        private Merge(Side side, Collection<String> metrics) {
            this.side = side;
            this.metrics = metrics;
        }

        private void add(Telemetry.Metrics entry) {
            reportingInterval = entry.reportingInterval().or(() -> reportingInterval);
            Map<String, Telemetry.TagOverride> everywhere = new TreeMap<>();
            entry.dimensions()
                    .forEach((name, value) -> everywhere.put(name, new Telemetry.TagOverride("UPSERT", value)));
            entry.removedTags().forEach(name -> everywhere.put(name, new Telemetry.TagOverride("REMOVE", "")));
            if (!everywhere.isEmpty()) {
                metrics.forEach(name -> change(name, Optional.empty(), everywhere));
            }
            entry.overrides().stream()
                    .filter(override -> side.isMeantBy(override.mode()))
                    .forEach(this::add);
        }

        private void add(Telemetry.MetricOverride override) {
            boolean all = override.metric().equals(ALL);
            if (all && override.disabled().orElse(false)) {
                off = true;
                return;
            }
            off = false;
            List<String> names = new ArrayList<>(all ? metrics : List.of(override.metric()));
            names.forEach(name -> change(name, override.disabled(), override.tagOverrides()));
        }

        private void change(String name, Optional<Boolean> disabled, Map<String, Telemetry.TagOverride> tags) {
            changes.put(name, changes.getOrDefault(name, Change.NONE).then(disabled, tags));
        }
    }
}
