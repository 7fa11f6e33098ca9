package dev.lateen.translate.policy;

import java.time.ZoneId;

/// A window that begins and ends with the calendar, as people in one time zone read it. Weeks begin on Monday
/// (ISO 8601).
public record CalendarWindow(Unit unit, ZoneId zone) {
    public enum Unit {
        HOUR,
        DAY,
        WEEK,
        MONTH,
        YEAR
    }
}
