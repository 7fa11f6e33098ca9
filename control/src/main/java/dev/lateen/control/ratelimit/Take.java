package dev.lateen.control.ratelimit;

import dev.lateen.translate.policy.LimitRule;

/// Hits to be counted against one counter.
///
/// @param limit of the rule for these values
/// @param hits 0: it is only looked at
public record Take(LimitKey key, LimitRule rule, long limit, long hits) {
    /// How many hits one caller may be granted ahead: a twentieth of a second of a bucket's flow, a hundredth of a
    /// window, a thousandth of a quota. It bounds what is lost where a caller dies or falls silent.
    long mostAhead() {
        return switch (rule.algorithm()) {
            case TOKEN_BUCKET -> Math.min((long) (limit * 5e7 / rule.window().toNanos()), Math.max(1, burst() / 4));
            case SLIDING_WINDOW -> limit / 100;
            case CALENDAR -> limit / 1000;
        };
    }

    /// An override of the limit scales the bucket.
    long burst() {
        return limit == rule.requests()
                ? rule.burst()
                : Math.max(1, Math.round((double) rule.burst() * limit / rule.requests()));
    }
}
