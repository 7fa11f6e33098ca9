package dev.lateen.xds.server;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one thread of all streams. What comes in while it is at work it takes along without being woken: a hundred
/// proxies that answer at one time cost a few wake-ups.
///
/// Thread: any.
final class AdsLoop implements Executor, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AdsLoop.class);

    private final ScheduledThreadPoolExecutor thread = new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().name("ads").daemon(true).factory());
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean awake = new AtomicBoolean();

    AdsLoop() {
        // Or what a task holds would live until its time, though nobody waits for it any more.
        thread.setRemoveOnCancelPolicy(true);
    }

    /// Tasks run in the order in which they came. One that fails is logged and costs no other.
    @Override
    public void execute(Runnable task) {
        tasks.add(task);
        if (!awake.get() && awake.compareAndSet(false, true)) {
            wake();
        }
    }

    /// @return may be cancelled until then
    Future<?> after(Duration delay, Runnable task) {
        try {
            return thread.schedule(() -> execute(task), delay.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException _) {
            // Closed: the listeners end the streams.
            return CompletableFuture.completedFuture(null);
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }

    private void wake() {
        try {
            thread.execute(this::work);
        } catch (RejectedExecutionException _) {
            // Closed: the listeners end the streams.
        }
    }

    private void work() {
        runAll();
        awake.set(false);
        // What came between the last look and the line above has woken nobody.
        if (!tasks.isEmpty() && awake.compareAndSet(false, true)) {
            wake();
        }
    }

    private void runAll() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            try {
                task.run();
            } catch (RuntimeException | VirtualMachineError e) {
                LOG.atError().setCause(e).log("a discovery stream failed");
            }
        }
    }
}
