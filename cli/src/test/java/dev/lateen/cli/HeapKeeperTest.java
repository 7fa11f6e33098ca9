package dev.lateen.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class HeapKeeperTest {
    private static final long MIB = 1L << 20;

    @Test
    void letsWhatLivesGrowByHalf() {
        assertThat(HeapKeeper.threshold(100 * MIB, 1000 * MIB)).isEqualTo(150 * MIB);
    }

    @Test
    void doesNotLookAtLittle() {
        assertThat(HeapKeeper.threshold(3 * MIB, -1)).isEqualTo(HeapKeeper.LEAST);
    }

    @Test
    void asksForNoMoreThanThereMayBe() {
        assertThat(HeapKeeper.threshold(100 * MIB, 120 * MIB)).isEqualTo(120 * MIB);
    }
}
