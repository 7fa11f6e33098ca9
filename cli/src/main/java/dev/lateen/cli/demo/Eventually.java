package dev.lateen.cli.demo;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/// Waits for a condition instead of a time: what is saved becomes true when the machine gets to it.
///
/// Thread: any; it blocks.
final class Eventually {
    /// Long enough for a machine that is busy with other things; nobody waits that long where all is well.
    private static final Duration LONGEST = Duration.ofSeconds(60);
    private static final Duration BETWEEN = Duration.ofMillis(50);

    private Eventually() {}

    /// Whether it came to hold within a minute.
    static boolean holds(BooleanSupplier condition) {
        return holds(LONGEST, condition);
    }

    /// Whether it came to hold in that time. It is asked at least once.
    static boolean holds(Duration time, BooleanSupplier condition) {
        long deadline = System.nanoTime() + time.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            pause(BETWEEN);
        }
        return true;
    }

    /// Lets time pass in which something goes on.
    static void pause(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
