package dev.lateen.local.process;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/// A process that is started again when it ends: at once the first time, then after 1 s, 2 s, 4 s … up to 60 s, and at
/// once again after a run of ten minutes. As a kubelet does it, only with a shorter first wait.
///
/// Thread: any. The supervision itself runs on a virtual thread.
public final class Supervised {
    private static final Duration FIRST_WAIT = Duration.ofSeconds(1);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);
    private static final Duration GOOD_RUN = Duration.ofMinutes(10);

    private final Children children;
    private final Supplier<ChildCommand> command;
    private final Listener listener;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition stopWanted = lock.newCondition();
    private Optional<Child> current = Optional.empty();
    private boolean stopping;
    private int restarts;

    /// Is told what happens; called on the supervising thread.
    public interface Listener {
        void started(Child child);

        void ended(Child child, int status, Duration nextStartIn);

        void notStarted(String reason);
    }

    public Supervised(Children children, Supplier<ChildCommand> command, Listener listener) {
        this.children = children;
        this.command = command;
        this.listener = listener;
    }

    /// Starts the process and watches it. The first start happens before this returns, so that a command that does not
    /// exist is the caller's error.
    public Supervised start() {
        Child first = startOnce();
        Thread.ofVirtual().name("supervise " + first.name()).start(() -> watch(first));
        return this;
    }

    public int restarts() {
        lock.lock();
        try {
            return restarts;
        } finally {
            lock.unlock();
        }
    }

    public Optional<Child> current() {
        lock.lock();
        try {
            return current;
        } finally {
            lock.unlock();
        }
    }

    /// Ends the present run; a new one follows. For a liveness probe that failed.
    public void restart(Duration grace) {
        current().ifPresent(child -> child.stop(grace));
    }

    /// Kills the present run without warning; a new one follows.
    public void crash() {
        current().ifPresent(Child::kill);
    }

    public void stop(Duration grace) {
        Optional<Child> running;
        lock.lock();
        try {
            stopping = true;
            stopWanted.signalAll();
            running = current;
        } finally {
            lock.unlock();
        }
        running.ifPresent(child -> child.stop(grace));
    }

    private Child startOnce() {
        Child child = children.start(command.get());
        lock.lock();
        try {
            current = Optional.of(child);
            if (stopping) {
                child.kill(); // stop() came between the decision to start and the start
            }
        } finally {
            lock.unlock();
        }
        listener.started(child);
        return child;
    }

    /// Starts again until it works: a command may be missing for a moment, while it is being built.
    private Optional<Child> startAgain() {
        while (true) {
            try {
                return Optional.of(startOnce());
            } catch (RuntimeException failure) {
                listener.notStarted(String.valueOf(failure.getMessage()));
                if (stopsWithin(LONGEST_WAIT.dividedBy(6))) {
                    return Optional.empty();
                }
            }
        }
    }

    private void watch(Child first) {
        Child child = first;
        Duration wait = Duration.ZERO;
        while (true) {
            long startedAt = System.nanoTime();
            int status = child.ended().join();
            Duration ran = Duration.ofNanos(System.nanoTime() - startedAt);
            wait = ran.compareTo(GOOD_RUN) > 0 ? Duration.ZERO : wait;
            if (isStopping()) {
                return;
            }
            listener.ended(child, status, wait);
            if (stopsWithin(wait)) {
                return;
            }
            wait = wait.isZero() ? FIRST_WAIT : shorter(wait.multipliedBy(2), LONGEST_WAIT);
            Optional<Child> next = startAgain();
            if (next.isEmpty()) {
                return;
            }
            child = next.get();
        }
    }

    private boolean isStopping() {
        lock.lock();
        try {
            return stopping;
        } finally {
            lock.unlock();
        }
    }

    /// Waits for the next start; true when the process is no longer wanted.
    private boolean stopsWithin(Duration wait) {
        lock.lock();
        try {
            long left = wait.toNanos();
            while (!stopping && left > 0) {
                left = stopWanted.awaitNanos(left);
            }
            restarts++;
            return stopping;
        } catch (InterruptedException _) {
            return true;
        } finally {
            lock.unlock();
        }
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
