package dev.lateen.proxy.overload;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ForcedCollectionsTest {
    private static final long READ_EVERY = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long MINUTE = TimeUnit.SECONDS.toNanos(60);

    private long now = 5;
    private long collections;

    /// As the overload manager does: four questions a second, each answered before the next pause begins.
    private void aMinute(boolean urgent, long costMillis) {
        ForcedCollections forced = new ForcedCollections(() -> now, () -> {
            collections++;
            now += TimeUnit.MILLISECONDS.toNanos(costMillis);
        });
        long end = now + MINUTE;
        while (now < end) {
            forced.tryCollect(urgent);
            now += READ_EVERY;
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 59, 61", "40, 57, 61", "100, 26, 31", "500, 5, 7"})
    void takesATwentiethOfTheTimeAtMost(long costMillis, long least, long most) {
        aMinute(false, costMillis);
        assertThat(collections).isBetween(least, most);
        assertThat(collections * costMillis).isLessThanOrEqualTo(60_000 / 20 + costMillis);
    }

    @ParameterizedTest
    @CsvSource({"1, 230, 241", "20, 215, 241", "100, 50, 61", "1000, 5, 7"})
    void takesATenthOfTheTimeAtMostWhereItIsUrgent(long costMillis, long least, long most) {
        aMinute(true, costMillis);
        assertThat(collections).isBetween(least, most);
        assertThat(collections * costMillis).isLessThanOrEqualTo(60_000 / 10 + costMillis);
    }
}
