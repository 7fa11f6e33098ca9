package dev.lateen.bench.sidebyside;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/// The figures of `TelemetryCost` beside what they have to be.
final class TelemetryReport {
    private final Map<Observed, double[]> micros;
    private final List<Scraped> scraped = new ArrayList<>();

    /// Medians.
    ///
    /// @param pageMillis from asking for the page to its last byte
    /// @param quietMillis p99 of requests while nobody reads the page
    /// @param readMillis p99 of requests while it is read each second
    record Scraped(Observed observed, long series, double pageMillis, double quietMillis, double readMillis) {}

    /// @param micros of CPU a request, round by round
    TelemetryReport(Map<Observed, double[]> micros) {
        this.micros = micros;
    }

    void add(Scraped one) {
        scraped.add(one);
    }

    String markdown() {
        StringBuilder text = new StringBuilder("""
                # What telemetry costs

                Istio's metrics, its JSON lines in a file, one trace in a hundred sent to Zipkin's port, and for ours decision records, on
                HTTP/1.1 with one route and 130-byte answers, one worker, in turns. A ratio is the median of those of the rounds.
                Repeat: `./dev bench telemetry`.

                | what | bar | ratio | rounds between |
                | --- | --- | --- | --- |
                """);
        row(text, "ours: full to none", "1.15", Observed.OURS_FULL, Observed.OURS_NONE);
        row(text, "ours: full to full without decisions", "1.02", Observed.OURS_FULL, Observed.OURS_UNEXPLAINED);
        row(text, "ours to Envoy, both full", "0.5", Observed.OURS_FULL, Observed.ENVOY_FULL);
        row(text, "Envoy: full to none", "", Observed.ENVOY_FULL, Observed.ENVOY_NONE);
        row(text, "ours to Envoy, both without", "", Observed.OURS_NONE, Observed.ENVOY_NONE);
        text.append("\n| proxy | CPU µs a request |\n| --- | --- |\n");
        micros.forEach((observed, values) ->
                text.append(String.format(Locale.ROOT, "| %s | %.2f |%n", observed.label(), middle(values))));
        text.append("\n| page read each second | series | bar ms | page ms | p99 ms, not read | p99 ms, read |\n");
        text.append("| --- | --- | --- | --- | --- | --- |\n");
        for (Scraped one : scraped) {
            text.append(String.format(
                    Locale.ROOT,
                    "| %s | %d | %s | %.0f | %.2f | %.2f |%n",
                    one.observed().label(),
                    one.series(),
                    one.observed().peer() == Peer.LATEEN ? "200" : "",
                    one.pageMillis(),
                    one.quietMillis(),
                    one.readMillis()));
        }
        return text.toString();
    }

    private void row(StringBuilder text, String what, String bar, Observed of, Observed to) {
        double[] ours = Objects.requireNonNull(micros.get(of));
        double[] others = Objects.requireNonNull(micros.get(to));
        double[] ratios = IntStream.range(0, ours.length)
                .mapToDouble(round -> ours[round] / others[round])
                .sorted()
                .toArray();
        text.append(String.format(
                Locale.ROOT,
                "| %s | %s | %.3f | %.3f and %.3f |%n",
                what,
                bar,
                middle(ratios),
                ratios[0],
                ratios[ratios.length - 1]));
    }

    private static double middle(double[] values) {
        double[] sorted = values.clone();
        java.util.Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
