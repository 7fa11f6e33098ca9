package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ShareTest {
    @Test
    void allOrNothingHasNoBounds() {
        assertThat(new Share(50, 1).least()).isEqualTo(50);
        assertThat(new Share(50, 1).most()).isEqualTo(50);
        assertThat(new Share(50, 0).least()).isZero();
        assertThat(new Share(50, 0).most()).isZero();
    }

    /// Of ten coins all show heads once in 1,024 times, of thirty once in 1,073,741,824 times.
    @Test
    void leavesOutWhatComesOnceInAMillionTimes() {
        assertThat(new Share(10, 0.5).least()).isZero();
        assertThat(new Share(10, 0.5).most()).isEqualTo(10);
        assertThat(new Share(30, 0.5).least()).isEqualTo(3);
        assertThat(new Share(30, 0.5).most()).isEqualTo(27);
    }

    @Test
    void isNarrowForMany() {
        Share share = new Share(600, 0.1);
        assertThat(share.least()).isBetween(25, 32);
        assertThat(share.most()).isBetween(96, 105);
    }
}
