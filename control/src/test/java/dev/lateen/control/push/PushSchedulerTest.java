package dev.lateen.control.push;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

class PushSchedulerTest {
    private record Timer(Instant due, Runnable task) {}

    private final List<Timer> timers = new ArrayList<>();
    private final List<Instant> pushes = new ArrayList<>();
    private Instant now = Instant.EPOCH;
    private final PushScheduler scheduler = new PushScheduler(
            new PushTiming(Duration.ofMillis(100), Duration.ofSeconds(1)),
            () -> now,
            (delay, task) -> timers.add(new Timer(now.plus(delay), task)),
            _ -> pushes.add(now));

    @Test
    void gathersChangesUntilItIsQuiet() {
        scheduler.changed(false);
        pass(60);
        scheduler.changed(false);
        pass(60);
        assertThat(pushes).isEmpty();

        pass(40);

        assertThat(pushes).containsExactly(Instant.ofEpochMilli(160));
    }

    @Test
    void pushesAfterTheLongestWaitAlthoughChangesGoOn() {
        for (int i = 0; i < 30; i++) {
            scheduler.changed(false);
            pass(50);
        }

        assertThat(pushes.getFirst()).isEqualTo(Instant.ofEpochMilli(1000));
    }

    @Test
    void pushesEndpointsAtOnceWithWhatWasGathered() {
        scheduler.changed(false);
        scheduler.changed(true);
        assertThat(pushes).hasSize(1);

        pass(500);

        assertThat(pushes).hasSize(1);
    }

    private void pass(long millis) {
        Instant end = now.plusMillis(millis);
        while (true) {
            Timer next = timers.stream()
                    .filter(timer -> !timer.due().isAfter(end))
                    .min(Comparator.comparing(Timer::due))
                    .orElse(null);
            if (next == null) {
                now = end;
                return;
            }
            timers.remove(next);
            now = next.due();
            next.task().run();
        }
    }
}
