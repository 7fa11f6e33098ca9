package dev.lateen.e2e.differential;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/// Choices that a seed repeats. Thread: one.
record Dice(RandomGenerator random) {
    <T> T one(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    /// Whether something comes that comes in so many of a hundred cases.
    boolean in(int percent) {
        return random.nextInt(100) < percent;
    }

    /// @param most inclusive
    int upTo(int most) {
        return random.nextInt(most + 1);
    }

    /// The text in so many of a hundred cases, otherwise nothing.
    String maybe(int percent, Supplier<String> text) {
        return in(percent) ? text.get() : "";
    }

    /// So many different ones, in their own order.
    <T> List<T> some(int most, List<T> of) {
        List<T> left = new ArrayList<>(of);
        while (left.size() > most) {
            left.remove(random.nextInt(left.size()));
        }
        return left;
    }

    /// Between `least` and `most` texts, comma-separated.
    String list(int least, int most, Supplier<String> text) {
        List<String> all = new ArrayList<>();
        for (int n = least + upTo(most - least); n > 0; n--) {
            all.add(text.get());
        }
        return String.join(", ", all);
    }
}
