package dev.lateen.control.debug;

import io.prometheus.client.Metrics;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.DataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.NativeHistogramBuckets;
import io.prometheus.metrics.model.snapshots.UnknownSnapshot;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Locale;

/// Writes metrics as delimited messages, the only form that has native histograms; the classic buckets stay beside
/// them.
///
/// Source: prometheus/client_model, `metrics.proto`; Prometheus documentation, "Native Histograms".
///
/// Thread: any.
final class MetricMessages {
    static final String CONTENT_TYPE =
            "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited";

    private MetricMessages() {}

    /// Whether an `accept` header wants messages more than text.
    static boolean wanted(String accept) {
        double messages = 0;
        double text = 0;
        for (String range : accept.toLowerCase(Locale.ROOT).replace(" ", "").split(",", 64)) {
            if (range.startsWith("application/vnd.google.protobuf;")
                    && range.contains(";proto=io.prometheus.client.metricfamily")
                    && range.contains(";encoding=delimited")) {
                messages = Math.max(messages, quality(range));
            } else if (range.startsWith("text/plain")) {
                text = Math.max(text, quality(range));
            }
        }
        return messages > text;
    }

    private static double quality(String range) {
        int at = range.indexOf(";q=");
        if (at < 0) {
            return 1;
        }
        String number = range.substring(at + 3).split(";", 2)[0];
        return number.matches("[01](\\.[0-9]{0,3})?") ? Double.parseDouble(number) : 0;
    }

    static void write(MetricSnapshots all, OutputStream out) throws IOException {
        for (MetricSnapshot one : all) {
            family(one).writeDelimitedTo(out);
        }
    }

    private static Metrics.MetricFamily family(MetricSnapshot snapshot) {
        String name = snapshot.getMetadata().getPrometheusName();
        Metrics.MetricFamily.Builder family = Metrics.MetricFamily.newBuilder()
                .setHelp(String.valueOf(snapshot.getMetadata().getHelp()));
        switch (snapshot) {
            case CounterSnapshot counters -> {
                family.setName(name + "_total").setType(Metrics.MetricType.COUNTER);
                counters.getDataPoints()
                        .forEach(point -> family.addMetric(labelled(point)
                                .setCounter(Metrics.Counter.newBuilder().setValue(point.getValue()))));
            }
            case GaugeSnapshot gauges -> {
                family.setName(name).setType(Metrics.MetricType.GAUGE);
                gauges.getDataPoints()
                        .forEach(point -> family.addMetric(labelled(point)
                                .setGauge(Metrics.Gauge.newBuilder().setValue(point.getValue()))));
            }
            case UnknownSnapshot values -> {
                family.setName(name).setType(Metrics.MetricType.UNTYPED);
                values.getDataPoints()
                        .forEach(point -> family.addMetric(labelled(point)
                                .setUntyped(Metrics.Untyped.newBuilder().setValue(point.getValue()))));
            }
            case HistogramSnapshot histograms -> {
                family.setName(name).setType(Metrics.MetricType.HISTOGRAM);
                histograms
                        .getDataPoints()
                        .forEach(point -> family.addMetric(labelled(point).setHistogram(histogram(point))));
            }
            default -> throw new IllegalStateException(name + ": " + snapshot.getClass() + " is not used here");
        }
        return family.build();
    }

    private static Metrics.Metric.Builder labelled(DataPointSnapshot point) {
        Metrics.Metric.Builder metric = Metrics.Metric.newBuilder();
        Labels labels = point.getLabels();
        for (int index = 0; index < labels.size(); index++) {
            metric.addLabel(Metrics.LabelPair.newBuilder()
                    .setName(labels.getPrometheusName(index))
                    .setValue(labels.getValue(index)));
        }
        return metric;
    }

    private static Metrics.Histogram.Builder histogram(HistogramDataPointSnapshot point) {
        Metrics.Histogram.Builder histogram =
                Metrics.Histogram.newBuilder().setSampleCount(point.getCount()).setSampleSum(point.getSum());
        ClassicHistogramBuckets classic = point.getClassicBuckets();
        long below = 0;
        for (int index = 0; index < classic.size(); index++) {
            below += classic.getCount(index);
            histogram.addBucket(
                    Metrics.Bucket.newBuilder().setCumulativeCount(below).setUpperBound(classic.getUpperBound(index)));
        }
        if (point.hasNativeHistogramData()) {
            natives(point, histogram);
        }
        return histogram;
    }

    private static void natives(HistogramDataPointSnapshot point, Metrics.Histogram.Builder histogram) {
        histogram
                .setSchema(point.getNativeSchema())
                .setZeroThreshold(point.getNativeZeroThreshold())
                .setZeroCount(point.getNativeZeroCount());
        NativeHistogramBuckets buckets = point.getNativeBucketsForPositiveValues();
        if (buckets.size() == 0) {
            // By a span that is empty collectors know that it is a native histogram.
            histogram.addPositiveSpan(Metrics.BucketSpan.getDefaultInstance());
        }
        long before = 0;
        int end = 0;
        for (int from = 0; from < buckets.size(); ) {
            int to = from;
            while (to < buckets.size() && buckets.getBucketIndex(to) == buckets.getBucketIndex(from) + to - from) {
                histogram.addPositiveDelta(buckets.getCount(to) - before);
                before = buckets.getCount(to);
                to++;
            }
            histogram.addPositiveSpan(Metrics.BucketSpan.newBuilder()
                    .setOffset(buckets.getBucketIndex(from) - end)
                    .setLength(to - from));
            end = buckets.getBucketIndex(from) + to - from;
            from = to;
        }
    }
}
