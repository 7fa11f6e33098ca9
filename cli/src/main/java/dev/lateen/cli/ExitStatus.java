package dev.lateen.cli;

import java.util.concurrent.atomic.AtomicInteger;

/// Ends the process with the status that it means. A JVM stopped by SIGTERM or Ctrl-C reports 143 or 130 although
/// it was only told to finish; who supervises us should see 0 then.
///
/// Thread: any.
final class ExitStatus {
    private static final AtomicInteger STATUS = new AtomicInteger();

    private ExitStatus() {}

    /// Runs after a signal or `exit`: the commands' own shutdown hooks run at the same time, so it waits for none
    /// of them; a command that must drain registers with `Shutdown` instead of with the runtime.
    static void installSignalHandling() {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            Shutdown.runAll();
                            Runtime.getRuntime().halt(STATUS.get());
                        },
                        "shutdown"));
    }

    static void exit(int status) {
        STATUS.set(status);
        System.exit(status);
    }
}
