package dev.lateen.proxy.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.client.Metrics;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class ProtobufFamiliesTest {
    private final ByteArrayOutputStream page = new ByteArrayOutputStream();
    private final ProtobufFamilies families = new ProtobufFamilies(page);

    private List<Metrics.MetricFamily> written() throws Exception {
        families.flush();
        ByteArrayInputStream in = new ByteArrayInputStream(page.toByteArray());
        List<Metrics.MetricFamily> all = new ArrayList<>();
        while (in.available() > 0) {
            all.add(Metrics.MetricFamily.parseDelimitedFrom(in));
        }
        assertThat(MessagesCheck.problem(page.toByteArray())).isEmpty();
        return all;
    }

    @Test
    void writesCountersAndGaugesWithTheirLabels() throws Exception {
        families.counters("requests_total", "Requests.", true);
        families.sample("requests_total", "a=\"x,y=\\\"z\\\"\",b=\"line\\nend\\\\\"", 12);
        families.sample("requests_total", "", 13);
        families.gauges("open", "Open.");
        families.sample("open", "c=\"\"", -3);
        List<Metrics.MetricFamily> all = written();
        assertThat(all).hasSize(2);
        assertThat(all.getFirst().getType()).isEqualTo(Metrics.MetricType.COUNTER);
        Metrics.Metric first = all.getFirst().getMetric(0);
        assertThat(first.getCounter().getValue()).isEqualTo(12);
        assertThat(first.getLabel(0).getName()).isEqualTo("a");
        assertThat(first.getLabel(0).getValue()).isEqualTo("x,y=\"z\"");
        assertThat(first.getLabel(1).getValue()).isEqualTo("line\nend\\");
        assertThat(all.getFirst().getMetric(1).getLabelCount()).isZero();
        assertThat(all.get(1).getMetric(0).getGauge().getValue()).isEqualTo(-3);
        assertThat(all.get(1).getMetric(0).getLabel(0).getValue()).isEmpty();
    }

    @Test
    void writesHistogramsInBothForms() throws Exception {
        HistogramCells cells = new HistogramCells();
        for (int value : new int[] {0, 3, 3, 100}) {
            cells.record(value);
        }
        cells.exemplar(3_000_000, "4bf92f3577b34da6a3ce929d0e0e4736", 1_700_000_000_123L);
        long[] counts = new long[Histogram.bucketCount()];
        cells.addTo(counts);
        @Nullable Exemplar[] exemplars = new Exemplar[counts.length];
        cells.addTo(exemplars);
        // From here on exact values are known.
        cells.natives();
        cells.record(7);
        counts = new long[Histogram.bucketCount()];
        cells.addTo(counts);
        NativeSum natives = new NativeSum(NativeBuckets.MOST);
        natives.add(cells.natives());
        families.histograms("sizes", "Sizes.");
        families.histogram("sizes", "a=\"b\"", new Distribution(counts, cells.sum(), exemplars, natives, 1));
        Metrics.Histogram histogram = written().getFirst().getMetric(0).getHistogram();
        assertThat(histogram.getSampleCount()).isEqualTo(5);
        assertThat(histogram.getSampleSum()).isEqualTo(113);
        assertThat(histogram.getBucketCount()).isEqualTo(Histogram.bucketCount());
        assertThat(histogram.getBucket(2).getUpperBound()).isEqualTo(5);
        assertThat(histogram.getBucket(2).getCumulativeCount()).isEqualTo(3);
        assertThat(histogram.getBucket(2).getExemplar().getLabel(0).getValue())
                .isEqualTo("4bf92f3577b34da6a3ce929d0e0e4736");
        assertThat(histogram.getBucket(2).getExemplar().getTimestamp().getNanos())
                .isEqualTo(123_000_000);
        assertThat(histogram.getBucket(Histogram.bucketCount() - 1).getCumulativeCount())
                .isEqualTo(5);
        assertThat(histogram.getSchema()).isEqualTo(NativeBuckets.FINEST_SCHEMA);
        // Buckets of 0.5 (where 0 was), 5, 8 and 100.
        assertThat(histogram.getPositiveSpanList().stream()
                        .mapToInt(Metrics.BucketSpan::getLength)
                        .sum())
                .isEqualTo(histogram.getPositiveDeltaCount());
        long total = histogram.getZeroCount();
        long count = 0;
        for (long delta : histogram.getPositiveDeltaList()) {
            count += delta;
            total += count;
        }
        assertThat(total).isEqualTo(5);
    }

    @Test
    void marksANativeHistogramWithoutValues() throws Exception {
        families.histograms("sizes", "Sizes.");
        families.histogram(
                "sizes",
                "",
                new Distribution(new long[Histogram.bucketCount()], 0, new Exemplar[0], new NativeSum(10), 1));
        Metrics.Histogram histogram = written().getFirst().getMetric(0).getHistogram();
        assertThat(histogram.getPositiveSpan(0).getLength()).isZero();
        assertThat(histogram.getSampleCount()).isZero();
    }

    @Test
    void saysWhatIsNoMessage() {
        assertThat(MessagesCheck.problem("# TYPE a counter\na 1\n".getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                .isPresent();
        assertThat(MessagesCheck.problem(new byte[0])).isEmpty();
    }
}
