package dev.lateen.proxy.telemetry;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Writes metrics line by line.
///
/// Differs: names are the same in either format: a counter that lacks OpenMetrics' suffix is of unknown type there.
///
/// Thread: one at a time.
final class FamilyWriter implements Families {
    private static final String TOTAL = "_total";
    private static final byte[][] BOUNDS = bounds(1);
    private static final byte[][] BOUNDS_IN_SECONDS = bounds(Distribution.MILLIS);

    private final ExpositionOut out;
    private final boolean openMetrics;

    FamilyWriter(ExpositionOut out, Exposition format) {
        this.out = out;
        this.openMetrics = format == Exposition.OPEN_METRICS;
    }

    @Override
    public void counters(String name, String help, boolean alone) throws IOException {
        if (!openMetrics) {
            head(name, "counter", help);
        } else if (name.endsWith(TOTAL) && alone) {
            head(name.substring(0, name.length() - TOTAL.length()), "counter", help);
        } else {
            head(name, "unknown", help);
        }
    }

    @Override
    public void gauges(String name, String help) throws IOException {
        head(name, "gauge", help);
    }

    @Override
    public void histograms(String name, String help) throws IOException {
        head(name, "histogram", help);
    }

    private void head(String name, String type, String help) throws IOException {
        out.text("# HELP ").text(name).letter(' ').text(help).letter('\n');
        out.text("# TYPE ").text(name).letter(' ').text(type).letter('\n');
    }

    @Override
    public void sample(String name, String labels, long value) throws IOException {
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

    @Override
    public void histogram(String name, String labels, Distribution distribution) throws IOException {
        long[] counts = distribution.counts();
        @Nullable Exemplar[] exemplars = distribution.exemplars();
        byte[][] bounds = distribution.unit() == 1 ? BOUNDS : BOUNDS_IN_SECONDS;
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
        out.decimal(distribution.sum()).letter('\n');
        sample(name + "_count", labels, total);
    }

    @Override
    public void flush() throws IOException {
        out.flush();
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
