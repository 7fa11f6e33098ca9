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

    private record Spread(String labels, Histogram histogram) {}

    private final Map<String, List<Sample>> counters = new TreeMap<>();
    private final Map<String, List<Sample>> gauges = new TreeMap<>();
    private final Map<String, List<Spread>> histograms = new TreeMap<>();

    private EnvoyPage(Stats stats) {
        Map<String, Stats.Tag> tags = stats.tags();
        stats.counters().forEach((name, counter) -> collect(EnvoyName.of(name, tags), counter.value(), counters));
        stats.gauges().forEach((name, gauge) -> collect(EnvoyName.of(name, tags), gauge.value(), gauges));
        stats.computedGauges().forEach((name, value) -> collect(EnvoyName.of(name, tags), value.getAsLong(), gauges));
        stats.histograms().forEach((name, histogram) -> {
            EnvoyName split = EnvoyName.of(name, tags);
            histograms.computeIfAbsent(split.name(), _ -> new ArrayList<>()).add(new Spread(split.labels(), histogram));
        });
    }

    static void write(Stats stats, Families out) throws IOException {
        new EnvoyPage(stats).write(out);
    }

    private static void collect(EnvoyName name, long value, Map<String, List<Sample>> into) {
        into.computeIfAbsent(name.name(), _ -> new ArrayList<>()).add(new Sample(name.labels(), value));
    }

    private void write(Families out) throws IOException {
        for (Map.Entry<String, List<Sample>> family : counters.entrySet()) {
            String name = family.getKey();
            out.counters(name, HelpText.ofStatistic(name), isAlone(name));
            for (Sample sample : family.getValue()) {
                out.sample(name, sample.labels, sample.value);
            }
        }
        for (Map.Entry<String, List<Sample>> family : gauges.entrySet()) {
            String name = family.getKey();
            out.gauges(name, HelpText.ofStatistic(name));
            for (Sample sample : family.getValue()) {
                out.sample(name, sample.labels, sample.value);
            }
        }
        for (Map.Entry<String, List<Spread>> family : histograms.entrySet()) {
            String name = family.getKey();
            boolean seconds = name.endsWith("_seconds");
            out.histograms(name, HelpText.ofStatistic(name));
            for (Spread one : family.getValue()) {
                out.histogram(
                        name,
                        one.labels,
                        seconds ? Distribution.ofSeconds(one.histogram) : Distribution.of(one.histogram));
            }
        }
    }

    /// `upstream_rq` beside `upstream_rq_total` are two families, also where a suffix does not belong to the name.
    private boolean isAlone(String name) {
        String family = name.endsWith("_total") ? name.substring(0, name.length() - "_total".length()) : name;
        return !counters.containsKey(family) && !gauges.containsKey(family) && !histograms.containsKey(family);
    }
}
