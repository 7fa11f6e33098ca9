package dev.lateen.dashboard.traffic;

import java.util.Map;
import java.util.TreeMap;

/// What has gone over an edge in a span of time. Sums of tallies are tallies.
///
/// Limits: 24 kinds of answers; others are counted as `other`.
///
/// Thread: one writer; readers after it is done.
@SuppressWarnings("EnumOrdinal") // a map would box each of tens of thousands of numbers
public final class Tally {
    /// Upper limits of the buckets of Istio's histograms in milliseconds; the last bucket has none.
    static final double[] LIMITS = {
        0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000, 300_000, 600_000, 1_800_000,
        3_600_000
    };

    private static final int MOST_ANSWERS = 24;

    private final double[] sums = new double[Quantity.values().length];
    private final Map<String, Double> answers = new TreeMap<>();
    /// How many requests took no longer than each limit, and in the last place all.
    private float[] atMost = new float[0];

    void add(Quantity quantity, double amount) {
        sums[quantity.ordinal()] += amount;
    }

    /// @param answer status and flag, such as `503 UH`
    void addAnswer(String answer, double amount) {
        boolean known = answers.containsKey(answer) || answers.size() < MOST_ANSWERS;
        answers.merge(known ? answer : "other", amount, Double::sum);
    }

    /// @param bucket an index of `LIMITS`, or one more
    void addAtMost(int bucket, double amount) {
        if (atMost.length == 0) {
            atMost = new float[LIMITS.length + 1];
        }
        atMost[bucket] += (float) amount;
    }

    /// Adds all that another holds.
    public void add(Tally other) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] += other.sums[i];
        }
        other.answers.forEach(this::addAnswer);
        for (int i = 0; i < other.atMost.length; i++) {
            addAtMost(i, other.atMost[i]);
        }
    }

    public double of(Quantity quantity) {
        return sums[quantity.ordinal()];
    }

    /// How often each answer came, by status and flag.
    public Map<String, Double> answers() {
        return answers;
    }

    public boolean isEmpty() {
        for (double sum : sums) {
            if (sum != 0) {
                return false;
            }
        }
        return true;
    }

    /// Milliseconds that a share of the requests did not exceed, interpolated within its bucket; negative where nothing
    /// was timed.
    public double quantile(double share) {
        if (atMost.length == 0 || atMost[LIMITS.length] <= 0) {
            return -1;
        }
        double wanted = share * atMost[LIMITS.length];
        double below = 0;
        double lower = 0;
        for (int i = 0; i < LIMITS.length; i++) {
            if (atMost[i] >= wanted && atMost[i] > below) {
                return lower + (LIMITS[i] - lower) * (wanted - below) / (atMost[i] - below);
            }
            below = atMost[i];
            lower = LIMITS[i];
        }
        return lower;
    }

    /// Only what failed: another reporter has counted the rest.
    public Tally failures() {
        Tally failed = new Tally();
        failed.add(Quantity.REQUESTS, of(Quantity.FAILED));
        failed.add(Quantity.FAILED, of(Quantity.FAILED));
        answers.forEach((answer, count) -> {
            if (Quantity.isFailure(answer)) {
                failed.addAnswer(answer, count);
            }
        });
        return failed;
    }
}
