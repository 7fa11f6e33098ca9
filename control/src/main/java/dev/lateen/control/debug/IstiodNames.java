package dev.lateen.control.debug;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.UnknownSnapshot;

/// Gives counters the very names that istiod has for them: most of its end without the `_total` that the library adds,
/// and dashboards ask for them so. Such counters are of no type, since a counter's name has to end with it.
///
/// Thread: any.
final class IstiodNames {
    private IstiodNames() {}

    static MetricSnapshots of(MetricSnapshots all) {
        MetricSnapshots.Builder builder = MetricSnapshots.builder();
        for (MetricSnapshot one : all) {
            builder.metricSnapshot(
                    one instanceof CounterSnapshot counter
                                    && lacksSuffix(counter.getMetadata().getName())
                            ? untyped(counter)
                            : one);
        }
        return builder.build();
    }

    private static boolean lacksSuffix(String name) {
        return (name.startsWith("pilot_") && !name.startsWith("pilot_jwks_"))
                || name.startsWith("citadel_")
                || name.startsWith("galley_")
                || name.startsWith("xds_cache_");
    }

    private static UnknownSnapshot untyped(CounterSnapshot counter) {
        UnknownSnapshot.Builder builder = UnknownSnapshot.builder()
                .name(counter.getMetadata().getName())
                .help(String.valueOf(counter.getMetadata().getHelp()));
        for (CounterSnapshot.CounterDataPointSnapshot point : counter.getDataPoints()) {
            builder.dataPoint(UnknownSnapshot.UnknownDataPointSnapshot.builder()
                    .value(point.getValue())
                    .labels(point.getLabels())
                    .build());
        }
        return builder.build();
    }
}
