package dev.lateen.proxy.telemetry;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Writes metrics as delimited messages `io.prometheus.client.MetricFamily`, without the classes of those messages,
/// which a
/// sidecar would have to load.
///
/// Source: prometheus/client_model, `metrics.proto`; its numbers of fields are the constants.
///
/// Limits: holds one family at a time, which has each label set once, not once a bucket.
///
/// Thread: one at a time.
final class ProtobufFamilies implements Families {
    private static final int FAMILY_NAME = 1;
    private static final int FAMILY_HELP = 2;
    private static final int FAMILY_TYPE = 3;
    private static final int FAMILY_METRIC = 4;

    private static final int LABEL = 1;
    private static final int METRIC_GAUGE = 2;
    private static final int METRIC_COUNTER = 3;
    private static final int METRIC_HISTOGRAM = 7;
    private static final int VALUE = 1;

    private static final int SAMPLE_COUNT = 1;
    private static final int SAMPLE_SUM = 2;
    private static final int BUCKET = 3;
    private static final int SCHEMA = 5;
    private static final int ZERO_THRESHOLD = 6;
    private static final int ZERO_COUNT = 7;
    private static final int POSITIVE_SPAN = 12;
    private static final int POSITIVE_DELTA = 13;

    private static final int TYPE_COUNTER = 0;
    private static final int TYPE_GAUGE = 1;
    private static final int TYPE_HISTOGRAM = 4;

    private static final double[] BOUNDS = Histogram.bounds();

    private final OutputStream to;
    private final Message family = new Message();
    private final Message metric = new Message();
    private final Message value = new Message();
    private final Message part = new Message();
    private final Message inner = new Message();
    private boolean open;
    private boolean gauges;

    ProtobufFamilies(OutputStream to) {
        this.to = to;
    }

    @Override
    public void counters(String name, String help, boolean alone) throws IOException {
        begin(name, help, TYPE_COUNTER);
    }

    @Override
    public void gauges(String name, String help) throws IOException {
        begin(name, help, TYPE_GAUGE);
    }

    @Override
    public void histograms(String name, String help) throws IOException {
        begin(name, help, TYPE_HISTOGRAM);
    }

    private void begin(String name, String help, int type) throws IOException {
        flush();
        open = true;
        gauges = type == TYPE_GAUGE;
        family.clear();
        family.out.writeString(FAMILY_NAME, name);
        family.out.writeString(FAMILY_HELP, help);
        family.out.writeEnum(FAMILY_TYPE, type);
    }

    @Override
    public void sample(String name, String labels, long number) throws IOException {
        labelled(labels);
        value.clear();
        value.out.writeDouble(VALUE, (double) number);
        metric.write(gauges ? METRIC_GAUGE : METRIC_COUNTER, value);
        family.write(FAMILY_METRIC, metric);
    }

    @Override
    public void histogram(String name, String labels, Distribution distribution) throws IOException {
        labelled(labels);
        value.clear();
        NativeSum natives = distribution.natives();
        long total = natives == null ? sum(distribution.counts()) : natives.total();
        value.out.writeUInt64(SAMPLE_COUNT, total);
        value.out.writeDouble(SAMPLE_SUM, distribution.sum());
        classic(distribution, total);
        if (natives != null) {
            natives(natives);
        }
        metric.write(METRIC_HISTOGRAM, value);
        family.write(FAMILY_METRIC, metric);
    }

    /// The writer may have counted since: what is above the total comes with the next page. The last bucket is the
    /// total.
    private void classic(Distribution distribution, long total) throws IOException {
        long below = 0;
        for (int index = 0; index < BOUNDS.length; index++) {
            below = Math.min(total, below + distribution.counts()[index]);
            part.clear();
            part.out.writeUInt64(1, below);
            part.out.writeDouble(2, BOUNDS[index] / distribution.unit());
            Exemplar exemplar =
                    index < distribution.exemplars().length ? distribution.exemplars()[index] : null;
            exemplar(exemplar);
            value.write(BUCKET, part);
        }
        part.clear();
        part.out.writeUInt64(1, total);
        part.out.writeDouble(2, Double.POSITIVE_INFINITY);
        exemplar(distribution.exemplars().length > BOUNDS.length ? distribution.exemplars()[BOUNDS.length] : null);
        value.write(BUCKET, part);
    }

    private void exemplar(@Nullable Exemplar exemplar) throws IOException {
        if (exemplar == null) {
            return;
        }
        Message message = new Message();
        Message label = new Message();
        label.out.writeString(1, "trace_id");
        label.out.writeString(2, exemplar.traceId());
        message.write(1, label);
        message.out.writeDouble(2, exemplar.value());
        Message time = new Message();
        time.out.writeInt64(1, exemplar.epochMillis() / 1000);
        time.out.writeInt32(2, (int) (exemplar.epochMillis() % 1000) * 1_000_000);
        message.write(3, time);
        part.write(3, message);
    }

    private void natives(NativeSum natives) throws IOException {
        value.out.writeSInt32(SCHEMA, natives.schema());
        value.out.writeDouble(ZERO_THRESHOLD, NativeBuckets.ZERO_THRESHOLD);
        value.out.writeUInt64(ZERO_COUNT, natives.zero());
        List<NativeSum.Span> spans = natives.spans();
        if (spans.isEmpty()) {
            // By a span that is empty collectors know that it is a native histogram.
            span(0, 0);
        }
        for (NativeSum.Span span : spans) {
            span(span.gap(), span.counts().size());
        }
        long before = 0;
        for (NativeSum.Span span : spans) {
            for (long count : span.counts()) {
                value.out.writeSInt64(POSITIVE_DELTA, count - before);
                before = count;
            }
        }
    }

    private void span(int gap, int length) throws IOException {
        part.clear();
        part.out.writeSInt32(1, gap);
        part.out.writeUInt32(2, length);
        value.write(POSITIVE_SPAN, part);
    }

    private static long sum(long[] counts) {
        long sum = 0;
        for (long count : counts) {
            sum += count;
        }
        return sum;
    }

    /// Begins a metric with the labels of `a="b",c="d"`.
    private void labelled(String labels) throws IOException {
        metric.clear();
        int at = 0;
        while (at < labels.length()) {
            int equals = labels.indexOf('=', at);
            int end = equals + 2;
            boolean escaped = false;
            while (labels.charAt(end) != '"') {
                boolean escape = labels.charAt(end) == '\\';
                escaped |= escape;
                end += escape ? 2 : 1;
            }
            String text = labels.substring(equals + 2, end);
            inner.clear();
            inner.out.writeString(1, labels.substring(at, equals));
            inner.out.writeString(2, escaped ? unescaped(text) : text);
            metric.write(LABEL, inner);
            at = end + 2;
        }
    }

    private static String unescaped(String text) {
        StringBuilder plain = new StringBuilder(text.length());
        for (int at = 0; at < text.length(); at++) {
            char letter = text.charAt(at);
            if (letter == '\\') {
                at++;
                letter = text.charAt(at) == 'n' ? '\n' : text.charAt(at);
            }
            plain.append(letter);
        }
        return plain.toString();
    }

    @Override
    public void flush() throws IOException {
        if (open) {
            open = false;
            family.delimited(to);
        }
    }

    /// Bytes of a message that is being written.
    private static final class Message {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final CodedOutputStream out = CodedOutputStream.newInstance(bytes, 512);

        void clear() throws IOException {
            out.flush();
            bytes.reset();
        }

        void write(int field, Message inner) throws IOException {
            inner.out.flush();
            out.writeTag(field, com.google.protobuf.WireFormat.WIRETYPE_LENGTH_DELIMITED);
            out.writeUInt32NoTag(inner.bytes.size());
            out.flush();
            inner.bytes.writeTo(bytes);
        }

        void delimited(OutputStream to) throws IOException {
            out.flush();
            CodedOutputStream length = CodedOutputStream.newInstance(to, 16);
            length.writeUInt32NoTag(bytes.size());
            length.flush();
            bytes.writeTo(to);
        }
    }
}
