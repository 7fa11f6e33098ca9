package dev.lateen.proxy.telemetry;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Writes metrics line by line.
///
/// Differs: names are the same in either format: a counter that lacks OpenMetrics' suffix is of unknown type there.
///
/// Thread: one at a time.
final class FamilyWriter {
    private static final String TOTAL = "_total";
    private static final @Nullable Exemplar[] NO_EXEMPLARS = {};
    private static final byte[][] BOUNDS = bounds(1);
    private static final double MILLIS = 1_000;
    private static final byte[][] BOUNDS_IN_SECONDS = bounds(MILLIS);

    private final ExpositionOut out;
    private final boolean openMetrics;

    FamilyWriter(ExpositionOut out, Exposition format) {
        this.out = out;
        this.openMetrics = format == Exposition.OPEN_METRICS;
    }

    /// @param alone whether no other family has the name without its suffix, which is the family's in OpenMetrics
    void counter(String name, String help, boolean alone) throws IOException {
        if (!openMetrics) {
            head(name, "counter", help);
        } else if (name.endsWith(TOTAL) && alone) {
            head(name.substring(0, name.length() - TOTAL.length()), "counter", help);
        } else {
            head(name, "unknown", help);
        }
    }

    void head(String name, String type, String help) throws IOException {
        out.text("# HELP ").text(name).letter(' ').text(help).letter('\n');
        out.text("# TYPE ").text(name).letter(' ').text(type).letter('\n');
    }

    void sample(String name, String labels, long value) throws IOException {
        out.text(name);
        labels(labels);
        out.number(value).letter('\n');
    }

    private void labels(String labels) throws IOException {
        if (!labels.isEmpty() || !openMetrics) {
            out.letter('{').text(labels).letter('}');
        }
        out.letter(' ');
    }

    void histogram(String name, String labels, long[] counts, double sum) throws IOException {
        histogram(name, labels, counts, sum, NO_EXEMPLARS);
    }

    /// Of what was recorded in milliseconds.
    void histogramOfSeconds(String name, String labels, long[] counts, double sum) throws IOException {
        histogram(name, labels, counts, sum / MILLIS, NO_EXEMPLARS, BOUNDS_IN_SECONDS);
    }

    /// @param counts by bucket, not added up
    /// @param exemplars by bucket, or none at all; text has no place for them
    void histogram(String name, String labels, long[] counts, double sum, @Nullable Exemplar[] exemplars)
            throws IOException {
        histogram(name, labels, counts, sum, exemplars, BOUNDS);
    }

    private void histogram(
            String name, String labels, long[] counts, double sum, @Nullable Exemplar[] exemplars, byte[][] bounds)
            throws IOException {
        String bucket = name + "_bucket{" + labels + (labels.isEmpty() ? "" : ",") + "le=\"";
        byte[] start = bucket.getBytes(StandardCharsets.UTF_8);
        long total = 0;
        for (int index = 0; index < counts.length; index++) {
            total += counts[index];
            out.bytes(start).bytes(bounds[index]).number(total);
            Exemplar exemplar = openMetrics && index < exemplars.length ? exemplars[index] : null;
            if (exemplar != null) {
                exemplar(exemplar);
            }
            out.letter('\n');
        }
        out.text(name).text("_sum");
        labels(labels);
        out.decimal(sum).letter('\n');
        sample(name + "_count", labels, total);
    }

    private void exemplar(Exemplar exemplar) throws IOException {
        out.text(" # {trace_id=\"").text(exemplar.traceId()).text("\"} ").text(Double.toString(exemplar.value()));
        out.letter(' ').number(exemplar.epochMillis() / 1000).letter('.');
        long millis = exemplar.epochMillis() % 1000;
        out.text(millis < 10 ? "00" : millis < 100 ? "0" : "").number(millis);
    }

    /// What follows `le="` of each bucket. OpenMetrics wants floats, which Prometheus takes for the same as integers.
    ///
    /// @param unit how many of the recorded one make one of those shown
    private static byte[][] bounds(double unit) {
        double[] bounds = Histogram.bounds();
        byte[][] texts = new byte[bounds.length + 1][];
        for (int index = 0; index < bounds.length; index++) {
            double bound = bounds[index] / unit;
            String text = bound == Math.rint(bound) ? Long.toString((long) bound) : Double.toString(bound);
            texts[index] = (text + "\"} ").getBytes(StandardCharsets.US_ASCII);
        }
        texts[bounds.length] = "+Inf\"} ".getBytes(StandardCharsets.US_ASCII);
        return texts;
    }
}
