package dev.lateen.proxy.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class NativeBucketsTest {
    @ParameterizedTest
    @CsvSource({"1,0", "1.0000001,1", "2,8", "0.5,-8", "0.25,-16", "3,13", "1.09,1", "1.0906,2", "1.9999,8"})
    void putsAValueIntoTheBucketWhoseUpperBoundIsNext(double value, int index) {
        assertThat(NativeBuckets.indexOf(value)).isEqualTo(index);
    }

    @Test
    void holdsEachValueBetweenItsBucketsBounds() {
        SplittableRandom random = new SplittableRandom(7);
        for (int round = 0; round < 100_000; round++) {
            double value = Math.pow(2, random.nextDouble(-9, 40));
            int index = NativeBuckets.indexOf(value);
            assertThat(value)
                    .isGreaterThan(Math.pow(2, (index - 1) / 8.0) * (1 - 1e-12))
                    .isLessThanOrEqualTo(Math.pow(2, index / 8.0) * (1 + 1e-12));
        }
    }

    @Test
    void staysWithinItsBucketsHoweverFarValuesLieApart() {
        NativeBuckets buckets = new NativeBuckets();
        SplittableRandom random = new SplittableRandom(8);
        for (int round = 0; round < 10_000; round++) {
            buckets.record(Math.pow(2, random.nextDouble(-12, 63)));
        }
        buckets.record(0);
        NativeSum sum = new NativeSum(NativeBuckets.MOST);
        sum.add(buckets);
        assertThat(buckets.window().counts().length).isLessThanOrEqualTo(NativeBuckets.MOST);
        assertThat(sum.schema()).isLessThan(NativeBuckets.FINEST_SCHEMA);
        assertThat(sum.total()).isEqualTo(10_001);
    }

    @Test
    void addsLoopsOfDifferentSchemas() {
        NativeBuckets narrow = new NativeBuckets();
        narrow.add(100, 40);
        NativeBuckets wide = new NativeBuckets();
        wide.add(0.01, 1);
        wide.add(1e15, 2);
        NativeSum sum = new NativeSum(NativeBuckets.MOST);
        sum.add(narrow);
        sum.add(wide);
        assertThat(sum.total()).isEqualTo(43);
        assertThat(sum.spans()).hasSize(3);
        int at = sum.spans().get(0).gap() + 1 + sum.spans().get(1).gap();
        double upper = Math.pow(2, at / Math.pow(2, sum.schema()));
        assertThat(upper).isGreaterThanOrEqualTo(100).isLessThan(200);
    }

    @Test
    void hasNoMoreBucketsThanItsReaderWants() {
        NativeBuckets buckets = new NativeBuckets();
        for (int value = 1; value < 1000; value++) {
            buckets.record(value);
        }
        NativeSum sum = new NativeSum(5);
        sum.add(buckets);
        assertThat(sum.spans().stream().mapToInt(span -> span.counts().size()).sum())
                .isLessThanOrEqualTo(5);
        assertThat(sum.total()).isEqualTo(999);
    }

    @Test
    void beginsWithWhatTheClassicBucketsCounted() {
        HistogramCells cells = new HistogramCells();
        cells.record(7);
        cells.record(7_000_000);
        assertThat(total(cells)).isEqualTo(2);
        cells.record(8);
        cells.recordNanos(9_000_000);
        cells.record(0);
        assertThat(total(cells)).isEqualTo(5);
        long[] classic = new long[Histogram.bucketCount()];
        cells.addTo(classic);
        assertThat(java.util.Arrays.stream(classic).sum()).isEqualTo(5);
        assertThat(cells.sum()).isCloseTo(7_000_024, within(0.001));
    }

    private static long total(HistogramCells cells) {
        NativeSum sum = new NativeSum(NativeBuckets.MOST);
        sum.add(cells.natives());
        return sum.total();
    }
}
