package dev.lateen.proxy.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;

/// Whether counts are what a distribution gives: a test that a right balancer fails once in a hundred thousand times.
final class ChiSquare {
    /// The normal quantile of 1 - 1e-5.
    private static final double QUANTILE = 4.265;

    private ChiSquare() {}

    /// @param shares of any sum; nothing may be counted where one is 0
    static void assertFollows(long[] counts, double... shares) {
        long total = Arrays.stream(counts).sum();
        double whole = Arrays.stream(shares).sum();
        double statistic = 0;
        int freedom = -1;
        for (int index = 0; index < counts.length; index++) {
            double expected = total * shares[index] / whole;
            if (expected == 0) {
                assertThat(counts[index]).as("of share 0: %d", index).isZero();
                continue;
            }
            statistic += (counts[index] - expected) * (counts[index] - expected) / expected;
            freedom++;
        }
        assertThat(statistic)
                .as("chi-square of %s for shares %s", Arrays.toString(counts), Arrays.toString(shares))
                .isLessThan(critical(freedom));
    }

    /// By Wilson and Hilferty's cube root.
    private static double critical(int freedom) {
        double spread = 2.0 / (9 * freedom);
        return freedom * Math.pow(1 - spread + QUANTILE * Math.sqrt(spread), 3);
    }
}
