package dev.lateen.proxy.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.lateen.net.http.Headers;
import dev.lateen.proxy.ratelimit.LimitAnswer.Counted;
import dev.lateen.proxy.ratelimit.LimitAnswer.Lease;
import dev.lateen.proxy.ratelimit.LimitAnswer.Status;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LeasedTest {
    private static final long MILLI = 1_000_000;

    private static Counted answer(boolean over, long resetSeconds, long resetNanos, Lease lease) {
        return new Counted(
                over,
                List.of(new Status(over, true, 10, 1, "", 0, resetSeconds, resetNanos)),
                new Headers(),
                new Headers(),
                ByteString.EMPTY,
                Map.of(),
                lease);
    }

    @Test
    void givesWhatIsGrantedAndNoMore() {
        Leased leased = new Leased(0);
        leased.answered(answer(false, 0, 0, new Lease(2, 50 * MILLI)), 0);
        assertThat(leased.take(MILLI)).isNotNull();
        assertThat(leased.take(2 * MILLI)).isNotNull();
        assertThat(leased.take(3 * MILLI)).isNull();
    }

    @Test
    void givesNothingOfALeaseThatHasEnded() {
        Leased leased = new Leased(0);
        leased.answered(answer(false, 0, 0, new Lease(2, 50 * MILLI)), 0);
        assertThat(leased.take(50 * MILLI)).isNull();
    }

    @Test
    void remembersARefusalUntilTheLimitLetsThroughAgain() {
        Leased leased = new Leased(0);
        leased.answered(answer(true, 0, 20 * MILLI, Lease.NONE), 0);
        assertThat(leased.take(19 * MILLI)).isNotNull();
        assertThat(leased.take(20 * MILLI)).isNull();
        assertThat(leased.takeRefusedHits()).isEqualTo(1);
        assertThat(leased.takeRefusedHits()).isZero();
    }

    @Test
    void remembersNoRefusalForLongerThanASecond() {
        Leased leased = new Leased(0);
        leased.answered(answer(true, 86_400, 0, Lease.NONE), 0);
        assertThat(leased.take(999 * MILLI)).isNotNull();
        assertThat(leased.take(1000 * MILLI)).isNull();
    }

    @Test
    void wantsAsMuchAsTheNextStretchOfTimeNeeds() {
        Leased leased = new Leased(0);
        for (int request = 0; request < 100; request++) {
            leased.seen(request * MILLI);
        }
        assertThat(leased.wanted(100 * MILLI)).isBetween(45L, 55L);
        leased.seen(10_000 * MILLI);
        assertThat(leased.wanted(10_001 * MILLI)).isZero();
    }
}
