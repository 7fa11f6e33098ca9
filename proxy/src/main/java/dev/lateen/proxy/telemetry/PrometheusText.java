package dev.lateen.proxy.telemetry;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// Writes all numbers in the Prometheus text format 0.0.4, or as OpenMetrics 1.0.
///
/// Thread: any; not an event loop of the data path, since it may take milliseconds.
public final class PrometheusText {
    public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";
    public static final String OPEN_METRICS_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    private final Stats stats;
    private final boolean openMetrics;
    private final StringBuilder out = new StringBuilder(1 << 16);

    private PrometheusText(Stats stats, boolean openMetrics) {
        this.stats = stats;
        this.openMetrics = openMetrics;
    }

    public static String of(Stats stats, boolean openMetrics) {
        PrometheusText text = new PrometheusText(stats, openMetrics);
        text.istio();
        text.envoy();
        if (openMetrics) {
            text.out.append("# EOF\n");
        }
        return text.out.toString();
    }

    // ---- Istio

    private void istio() {
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

    private void requests(IstioMetric metric, ToLongFunction<IstioSeries.Requests> value) {
        counters(metric.exposed(), stats.istio().requests(metric), value);
    }

    private void connections(IstioMetric metric, ToLongFunction<IstioSeries.Connections> value) {
        counters(metric.exposed(), stats.istio().connections(metric), value);
    }

    /// Only gRPC has messages.
    private void messages(IstioMetric metric, ToLongFunction<IstioSeries.Requests> value) {
        Map<String, List<IstioSeries.Requests>> grpc = new TreeMap<>();
        stats.istio().requests(metric).forEach((labels, all) -> {
            List<IstioSeries.Requests> some =
                    all.stream().filter(series -> series.grpc).toList();
            if (!some.isEmpty()) {
                grpc.put(labels, some);
            }
        });
        counters(metric.exposed(), grpc, value);
    }

    private <T> void counters(String name, Map<String, List<T>> entries, ToLongFunction<T> value) {
        if (entries.isEmpty()) {
            return;
        }
        counterType(name);
        for (Map.Entry<String, List<T>> entry : entries.entrySet()) {
            long sum = 0;
            for (T series : entry.getValue()) {
                sum += value.applyAsLong(series);
            }
            sample(name, entry.getKey(), Long.toString(sum));
        }
    }

    private void histograms(IstioMetric metric, Function<IstioSeries.Requests, HistogramCells> part) {
        String name = metric.exposed();
        Map<String, List<IstioSeries.Requests>> entries = stats.istio().requests(metric);
        if (entries.isEmpty()) {
            return;
        }
        type(name, "histogram");
        for (Map.Entry<String, List<IstioSeries.Requests>> entry : entries.entrySet()) {
            long[] counts = new long[Histogram.bucketCount()];
            double sum = 0;
            for (IstioSeries.Requests series : entry.getValue()) {
                HistogramCells cells = part.apply(series);
                cells.addTo(counts);
                sum += cells.sum();
            }
            histogram(name, entry.getKey(), counts, sum);
        }
    }

    // ---- Envoy

    private record Sample(String labels, String value) {}

    private void envoy() {
        Map<String, List<Sample>> counters = new TreeMap<>();
        stats.counters().forEach((name, counter) -> collect(name, Long.toString(counter.value()), counters));
        counters.forEach((name, samples) -> {
            counterType(openMetrics ? name + "_total" : name);
            samples.forEach(one -> sample(openMetrics ? name + "_total" : name, one.labels, one.value));
        });
        Map<String, List<Sample>> gauges = new TreeMap<>();
        stats.gauges().forEach((name, gauge) -> collect(name, Long.toString(gauge.value()), gauges));
        stats.computedGauges().forEach((name, value) -> collect(name, Long.toString(value.getAsLong()), gauges));
        gauges.forEach((name, samples) -> {
            type(name, "gauge");
            samples.forEach(one -> sample(name, one.labels, one.value));
        });
        record Named(String labels, Histogram histogram) {}
        Map<String, List<Named>> histograms = new TreeMap<>();
        stats.histograms().forEach((name, histogram) -> {
            Name split = split(name);
            histograms.computeIfAbsent(split.name, _ -> new ArrayList<>()).add(new Named(split.labels, histogram));
        });
        histograms.forEach((name, list) -> {
            type(name, "histogram");
            list.forEach(one -> histogram(name, one.labels, one.histogram.counts(), one.histogram.sum()));
        });
    }

    private void collect(String name, String value, Map<String, List<Sample>> into) {
        Name split = split(name);
        into.computeIfAbsent(split.name, _ -> new ArrayList<>()).add(new Sample(split.labels, value));
    }

    private record Name(String name, String labels) {}

    /// `cluster.a.upstream_rq_2xx` →
    /// `envoy_cluster_upstream_rq_xx{envoy_response_code_class="2",envoy_cluster_name="a"}`.
    private Name split(String name) {
        StringBuilder labels = new StringBuilder();
        String rest = name;
        Stats.@Nullable Tag tag = null;
        for (Map.Entry<String, Stats.Tag> entry : stats.tags().entrySet()) {
            if (name.startsWith(entry.getKey())) {
                tag = entry.getValue();
                rest = tag.family() + "." + name.substring(entry.getKey().length());
            }
        }
        if (tag == null) {
            tag = guess(name);
            rest = tag == null ? name : tag.family() + name.substring(name.lastIndexOf('.'));
        }
        int length = rest.length();
        if (rest.endsWith("xx")
                && length > 4
                && rest.charAt(length - 4) == '_'
                && Character.isDigit(rest.charAt(length - 3))) {
            IstioLabels.label("envoy_response_code_class", rest.substring(length - 3, length - 2), labels);
            rest = rest.substring(0, length - 3) + "xx";
        }
        if (tag != null) {
            IstioLabels.label(tag.label(), tag.value(), labels);
        }
        return new Name("envoy_" + clean(rest), labels.toString());
    }

    /// `http.<prefix>.<leaf>` and `listener.<address>.<leaf>`.
    private static Stats.@Nullable Tag guess(String name) {
        int first = name.indexOf('.');
        int last = name.lastIndexOf('.');
        if (first < 0 || last <= first) {
            return null;
        }
        String value = name.substring(first + 1, last);
        return switch (name.substring(0, first)) {
            case "http" -> new Stats.Tag("http", "envoy_http_conn_manager_prefix", value);
            case "listener" -> new Stats.Tag("listener", "envoy_listener_address", value);
            case "tcp" -> new Stats.Tag("tcp", "envoy_tcp_prefix", value);
            default -> null;
        };
    }

    private static String clean(String name) {
        StringBuilder clean = new StringBuilder(name.length());
        for (int index = 0; index < name.length(); index++) {
            char letter = name.charAt(index);
            boolean fine = (letter >= 'a' && letter <= 'z')
                    || (letter >= 'A' && letter <= 'Z')
                    || (letter >= '0' && letter <= '9')
                    || letter == '_';
            clean.append(fine ? letter : '_');
        }
        return clean.toString();
    }

    // ---- Lines

    /// OpenMetrics names the family without the suffix that its samples have.
    private void counterType(String name) {
        type(openMetrics && name.endsWith("_total") ? name.substring(0, name.length() - 6) : name, "counter");
    }

    private void type(String name, String type) {
        out.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }

    private void sample(String name, String labels, String value) {
        out.append(name);
        if (!labels.isEmpty() || !openMetrics) {
            out.append('{').append(labels).append('}');
        }
        out.append(' ').append(value).append('\n');
    }

    private void histogram(String name, String labels, long[] counts, double sum) {
        double[] bounds = Histogram.bounds();
        String separator = labels.isEmpty() ? "" : ",";
        long total = 0;
        for (int index = 0; index < counts.length; index++) {
            total += counts[index];
            String bound = index < bounds.length ? number(bounds[index]) : "+Inf";
            sample(name + "_bucket", labels + separator + "le=\"" + bound + "\"", Long.toString(total));
        }
        sample(name + "_sum", labels, number(sum));
        sample(name + "_count", labels, Long.toString(total));
    }

    private static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : Double.toString(value);
    }
}
