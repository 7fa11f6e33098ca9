package dev.lateen.proxy.config;

import java.util.random.RandomGenerator;

/// A share of requests or connections.
///
/// Source: envoy.type.v3.FractionalPercent.
public record Fraction(int numerator, int denominator) {
    public static final Fraction NONE = new Fraction(0, 100);
    public static final Fraction ALL = new Fraction(100, 100);

    /// Whether this draw falls into the share.
    public boolean draw(RandomGenerator random) {
        if (numerator <= 0) {
            return false;
        }
        return numerator >= denominator || random.nextInt(denominator) < numerator;
    }

    /// 0 to 100.
    public double percent() {
        return Math.min(100.0, 100.0 * numerator / denominator);
    }
}
