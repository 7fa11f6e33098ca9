package dev.lateen.control.ratelimit;

import dev.lateen.translate.policy.CalendarWindow;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;

/// When calendar windows begin and end. Days with a change of clocks have 23 or 25 hours.
final class CalendarTurns {
    private CalendarTurns() {}

    /// In milliseconds since 1970.
    static long start(CalendarWindow window, long nowMillis) {
        return begin(window, Instant.ofEpochMilli(nowMillis).atZone(window.zone()))
                .toInstant()
                .toEpochMilli();
    }

    static long end(CalendarWindow window, long startMillis) {
        ZonedDateTime start = Instant.ofEpochMilli(startMillis).atZone(window.zone());
        ZonedDateTime end = switch (window.unit()) {
            case HOUR -> start.plusHours(1);
            case DAY -> start.toLocalDate().plusDays(1).atStartOfDay(window.zone());
            case WEEK -> start.toLocalDate().plusWeeks(1).atStartOfDay(window.zone());
            case MONTH -> start.toLocalDate().plusMonths(1).atStartOfDay(window.zone());
            case YEAR -> start.toLocalDate().plusYears(1).atStartOfDay(window.zone());
        };
        return end.toInstant().toEpochMilli();
    }

    private static ZonedDateTime begin(CalendarWindow window, ZonedDateTime now) {
        var day = now.toLocalDate();
        return switch (window.unit()) {
            case HOUR -> now.truncatedTo(ChronoUnit.HOURS);
            case DAY -> day.atStartOfDay(window.zone());
            case WEEK ->
                day.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY)).atStartOfDay(window.zone());
            case MONTH -> day.withDayOfMonth(1).atStartOfDay(window.zone());
            case YEAR -> day.withDayOfYear(1).atStartOfDay(window.zone());
        };
    }
}
