package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

/// How many of so many are what is asked for, where each is by a chance of its own.
///
/// @param chance of each, from 0 to 1
public record Share(int trials, double chance) {
    /// Of a failure though all is well; on both sides together.
    private static final double ERROR = 1e-6;

    /// Fails where so few or so many come less often than once in a million times.
    public void check(int count, String of) {
        assertThat(count).as("%s: %s of %d", of, chance, trials).isBetween(least(), most());
    }

    int least() {
        double below = 0;
        int count = 0;
        while (count < trials && below + probability(count) < ERROR / 2) {
            below += probability(count);
            count++;
        }
        return count;
    }

    int most() {
        return trials - new Share(trials, 1 - chance).least();
    }

    /// Of exactly so many.
    private double probability(int count) {
        if (chance == 0 || chance == 1) {
            return count == Math.round(trials * chance) ? 1 : 0;
        }
        double logarithm = count * Math.log(chance) + (trials - count) * Math.log1p(-chance);
        for (int index = 1; index <= count; index++) {
            logarithm += Math.log((double) (trials - count + index) / index);
        }
        return Math.exp(logarithm);
    }
}
