package dev.lateen.proxy.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.proxy.cluster.PriorityLoad.Counts;
import org.junit.jupiter.api.Test;

final class PriorityLoadTest {
    private static PriorityLoad load(double panic, Counts... counts) {
        return PriorityLoad.of(counts, 140, panic);
    }

    @Test
    void keepsAllTrafficWhileOverprovisioningCoversWhatIsUnhealthy() {
        assertThat(load(50, new Counts(100, 72, 0), new Counts(100, 100, 0)).healthy())
                .containsExactly(100, 0);
    }

    @Test
    void spillsOverInProportionToWhatIsMissing() {
        assertThat(load(50, new Counts(100, 50, 0), new Counts(100, 100, 0)).healthy())
                .containsExactly(70, 30);
    }

    @Test
    void sharesOutWhereAllPrioritiesTogetherDoNotSuffice() {
        PriorityLoad load = load(0, new Counts(100, 25, 0), new Counts(100, 25, 0));
        assertThat(load.healthy()).containsExactly(50, 50);
        assertThat(load.panic()).containsExactly(false, false);
    }

    @Test
    void panicsBelowTheThreshold() {
        PriorityLoad load = load(50, new Counts(10, 2, 0));
        assertThat(load.panic()).containsExactly(true);
        assertThat(load.healthy()).containsExactly(100);
    }

    @Test
    void doesNotPanicWhereAnotherPriorityTakesOver() {
        assertThat(load(50, new Counts(10, 0, 0), new Counts(10, 10, 0)).panic())
                .containsExactly(false, false);
    }

    @Test
    void spreadsByNumberOfHostsWhenAllPrioritiesPanic() {
        assertThat(load(50, new Counts(30, 1, 0), new Counts(10, 0, 0)).healthy())
                .containsExactly(75, 25);
    }

    @Test
    void usesDegradedHostsForWhatHealthyOnesCannotTake() {
        PriorityLoad load = load(50, new Counts(10, 5, 5));
        assertThat(load.healthy()).containsExactly(70);
        assertThat(load.degraded()).containsExactly(30);
    }
}
