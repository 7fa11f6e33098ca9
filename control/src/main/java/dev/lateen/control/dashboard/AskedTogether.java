package dev.lateen.control.dashboard;

import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks many the same question, a few at a time, so that those who let us wait keep nobody else from answering.
///
/// Limits: 8 at a time; no more answers than that, and one, are held at once, since who asks takes the next one only
/// when the last was taken.
///
/// Thread: the caller takes the answers; each of those who ask has a virtual thread.
final class AskedTogether {
    static final int AT_A_TIME = 8;

    private static final Logger LOG = LoggerFactory.getLogger(AskedTogether.class);

    private AskedTogether() {}

    /// Those without an answer, in the order in which they were given.
    ///
    /// @param silent had none
    /// @param late had not answered when the time was over; some may not have been asked
    record Unanswered<Q>(List<Q> silent, List<Q> late) {}

    private record Answer<Q, A>(Q asked, Optional<A> answer) {}

    /// Returns when all have answered, or the time is over.
    ///
    /// @param question may block; is interrupted when the time is over
    /// @param taker of what was answered, by whom
    /// @param patience for all together
    static <Q, A> Unanswered<Q> ask(
            Collection<Q> all, Function<Q, Optional<A>> question, BiConsumer<Q, A> taker, Duration patience)
            throws InterruptedException {
        Queue<Q> waiting = new ConcurrentLinkedQueue<>(all);
        BlockingQueue<Answer<Q, A>> answers = new SynchronousQueue<>();
        Set<Q> silent = new LinkedHashSet<>();
        Set<Q> late = new LinkedHashSet<>(all);
        long deadline = System.nanoTime() + patience.toNanos();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        try {
            for (int i = 0; i < Math.min(AT_A_TIME, all.size()); i++) {
                threads.execute(() -> ask(waiting, question, answers));
            }
            while (!late.isEmpty()) {
                Answer<Q, A> next = answers.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                if (next == null) {
                    break;
                }
                late.remove(next.asked());
                next.answer()
                        .ifPresentOrElse(answer -> taker.accept(next.asked(), answer), () -> silent.add(next.asked()));
            }
        } finally {
            threads.shutdownNow();
        }
        return new Unanswered<>(
                all.stream().filter(silent::contains).toList(),
                all.stream().filter(late::contains).toList());
    }

    private static <Q, A> void ask(
            Queue<Q> waiting, Function<Q, Optional<A>> question, BlockingQueue<Answer<Q, A>> answers) {
        try {
            Q next = waiting.poll();
            while (next != null) {
                answers.put(new Answer<>(next, answer(next, question)));
                next = waiting.poll();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // nobody waits any more
        }
    }

    private static <Q, A> Optional<A> answer(Q asked, Function<Q, Optional<A>> question) {
        try {
            return question.apply(asked);
        } catch (RuntimeException failure) {
            LOG.atError().setCause(failure).log("a proxy cannot be asked");
            return Optional.empty();
        }
    }
}
