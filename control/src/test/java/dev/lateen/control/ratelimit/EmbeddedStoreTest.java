package dev.lateen.control.ratelimit;

import static dev.lateen.control.ratelimit.Rules.bucket;
import static dev.lateen.control.ratelimit.Rules.daily;
import static dev.lateen.control.ratelimit.Rules.sliding;
import static dev.lateen.control.ratelimit.Rules.take;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.translate.policy.LimitRule;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedStoreTest {
    private static final int MOST = 100;
    // Far from a turn of the calendar, and in the future: what ended before now is forgotten.
    private Instant now = Instant.parse("2099-01-15T12:00:00Z");
    private final LimitStats stats = new LimitStats();
    private EmbeddedStore store;

    @TempDir
    Path directory;

    @BeforeEach
    void open() throws Exception {
        store = EmbeddedStore.open(directory.resolve("quotas"), MOST, stats, () -> now);
    }

    @AfterEach
    void close() {
        store.close();
    }

    private long admitted(LimitRule rule, int requests, String... values) {
        long admitted = 0;
        for (int request = 0; request < requests; request++) {
            admitted += store.take(List.of(take(rule, 1, values)), 0).admitted() ? 1 : 0;
        }
        return admitted;
    }

    private void pass(Duration time) {
        now = now.plus(time);
    }

    @Test
    void aBucketFillsEvenly() {
        LimitRule rule = bucket(100, Duration.ofSeconds(1), 10);
        assertThat(admitted(rule, 50)).isEqualTo(10);
        pass(Duration.ofMillis(50));
        assertThat(admitted(rule, 50)).isEqualTo(5);
        pass(Duration.ofHours(1));
        assertThat(admitted(rule, 50)).isEqualTo(10);
    }

    @Test
    void aBucketSaysWhenThereIsRoom() {
        LimitRule rule = bucket(100, Duration.ofSeconds(1), 10);
        admitted(rule, 10);
        LimitState state = store.take(List.of(take(rule, 1)), 0).states().getFirst();
        assertThat(state.admitted()).isFalse();
        assertThat(state.resetNanos()).isBetween(9_900_000L, 10_100_000L);
        pass(Duration.ofNanos(state.resetNanos()));
        assertThat(admitted(rule, 1)).isEqualTo(1);
    }

    @Test
    void aWindowSlides() {
        LimitRule rule = sliding(100, Duration.ofSeconds(10));
        assertThat(admitted(rule, 150)).isEqualTo(100);
        pass(Duration.ofSeconds(9));
        assertThat(admitted(rule, 150)).isZero();
        pass(Duration.ofSeconds(3));
        assertThat(admitted(rule, 150)).isEqualTo(100);
    }

    @Test
    void aWindowSaysWhenThereIsRoom() {
        LimitRule rule = sliding(100, Duration.ofSeconds(10));
        admitted(rule, 100);
        LimitState state = store.take(List.of(take(rule, 1)), 0).states().getFirst();
        pass(Duration.ofNanos(state.resetNanos()).minusMillis(5));
        assertThat(admitted(rule, 1)).isZero();
        pass(Duration.ofMillis(10));
        assertThat(admitted(rule, 1)).isEqualTo(1);
    }

    @Test
    void aWindowLetsThroughItsRateOverALongTime() {
        LimitRule rule = sliding(100, Duration.ofSeconds(1));
        long admitted = 0;
        for (int milli = 0; milli < 20_000; milli++) {
            admitted += admitted(rule, 1);
            pass(Duration.ofMillis(1));
        }
        assertThat(admitted).isBetween(1960L, 2120L);
    }

    @Test
    void aQuotaBeginsAnewWithTheCalendar() {
        LimitRule rule = daily(5);
        assertThat(admitted(rule, 10)).isEqualTo(5);
        now = Instant.parse("2099-01-15T23:59:59.999Z");
        assertThat(admitted(rule, 10)).isZero();
        now = Instant.parse("2099-01-16T00:00:00Z");
        assertThat(admitted(rule, 10)).isEqualTo(5);
    }

    @Test
    void countsEachValueForItself() {
        LimitRule rule = bucket(1, Duration.ofHours(1), 2);
        assertThat(admitted(rule, 5, "user=a")).isEqualTo(2);
        assertThat(admitted(rule, 5, "user=b")).isEqualTo(2);
    }

    @Test
    void countsAllOrNone() {
        LimitRule wide = bucket(1, Duration.ofHours(1), 100);
        LimitRule narrow = daily(2);
        for (int request = 0; request < 10; request++) {
            store.take(List.of(take(wide, 1), take(narrow, 1)), 0);
        }
        assertThat(store.usage(wide.id(), 1).getFirst().used()).isEqualTo(2);
        assertThat(store.usage(narrow.id(), 1).getFirst().used()).isEqualTo(2);
    }

    @Test
    void grantsAheadWhatEveryCounterHasRoomFor() {
        LimitRule wide = bucket(1, Duration.ofHours(1), 100);
        LimitRule narrow = bucket(1, Duration.ofHours(1), 100);
        admitted(narrow, 90, "user=a");
        LimitStore.Taken taken = store.take(List.of(take(wide, 1, "all=1"), take(narrow, 1, "user=a")), 50);
        assertThat(taken.admitted()).isTrue();
        assertThat(taken.ahead()).isEqualTo(9);
        assertThat(admitted(wide, 200, "all=1")).isEqualTo(90);
    }

    @Test
    void letsCountersBeginAnew() {
        LimitRule rule = daily(2);
        admitted(rule, 2, "user=a");
        admitted(rule, 2, "user=b");
        assertThat(store.reset(rule.id(), Optional.of(List.of("user=a")))).isEqualTo(1);
        assertThat(admitted(rule, 5, "user=a")).isEqualTo(2);
        assertThat(admitted(rule, 5, "user=b")).isZero();
        assertThat(store.reset(rule.id(), Optional.empty())).isEqualTo(2);
        assertThat(admitted(rule, 5, "user=b")).isEqualTo(2);
    }

    @Test
    void keepsNoMoreCountersThanItMay() {
        LimitRule rule = bucket(1, Duration.ofDays(1), 2);
        for (int user = 0; user < 10 * MOST; user++) {
            admitted(rule, 2, "user=" + user);
            pass(Duration.ofMillis(1));
        }
        assertThat(store.size()).isLessThanOrEqualTo(MOST);
        assertThat(stats.evictedCounters()).isPositive();
        assertThat(admitted(rule, 1, "user=" + (10 * MOST - 1))).as("used last").isZero();
    }

    @Test
    void dropsCountersThatKnowNothingBeforeOthers() {
        LimitRule quick = bucket(1000, Duration.ofSeconds(1), 2);
        LimitRule slow = daily(2);
        admitted(slow, 2, "user=kept");
        for (int user = 0; user < 5 * MOST; user++) {
            admitted(quick, 2, "user=" + user);
            pass(Duration.ofMillis(10));
        }
        assertThat(stats.evictedCounters()).isZero();
        assertThat(admitted(slow, 1, "user=kept")).isZero();
    }

    @Test
    void keepsAQuotaOverARestart() throws Exception {
        LimitRule rule = daily(100);
        admitted(rule, 60, "user=a");
        store.close();
        store = EmbeddedStore.open(directory.resolve("quotas"), MOST, stats, () -> now);
        assertThat(admitted(rule, 100, "user=a")).isEqualTo(40);
    }

    @Test
    void reportsAndResetsAfterARestartWhatNobodyHasAskedAboutYet() throws Exception {
        LimitRule rule = daily(100);
        admitted(rule, 60, "user=a");
        admitted(rule, 50, "user=b");
        store.close();
        store = EmbeddedStore.open(directory.resolve("quotas"), MOST, stats, () -> now);
        assertThat(store.usage(rule.id(), 10))
                .extracting(LimitStore.Usage::used)
                .containsExactly(60L, 50L);
        assertThat(store.reset(rule.id(), Optional.of(List.of("user=a")))).isEqualTo(1);
        assertThat(admitted(rule, 200, "user=a")).isEqualTo(100);
        assertThat(admitted(rule, 200, "user=b")).isEqualTo(50);
    }
}
