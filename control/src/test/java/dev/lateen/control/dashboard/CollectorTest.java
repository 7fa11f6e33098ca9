package dev.lateen.control.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lateen.dashboard.traffic.History;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

class CollectorTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Duration SELDOM = Duration.ofHours(1);

    private final History history = new History();

    @Test
    void collectsBeforeAnybodyLooks() {
        try (Collector collector = collector(Duration.ofMillis(10))) {
            collector.start();
            await().atMost(SOON).until(() -> history.frames().size() >= 3);
            assertThat(history.oldest()).isPresent();
        }
    }

    @Test
    void leavesNoGapBetweenWhatWasBeforeAndWhatIsSeen() {
        try (Collector collector = collector(SELDOM)) {
            collector.start();
            await().atMost(SOON).until(() -> history.frames().size() == 1);
            collector.look();
            await().atMost(SOON).until(() -> history.frames().size() >= 3);
        }
        var frames = history.frames();
        for (int i = 1; i < frames.size(); i++) {
            assertThat(frames.get(i).from()).isEqualTo(frames.get(i - 1).to());
        }
    }

    @Test
    void waitsForSomebodyWhoLooksWhereItIsToldTo() {
        try (Collector collector = collector(Duration.ZERO)) {
            collector.start();
            assertThat(collector.isRunning()).isFalse();
            collector.look();
            await().atMost(SOON).until(() -> !history.frames().isEmpty());
        }
    }

    private Collector collector(Duration idle) {
        return new Collector(new EmptyMesh(), history, InstantSource.system(), idle);
    }
}
