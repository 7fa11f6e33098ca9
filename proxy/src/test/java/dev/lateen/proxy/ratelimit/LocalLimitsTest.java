package dev.lateen.proxy.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.proxy.ratelimit.Descriptor.Entry;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LocalLimitsTest {
    private static final long SECOND = 1_000_000_000L;

    private static TokenBucket.Size tokens(long max) {
        return new TokenBucket.Size(max, max, 3600 * SECOND);
    }

    private static LocalLimits limits(
            Optional<TokenBucket.Size> standard, boolean always, LocalLimits.Limit... limits) {
        return new LocalLimits(new LocalLimits.Config(standard, always, List.of(limits), 10));
    }

    private static LocalLimits.Limit limit(long max, String key, String value) {
        return new LocalLimits.Limit(List.of(new Entry(key, value)), tokens(max));
    }

    private static List<Descriptor> described(String key, String value) {
        return List.of(new Descriptor(List.of(new Entry(key, value)), null, -1));
    }

    private static int allowed(LocalLimits limits, List<Descriptor> descriptors) {
        int allowed = 0;
        for (int request = 0; request < 20; request++) {
            allowed += limits.take(descriptors, System.nanoTime()).allowed() ? 1 : 0;
        }
        return allowed;
    }

    @Test
    void aDescriptorHasABucketOfItsOwn() {
        LocalLimits limits = limits(Optional.of(tokens(7)), false, limit(3, "user", "a"));
        assertThat(allowed(limits, described("user", "a"))).isEqualTo(3);
        assertThat(allowed(limits, described("user", "b"))).isEqualTo(7);
    }

    @Test
    void whatIsDescribedTakesFromTheStandardBucketToo() {
        LocalLimits limits = limits(Optional.of(tokens(5)), true, limit(3, "user", "a"));
        assertThat(allowed(limits, described("user", "a"))).isEqualTo(3);
        assertThat(allowed(limits, List.of())).isEqualTo(2);
    }

    @Test
    void passesWhatNothingDescribesWhereThereIsNoStandard() {
        LocalLimits limits = limits(Optional.empty(), true, limit(3, "user", "a"));
        assertThat(allowed(limits, described("user", "b"))).isEqualTo(20);
    }

    @Test
    void anOpenValueGivesEachValueABucket() {
        LocalLimits limits = limits(Optional.empty(), true, limit(3, "user", ""));
        assertThat(allowed(limits, described("user", "a"))).isEqualTo(3);
        assertThat(allowed(limits, described("user", "b"))).isEqualTo(3);
        assertThat(allowed(limits, described("other", "b"))).isEqualTo(20);
    }

    @Test
    void longValuesHaveABucketEachToo() {
        LocalLimits limits = limits(Optional.empty(), true, limit(3, "user", ""));
        String text = "x".repeat(60_000);
        assertThat(allowed(limits, described("user", text))).isEqualTo(3);
        assertThat(allowed(limits, described("user", text + "y"))).isEqualTo(3);
        assertThat(allowed(limits, described("user", text))).isZero();
    }

    @Test
    void keepsNoMoreValuesThanItMayAndThoseUsedLast() {
        LocalLimits limits = limits(Optional.empty(), true, limit(3, "user", ""));
        for (int user = 0; user < 100; user++) {
            allowed(limits, described("user", Integer.toString(user)));
        }
        assertThat(allowed(limits, described("user", "99"))).isZero();
        assertThat(allowed(limits, described("user", "0"))).isEqualTo(3);
    }

    @Test
    void aBucketFillsEvenly() {
        TokenBucket bucket = new TokenBucket(new TokenBucket.Size(10, 100, SECOND), 0);
        assertThat(bucket.tryTake(10, 0)).isTrue();
        assertThat(bucket.tryTake(1, 9_999_999)).isFalse();
        assertThat(bucket.tryTake(1, 10_000_000)).isTrue();
        assertThat(bucket.remaining(60_000_000)).isEqualTo(5);
        assertThat(bucket.remaining(10 * SECOND)).isEqualTo(10);
    }
}
