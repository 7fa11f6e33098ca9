package dev.lateen.bench.sidebyside;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/// The run as a table, ratios to Envoy first.
final class Report {
    private final List<Measurement> measurements;

    Report(List<Measurement> measurements) {
        this.measurements = measurements;
    }

    /// Each figure's median over the rounds of one peer.
    static Measurement median(List<Measurement> rounds) {
        Measurement first = rounds.getFirst();
        return new Measurement(
                first.scenario(),
                first.peer(),
                middle(rounds, Measurement::cpuMicros),
                middle(rounds, Measurement::requestsPerSecond),
                middle(rounds, Measurement::p50Millis),
                middle(rounds, Measurement::p99Millis),
                middle(rounds, Measurement::idleMiB),
                middle(rounds, Measurement::loadedMiB),
                middle(rounds, Measurement::readyMillis),
                rounds.stream().mapToLong(Measurement::failed).sum());
    }

    String markdown() {
        StringBuilder text =
                new StringBuilder("# Side by side\n\nOne worker each, same load, medians. Repeat: `./dev bench`.\n\n");
        text.append(
                "## Ratios to Envoy\n\n| scenario | proxy | CPU/request | requests/s | RSS idle | RSS loaded | p99 − Envoy's |\n");
        text.append("| --- | --- | --- | --- | --- | --- | --- |\n");
        for (Measurement measurement : measurements) {
            Measurement envoy = envoyOf(measurement.scenario());
            if (measurement.peer() != Peer.ENVOY && envoy != null) {
                text.append(String.format(
                        Locale.ROOT,
                        "| %s | %s | %.2f× | %.2f× | %.2f× | %.2f× | %s |%n",
                        measurement.scenario().name(),
                        measurement.peer().label(),
                        measurement.cpuMicros() / envoy.cpuMicros(),
                        measurement.requestsPerSecond() / envoy.requestsPerSecond(),
                        measurement.idleMiB() / envoy.idleMiB(),
                        measurement.loadedMiB() / envoy.loadedMiB(),
                        difference(measurement.p99Millis() - envoy.p99Millis())));
            }
        }
        text.append(
                "\n## Figures\n\n| scenario | proxy | CPU µs/request | requests/s | p50 ms | p99 ms | RSS idle MiB | RSS loaded MiB | ready ms | failed |\n");
        text.append("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
        for (Measurement m : measurements) {
            text.append(String.format(
                    Locale.ROOT,
                    "| %s | %s | %.1f | %.0f | %s | %s | %.0f | %.0f | %.0f | %d |%n",
                    m.scenario().name(),
                    m.peer().label(),
                    m.cpuMicros(),
                    m.requestsPerSecond(),
                    millis(m.p50Millis()),
                    millis(m.p99Millis()),
                    m.idleMiB(),
                    m.loadedMiB(),
                    m.readyMillis(),
                    m.failed()));
        }
        text.append(Derived.markdown(measurements));
        text.append("\n## Scenarios\n\n");
        Map<String, String> about = new LinkedHashMap<>();
        measurements.forEach(m -> about.put(m.scenario().name(), m.scenario().about()));
        about.forEach((name, words) ->
                text.append("- **").append(name).append("**: ").append(words).append("\n"));
        return text.toString();
    }

    String json() {
        StringBuilder text = new StringBuilder("[\n");
        for (int index = 0; index < measurements.size(); index++) {
            Measurement m = measurements.get(index);
            text.append(String.format(
                    Locale.ROOT,
                    "  {\"scenario\": \"%s\", \"proxy\": \"%s\", \"cpuMicrosPerRequest\": %.2f, \"requestsPerSecond\": %.0f, "
                            + "\"p50Millis\": %s, \"p99Millis\": %s, \"rssIdleMiB\": %.1f, \"rssLoadedMiB\": %.1f, "
                            + "\"readyMillis\": %.0f, \"failed\": %d}%s%n",
                    m.scenario().name(),
                    m.peer().label(),
                    m.cpuMicros(),
                    m.requestsPerSecond(),
                    number(m.p50Millis()),
                    number(m.p99Millis()),
                    m.idleMiB(),
                    m.loadedMiB(),
                    m.readyMillis(),
                    m.failed(),
                    index + 1 < measurements.size() ? "," : ""));
        }
        return text.append("]\n").toString();
    }

    /// Where there is no figure, none is shown.
    private static String millis(double value) {
        return Double.isNaN(value) ? "–" : String.format(Locale.ROOT, "%.2f", value);
    }

    private static String difference(double value) {
        return Double.isNaN(value) ? "–" : String.format(Locale.ROOT, "%+.2f ms", value);
    }

    private static String number(double value) {
        return Double.isNaN(value) ? "null" : String.format(Locale.ROOT, "%.3f", value);
    }

    private @org.jspecify.annotations.Nullable Measurement envoyOf(Scenario scenario) {
        return measurements.stream()
                .filter(m -> m.peer() == Peer.ENVOY && m.scenario().equals(scenario))
                .findFirst()
                .orElse(null);
    }

    private static double middle(List<Measurement> rounds, ToDoubleFunction<Measurement> figure) {
        double[] sorted = rounds.stream().mapToDouble(figure).toArray();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
