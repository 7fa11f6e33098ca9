package dev.lateen.control.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.translate.policy.CalendarWindow;
import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CalendarTurnsTest {
    @ParameterizedTest
    @CsvSource({
        "HOUR, 2026-03-29T00:59:59Z, 2026-03-29T00:00:00Z, 2026-03-29T01:00:00Z",
        "DAY, 2026-03-29T12:00:00Z, 2026-03-28T23:00:00Z, 2026-03-29T22:00:00Z",
        "DAY, 2026-10-25T12:00:00Z, 2026-10-24T22:00:00Z, 2026-10-25T23:00:00Z",
        "WEEK, 2026-11-25T12:00:00Z, 2026-11-22T23:00:00Z, 2026-11-29T23:00:00Z",
        "MONTH, 2026-02-28T22:59:59Z, 2026-01-31T23:00:00Z, 2026-02-28T23:00:00Z",
        "YEAR, 2026-12-31T23:30:00Z, 2026-12-31T23:00:00Z, 2027-12-31T23:00:00Z",
    })
    void turnsAsPeopleThereReadTheCalendar(CalendarWindow.Unit unit, Instant now, Instant start, Instant end) {
        CalendarWindow window = new CalendarWindow(unit, ZoneId.of("Europe/Berlin"));
        long begun = CalendarTurns.start(window, now.toEpochMilli());
        assertThat(Instant.ofEpochMilli(begun)).isEqualTo(start);
        assertThat(Instant.ofEpochMilli(CalendarTurns.end(window, begun))).isEqualTo(end);
    }
}
