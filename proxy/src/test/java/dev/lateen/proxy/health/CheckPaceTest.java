package dev.lateen.proxy.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CheckPaceTest {
    private static final RandomGenerator LEAST = new RandomGenerator() {
        @Override
        public long nextLong() {
            return 0;
        }

        @Override
        public long nextLong(long bound) {
            return 0;
        }
    };

    @ParameterizedTest
    @CsvSource({
        "false, false, false, 70",
        "true, true, false, 60",
        "false, false, true, 10",
        "false, true, true, 2",
        "true, false, true, 20",
        "true, true, true, 1"
    })
    void goesByStateChangeAndTraffic(boolean failed, boolean changed, boolean traffic, long seconds) {
        assertThat(HealthStateTest.PACE.nextNanos(failed, changed, traffic, LEAST))
                .isEqualTo(Duration.ofSeconds(seconds).toNanos());
    }

    @org.junit.jupiter.api.Test
    void addsUpToHalfOfTheIntervalAndThreeSeconds() {
        Random random = new Random(1);
        long most = 0;
        for (int draw = 0; draw < 1000; draw++) {
            long nanos = HealthStateTest.PACE.nextNanos(false, false, true, random);
            assertThat(nanos)
                    .isBetween(
                            Duration.ofSeconds(10).toNanos(),
                            Duration.ofSeconds(18).toNanos());
            most = Math.max(most, nanos);
            assertThat(HealthStateTest.PACE.firstNanos(random))
                    .isLessThan(Duration.ofSeconds(5).toNanos());
        }
        assertThat(most).isGreaterThan(Duration.ofSeconds(17).toNanos());
    }
}
