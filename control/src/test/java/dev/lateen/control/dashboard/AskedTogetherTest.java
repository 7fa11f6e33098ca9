package dev.lateen.control.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.control.dashboard.AskedTogether.Unanswered;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AskedTogetherTest {
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final int MANY = 100;

    private final List<Integer> all = IntStream.range(0, MANY).boxed().toList();

    @Test
    void letsNobodyWaitForThoseThatHang() throws InterruptedException {
        int hanging = AskedTogether.AT_A_TIME - 1;
        CountDownLatch othersAnswered = new CountDownLatch(MANY - hanging);
        Set<Integer> answered = new HashSet<>();
        Unanswered<Integer> none = AskedTogether.ask(
                all,
                one -> {
                    if (one < hanging) {
                        await(othersAnswered);
                    }
                    return Optional.of("answer");
                },
                (one, _) -> {
                    answered.add(one);
                    othersAnswered.countDown();
                },
                LONG);
        assertThat(answered).hasSize(MANY);
        assertThat(none.silent()).isEmpty();
        assertThat(none.late()).isEmpty();
    }

    @Test
    void namesThoseThatHaveNoAnswerAndThoseThatGiveNoneInTime() throws InterruptedException {
        CountDownLatch never = new CountDownLatch(1);
        Unanswered<Integer> none = AskedTogether.ask(
                List.of(1, 2, 3),
                one -> {
                    if (one == 1) {
                        await(never);
                    }
                    if (one == 3) {
                        throw new IllegalStateException("as a mistake would");
                    }
                    return Optional.<String>empty();
                },
                (_, _) -> {},
                Duration.ofMillis(50));
        // Whoever was slower than that on a slow machine is late too, but nobody is both, or neither.
        assertThat(none.late()).startsWith(1);
        assertThat(none.silent()).isSubsetOf(2, 3).doesNotContainAnyElementsOf(none.late());
        assertThat(none.late().size() + none.silent().size()).isEqualTo(3);
    }

    @Test
    void asksAFewAtATime() throws InterruptedException {
        AtomicInteger asked = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        AskedTogether.ask(
                all,
                _ -> {
                    most.accumulateAndGet(asked.incrementAndGet(), Math::max);
                    Thread.yield();
                    asked.decrementAndGet();
                    return Optional.of("answer");
                },
                (_, _) -> {},
                LONG);
        assertThat(most.get()).isBetween(1, AskedTogether.AT_A_TIME);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
