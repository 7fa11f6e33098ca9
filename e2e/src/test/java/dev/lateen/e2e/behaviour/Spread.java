package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;

/// Whether requests are spread as they should be, by chi-square.
final class Spread {
    private Spread() {}

    /// A right balancer fails this once in a hundred thousand times.
    ///
    /// @param homes the number of the host that each request went to
    static void assertFollows(List<Integer> homes, double... shares) {
        double statistic = 0;
        double whole = Arrays.stream(shares).sum();
        int freedom = -1;
        long[] counts = new long[shares.length];
        homes.forEach(home -> counts[home]++);
        for (int host = 0; host < shares.length; host++) {
            double expected = homes.size() * shares[host] / whole;
            if (expected == 0) {
                assertThat(counts[host]).as("requests to host %d", host).isZero();
            } else {
                statistic += (counts[host] - expected) * (counts[host] - expected) / expected;
                freedom++;
            }
        }
        if (freedom == 0) {
            return;
        }
        double spread = 2.0 / (9 * freedom);
        assertThat(statistic)
                .as("chi-square of %s for %s", Arrays.toString(counts), Arrays.toString(shares))
                .isLessThan(freedom * Math.pow(1 - spread + 4.265 * Math.sqrt(spread), 3));
    }
}
