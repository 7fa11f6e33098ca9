package dev.lateen.control.push;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Decides when a change is pushed: changes of configuration are gathered, changes of endpoints go at once, taking
/// along what was being gathered.
///
/// Thread: control loop.
public final class PushScheduler {
    private final PushTiming timing;
    private final InstantSource clock;
    private final Later later;
    private final Push push;
    private @Nullable Instant firstChange;
    private Instant lastChange = Instant.EPOCH;
    private boolean timerRuns;

    /// Runs a task later on the control loop.
    public interface Later {
        void after(Duration delay, Runnable task);
    }

    /// Pushes everything that has changed since the last time.
    public interface Push {
        /// @param since when the oldest of the changes was noticed
        void now(Instant since);
    }

    public PushScheduler(PushTiming timing, InstantSource clock, Later later, Push push) {
        this.timing = timing;
        this.clock = clock;
        this.later = later;
        this.push = push;
    }

    /// Something changed.
    ///
    /// @param urgent only endpoints did
    public void changed(boolean urgent) {
        Instant now = clock.instant();
        if (firstChange == null) {
            firstChange = now;
        }
        lastChange = now;
        if (urgent) {
            fire();
        } else if (!timerRuns) {
            timerRuns = true;
            later.after(timing.quiet(), this::check);
        }
    }

    private void check() {
        timerRuns = false;
        Optional.ofNullable(firstChange).ifPresent(first -> {
            Instant now = clock.instant();
            Instant due = earlier(lastChange.plus(timing.quiet()), first.plus(timing.longest()));
            if (now.isBefore(due)) {
                timerRuns = true;
                later.after(Duration.between(now, due), this::check);
            } else {
                fire();
            }
        });
    }

    private void fire() {
        Instant since = Optional.ofNullable(firstChange).orElse(lastChange);
        firstChange = null;
        push.now(since);
    }

    private static Instant earlier(Instant a, Instant b) {
        return a.isBefore(b) ? a : b;
    }
}
