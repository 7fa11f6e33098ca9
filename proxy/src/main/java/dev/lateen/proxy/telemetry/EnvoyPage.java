package dev.lateen.proxy.telemetry;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Writes what is counted under Envoy's names.
///
/// Thread: any, one at a time.
final class EnvoyPage {
    private record Sample(String labels, long value) {}

    private record Distribution(String labels, Histogram histogram) {}

    private final Map<String, List<Sample>> counters = new TreeMap<>();
    private final Map<String, List<Sample>> gauges = new TreeMap<>();
    private final Map<String, List<Distribution>> histograms = new TreeMap<>();

    private EnvoyPage(Stats stats) {
        Map<String, Stats.Tag> tags = stats.tags();
        stats.counters().forEach((name, counter) -> collect(EnvoyName.of(name, tags), counter.value(), counters));
        stats.gauges().forEach((name, gauge) -> collect(EnvoyName.of(name, tags), gauge.value(), gauges));
        stats.computedGauges().forEach((name, value) -> collect(EnvoyName.of(name, tags), value.getAsLong(), gauges));
        stats.histograms().forEach((name, histogram) -> {
            EnvoyName split = EnvoyName.of(name, tags);
            histograms
                    .computeIfAbsent(split.name(), _ -> new ArrayList<>())
                    .add(new Distribution(split.labels(), histogram));
        });
    }

    static void write(Stats stats, FamilyWriter out) throws IOException {
        new EnvoyPage(stats).write(out);
    }

    private static void collect(EnvoyName name, long value, Map<String, List<Sample>> into) {
        into.computeIfAbsent(name.name(), _ -> new ArrayList<>()).add(new Sample(name.labels(), value));
    }

    private void write(FamilyWriter out) throws IOException {
        for (Map.Entry<String, List<Sample>> family : counters.entrySet()) {
            String name = family.getKey();
            out.counter(name, HelpText.ofStatistic(name), isAlone(name));
            for (Sample sample : family.getValue()) {
                out.sample(name, sample.labels, sample.value);
            }
        }
        for (Map.Entry<String, List<Sample>> family : gauges.entrySet()) {
            String name = family.getKey();
            out.head(name, "gauge", HelpText.ofStatistic(name));
            for (Sample sample : family.getValue()) {
                out.sample(name, sample.labels, sample.value);
            }
        }
        for (Map.Entry<String, List<Distribution>> family : histograms.entrySet()) {
            String name = family.getKey();
            out.head(name, "histogram", HelpText.ofStatistic(name));
            for (Distribution one : family.getValue()) {
                if (name.endsWith("_seconds")) {
                    out.histogramOfSeconds(name, one.labels, one.histogram.counts(), one.histogram.sum());
                } else {
                    out.histogram(name, one.labels, one.histogram.counts(), one.histogram.sum());
                }
            }
        }
    }

    /// `upstream_rq` beside `upstream_rq_total` are two families, also where a suffix does not belong to the name.
    private boolean isAlone(String name) {
        String family = name.endsWith("_total") ? name.substring(0, name.length() - "_total".length()) : name;
        return !counters.containsKey(family) && !gauges.containsKey(family) && !histograms.containsKey(family);
    }
}
