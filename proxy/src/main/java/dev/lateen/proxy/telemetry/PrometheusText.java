package dev.lateen.proxy.telemetry;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// Writes all numbers in the Prometheus text format 0.0.4, as OpenMetrics 1.0 or as messages, without ever holding the
/// whole
/// page.
///
/// Thread: any; not an event loop of the data path, since it may take milliseconds.
public final class PrometheusText {
    private final Stats stats;
    private final Families out;
    private final int nativeBuckets;

    private PrometheusText(Stats stats, Families out, int nativeBuckets) {
        this.stats = stats;
        this.out = out;
        this.nativeBuckets = nativeBuckets;
    }

    /// Everything but the page's end (`Exposition.end`), so that others may add to it.
    public static void write(Stats stats, Rendering rendering, OutputStream to) throws IOException {
        Families families = families(rendering, to);
        new PrometheusText(stats, families, rendering.nativeBuckets()).istio();
        EnvoyPage.write(stats, families);
        families.flush();
    }

    /// One family of counters that is on the page beside the others.
    ///
    /// @param samples values by labels
    public static void writeCounter(
            Rendering rendering, OutputStream to, String name, String help, Map<String, Long> samples)
            throws IOException {
        Families families = families(rendering, to);
        families.counters(name, help, true);
        for (Map.Entry<String, Long> sample : samples.entrySet()) {
            families.sample(name, sample.getKey(), sample.getValue());
        }
        families.flush();
    }

    private static Families families(Rendering rendering, OutputStream to) {
        return switch (rendering.format()) {
            case TEXT, OPEN_METRICS -> new FamilyWriter(new ExpositionOut(to), rendering.format());
            case PROTOBUF -> new ProtobufFamilies(to);
        };
    }

    /// The whole page, for tests and small tools.
    public static String of(Stats stats, boolean openMetrics) {
        Exposition format = openMetrics ? Exposition.OPEN_METRICS : Exposition.TEXT;
        ByteArrayOutputStream page = new ByteArrayOutputStream();
        try {
            write(stats, Rendering.of(format), page);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        page.writeBytes(format.end());
        return page.toString(StandardCharsets.UTF_8);
    }

    private void istio() throws IOException {
        if (!stats.version().isEmpty()) {
            out.gauges("istio_build", HelpText.ofStatistic("istio_build"));
            StringBuilder labels = new StringBuilder();
            IstioLabels.label("component", "proxy", labels);
            IstioLabels.label("tag", stats.version(), labels);
            out.sample("istio_build", labels.toString(), 1);
        }
        requests(IstioMetric.REQUESTS_TOTAL, series -> series.total.value());
        histograms(IstioMetric.REQUEST_DURATION_MILLISECONDS, series -> series.duration);
        histograms(IstioMetric.REQUEST_BYTES, series -> series.requestBytes);
        histograms(IstioMetric.RESPONSE_BYTES, series -> series.responseBytes);
        messages(IstioMetric.REQUEST_MESSAGES_TOTAL, series -> series.requests.value());
        messages(IstioMetric.RESPONSE_MESSAGES_TOTAL, series -> series.responses.value());
        connections(IstioMetric.TCP_CONNECTIONS_OPENED_TOTAL, series -> series.opened.value());
        connections(IstioMetric.TCP_CONNECTIONS_CLOSED_TOTAL, series -> series.closed.value());
        connections(IstioMetric.TCP_SENT_BYTES_TOTAL, series -> series.sentBytes.value());
        connections(IstioMetric.TCP_RECEIVED_BYTES_TOTAL, series -> series.receivedBytes.value());
    }

    private void requests(IstioMetric metric, ToLongFunction<IstioSeries.Requests> value) throws IOException {
        counters(metric, stats.istio().requests(metric), value);
    }

    private void connections(IstioMetric metric, ToLongFunction<IstioSeries.Connections> value) throws IOException {
        counters(metric, stats.istio().connections(metric), value);
    }

    private void messages(IstioMetric metric, ToLongFunction<IstioSeries.Messages> value) throws IOException {
        counters(metric, stats.istio().messages(metric), value);
    }

    private <T> void counters(IstioMetric metric, Map<String, List<T>> entries, ToLongFunction<T> value)
            throws IOException {
        if (entries.isEmpty()) {
            return;
        }
        out.counters(metric.exposed(), HelpText.of(metric), true);
        for (Map.Entry<String, List<T>> entry : entries.entrySet()) {
            long sum = 0;
            for (T series : entry.getValue()) {
                sum += value.applyAsLong(series);
            }
            out.sample(metric.exposed(), entry.getKey(), sum);
        }
    }

    private void histograms(IstioMetric metric, Function<IstioSeries.Requests, HistogramCells> part)
            throws IOException {
        Map<String, List<IstioSeries.Requests>> entries = stats.istio().requests(metric);
        if (entries.isEmpty()) {
            return;
        }
        out.histograms(metric.exposed(), HelpText.of(metric));
        for (Map.Entry<String, List<IstioSeries.Requests>> entry : entries.entrySet()) {
            long[] counts = new long[Histogram.bucketCount()];
            @Nullable Exemplar[] exemplars = new Exemplar[counts.length];
            double sum = 0;
            NativeSum natives = nativeBuckets == 0 ? null : new NativeSum(nativeBuckets);
            for (IstioSeries.Requests series : entry.getValue()) {
                HistogramCells cells = part.apply(series);
                if (natives != null) {
                    natives.add(cells.natives());
                }
                cells.addTo(counts);
                cells.addTo(exemplars);
                sum += cells.sum();
            }
            out.histogram(metric.exposed(), entry.getKey(), new Distribution(counts, sum, exemplars, natives, 1));
        }
    }
}
