package dev.lateen.control.ratelimit;

import dev.lateen.translate.policy.Algorithm;
import dev.lateen.translate.policy.CalendarWindow;
import dev.lateen.translate.policy.LimitRule;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Rules and takes to test with.
final class Rules {
    private Rules() {}

    static LimitRule bucket(long requests, Duration window, long burst) {
        return new LimitRule(
                "RateLimit/shop/bucket/0",
                requests,
                window,
                Algorithm.TOKEN_BUCKET,
                burst,
                Optional.empty(),
                false,
                Map.of());
    }

    static LimitRule sliding(long requests, Duration window) {
        return new LimitRule(
                "RateLimit/shop/sliding/0",
                requests,
                window,
                Algorithm.SLIDING_WINDOW,
                requests,
                Optional.empty(),
                false,
                Map.of());
    }

    static LimitRule daily(long requests) {
        return new LimitRule(
                "Quota/shop/daily/0",
                requests,
                Duration.ofDays(1),
                Algorithm.CALENDAR,
                requests,
                Optional.of(new CalendarWindow(CalendarWindow.Unit.DAY, ZoneOffset.UTC)),
                false,
                Map.of(List.of("gold"), requests * 10));
    }

    static Take take(LimitRule rule, long hits, String... values) {
        return new Take(new LimitKey(rule.id(), List.of(values)), rule, rule.requests(), hits);
    }
}
