package dev.lateen.translate.policy;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One limit that the rate-limit service counts for the whole mesh.
///
/// @param id the rule's identity, `RateLimit/NAMESPACE/NAME/INDEX` or `Quota/NAMESPACE/NAME/INDEX`; stays the same
///     while the resource keeps its name and the rule its place
/// @param requests admitted in each window; at least 1
/// @param window length of the window; for calendar windows its nominal length
/// @param burst size of the bucket for `TOKEN_BUCKET`; equals `requests` unless the rule says otherwise
/// @param calendar for `CALENDAR` only
/// @param shadow counted and reported, always admitted
/// @param overrides requests for particular values of the dimensions, such as a consumer with a larger quota
public record LimitRule(
        String id,
        long requests,
        Duration window,
        Algorithm algorithm,
        long burst,
        Optional<CalendarWindow> calendar,
        boolean shadow,
        Map<List<String>, Long> overrides) {
    public LimitRule {
        if (requests < 1 || burst < 1 || window.isZero() || window.isNegative()) {
            throw new IllegalArgumentException("limit admits nothing: " + id);
        }
        if (calendar.isPresent() != (algorithm == Algorithm.CALENDAR)) {
            throw new IllegalArgumentException("calendar and algorithm disagree: " + id);
        }
        Map<List<String>, Long> copied = new HashMap<>();
        overrides.forEach((values, admitted) -> copied.put(List.copyOf(values), admitted));
        overrides = Map.copyOf(copied);
    }

    /// Requests admitted in each window for these values of the dimensions.
    public long requestsFor(List<String> values) {
        return overrides.getOrDefault(values, requests);
    }
}
