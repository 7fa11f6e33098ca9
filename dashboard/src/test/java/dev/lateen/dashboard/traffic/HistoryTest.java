package dev.lateen.dashboard.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.dashboard.traffic.EdgeKey.Reporter;
import dev.lateen.dashboard.traffic.EdgeKey.ServiceName;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HistoryTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final History history = new History();

    @Test
    void sumsWhatEndedWithinTheWindow() {
        run(10, 1);
        Frame frame = history.window(START.plusSeconds(20), Duration.ofSeconds(6));
        assertThat(requests(frame)).isEqualTo(3);
        assertThat(frame.seconds()).isEqualTo(6);
    }

    @Test
    void losesNothingWhenItKeepsOlderTrafficInLongerSpans() {
        run(300, 1);
        Frame all = history.window(START.plusSeconds(600), Duration.ofHours(1));
        assertThat(requests(all)).isEqualTo(300);
        assertThat(history.frames()).hasSizeLessThan(100);
    }

    @Test
    void forgetsWhatIsOlderThanAnHour() {
        run(3_600, 1);
        Instant end = START.plusSeconds(7_200);
        assertThat(Duration.between(history.oldest().orElseThrow(), end)).isLessThan(Duration.ofSeconds(3_640));
    }

    @Test
    void keepsNoMoreTalliesThanItMay() {
        run(200, 2_000);
        int tallies = history.frames().stream()
                .mapToInt(frame -> frame.edges().size())
                .sum();
        assertThat(tallies).isLessThan(History.MOST_TALLIES + 45 * 2_000);
    }

    @Test
    void looksBack() {
        run(100, 1);
        // What is older is kept in spans of about a quarter of a minute, so a window has no sharp ends there.
        Frame frame = history.window(START.plusSeconds(60), Duration.ofSeconds(30));
        assertThat(frame.seconds()).isBetween(15.0, 45.0);
        assertThat(requests(frame)).isEqualTo(frame.seconds() / 2);
        assertThat(history.window(START.minusSeconds(1), Duration.ofSeconds(30)).edges())
                .isEmpty();
    }

    @Test
    void findsTheSpanThatHoldsAMomentWhereNoneEndsNearIt() {
        for (int i = 0; i < 4; i++) {
            Instant from = START.plusSeconds(60L * i);
            history.add(new Frame(from, from.plusSeconds(60), Map.of(), i, 0));
        }
        Frame frame = history.window(START.plusSeconds(150), Duration.ofSeconds(10));
        assertThat(frame.from()).isEqualTo(START.plusSeconds(120));
        assertThat(frame.seconds()).isEqualTo(60);
        assertThat(history.window(START.plusSeconds(300), Duration.ofSeconds(10))
                        .seconds())
                .isZero();
    }

    private void run(int frames, int edges) {
        for (int i = 0; i < frames; i++) {
            Map<EdgeKey, Tally> traffic = new HashMap<>();
            for (int edge = 0; edge < edges; edge++) {
                Tally tally = new Tally();
                tally.add(Quantity.REQUESTS, 1);
                Party destination = new Party("ns", "w" + edge, "w", "v1", "");
                traffic.put(
                        new EdgeKey(Party.UNKNOWN, destination, ServiceName.NONE, "http", Reporter.DESTINATION), tally);
            }
            history.add(new Frame(START.plusSeconds(2L * i), START.plusSeconds(2L * i + 2), traffic, 1, 0));
        }
    }

    private static double requests(Frame frame) {
        return frame.edges().values().stream()
                .mapToDouble(tally -> tally.of(Quantity.REQUESTS))
                .sum();
    }
}
