package dev.lateen.cli;

import java.util.ArrayDeque;
import java.util.Deque;

/// What must still be done when the process is told to end, last registered first.
///
/// Thread: any; `runAll` on the JVM's shutdown thread.
final class Shutdown {
    private static final Deque<Runnable> STEPS = new ArrayDeque<>();

    private Shutdown() {}

    static void register(Runnable step) {
        synchronized (STEPS) {
            STEPS.push(step);
        }
    }

    static void runAll() {
        while (true) {
            Runnable step;
            synchronized (STEPS) {
                if (STEPS.isEmpty()) {
                    return;
                }
                step = STEPS.pop();
            }
            try {
                step.run();
            } catch (RuntimeException failure) {
                System.err.println("while shutting down: " + Failures.describe(failure));
            }
        }
    }
}
