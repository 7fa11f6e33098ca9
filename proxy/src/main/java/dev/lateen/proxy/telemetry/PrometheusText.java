package dev.lateen.proxy.telemetry;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// Writes all numbers in the Prometheus text format 0.0.4, or as OpenMetrics 1.0, without ever holding the whole page.
///
/// Thread: any; not an event loop of the data path, since it may take milliseconds.
public final class PrometheusText {
    private final Stats stats;
    private final FamilyWriter out;

    private PrometheusText(Stats stats, FamilyWriter out) {
        this.stats = stats;
        this.out = out;
    }

    /// Everything but the page's end (`Exposition.end`), so that others may add to it.
    public static void write(Stats stats, Exposition format, OutputStream to) throws IOException {
        ExpositionOut lines = new ExpositionOut(to);
        FamilyWriter families = new FamilyWriter(lines, format);
        new PrometheusText(stats, families).istio();
        EnvoyPage.write(stats, families);
        lines.flush();
    }

    /// The whole page, for tests and small tools.
    public static String of(Stats stats, boolean openMetrics) {
        Exposition format = openMetrics ? Exposition.OPEN_METRICS : Exposition.TEXT;
        ByteArrayOutputStream page = new ByteArrayOutputStream();
        try {
            write(stats, format, page);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        page.writeBytes(format.end());
        return page.toString(StandardCharsets.UTF_8);
    }

    private void istio() throws IOException {
        requests(IstioMetric.REQUESTS_TOTAL, series -> series.total.value());
        histograms(IstioMetric.REQUEST_DURATION_MILLISECONDS, series -> series.duration);
        histograms(IstioMetric.REQUEST_BYTES, series -> series.requestBytes);
        histograms(IstioMetric.RESPONSE_BYTES, series -> series.responseBytes);
        messages(IstioMetric.REQUEST_MESSAGES_TOTAL, series -> series.requestMessages.value());
        messages(IstioMetric.RESPONSE_MESSAGES_TOTAL, series -> series.responseMessages.value());
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

    /// Only gRPC has messages.
    private void messages(IstioMetric metric, ToLongFunction<IstioSeries.Requests> value) throws IOException {
        Map<String, List<IstioSeries.Requests>> all = stats.istio().requests(metric);
        all.replaceAll((_, series) -> ofGrpc(series));
        all.values().removeIf(List::isEmpty);
        counters(metric, all, value);
    }

    private static List<IstioSeries.Requests> ofGrpc(List<IstioSeries.Requests> all) {
        List<IstioSeries.Requests> some = new ArrayList<>(all.size());
        for (IstioSeries.Requests series : all) {
            if (series.grpc) {
                some.add(series);
            }
        }
        return some;
    }

    private <T> void counters(IstioMetric metric, Map<String, List<T>> entries, ToLongFunction<T> value)
            throws IOException {
        if (entries.isEmpty()) {
            return;
        }
        out.counter(metric.exposed(), HelpText.of(metric), true);
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
        out.head(metric.exposed(), "histogram", HelpText.of(metric));
        for (Map.Entry<String, List<IstioSeries.Requests>> entry : entries.entrySet()) {
            long[] counts = new long[Histogram.bucketCount()];
            @Nullable Exemplar[] exemplars = new Exemplar[counts.length];
            double sum = 0;
            for (IstioSeries.Requests series : entry.getValue()) {
                HistogramCells cells = part.apply(series);
                cells.addTo(counts);
                cells.addTo(exemplars);
                sum += cells.sum();
            }
            out.histogram(metric.exposed(), entry.getKey(), counts, sum, exemplars);
        }
    }
}
