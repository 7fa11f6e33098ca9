package dev.lateen.control.fetch;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// Stands for the control loop where what it follows is tested alone. What comes after it has ended is dropped.
public final class StandInLoop implements Executor, AutoCloseable {
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();

    @Override
    public void execute(Runnable task) {
        after(Duration.ZERO, task);
    }

    public void after(Duration pause, Runnable task) {
        try {
            var _ = thread.schedule(task, pause.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException _) {
            // Closed.
        }
    }

    /// What a question gets on the loop.
    public <T> T ask(Callable<T> question) throws InterruptedException, ExecutionException {
        return thread.submit(question).get();
    }

    /// Has something done on the loop.
    public void run(Runnable task) throws InterruptedException, ExecutionException {
        thread.submit(task).get();
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
