package dev.lateen.e2e.differential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lateen.e2e.behaviour.DataPlane;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Test;

/// Generated route tables and requests: our proxy does what Envoy does. `-Dlateen.tables=N` takes more tables,
/// `-Dlateen.calls=N` more calls of each, `-Dlateen.seed=N` others.
class DifferentialIT {
    private static final int TABLES = Integer.getInteger("lateen.tables", 40);
    private static final int CALLS = Integer.getInteger("lateen.calls", 50);
    private static final long SEED = Long.getLong("lateen.seed", 20_261_126L);
    private static final int TABLES_OF_A_PROXY = 40;
    private static final int CLIENTS = 4;
    private static final int SHOWN = Integer.getInteger("lateen.shown", 20);

    private final Dice dice = new Dice(new Random(SEED));
    private final RouteTables tables = new RouteTables(dice);
    private final Calls calls = new Calls(dice);
    private final List<String> differences = new ArrayList<>();
    private int compared;
    private int forwarded;

    private record Outcome(Calls.Call call, RouteTables.Table table, String ours, String envoys) {}

    @Test
    void generatedTablesDoTheSameOnBothDataPlanes() throws Exception {
        for (DataPlane plane : DataPlane.values()) {
            String obstacle = plane.obstacle();
            assumeTrue(obstacle.isEmpty(), obstacle);
        }
        try (ExecutorService clients = Executors.newFixedThreadPool(CLIENTS)) {
            for (int done = 0; done < TABLES; done += TABLES_OF_A_PROXY) {
                compare(Math.min(TABLES_OF_A_PROXY, TABLES - done), clients);
            }
        }
        System.out.printf(
                "seed %d: %d tables, %d calls, %d of them forwarded, %d different%n",
                SEED, TABLES, compared, forwarded, differences.size());
        assertThat(differences.stream().limit(SHOWN)).isEmpty();
        // Calls that all meet the same refusal would compare nothing.
        assertThat(forwarded).isBetween(compared / 5, compared * 4 / 5);
    }

    private void compare(int count, ExecutorService clients) throws Exception {
        List<RouteTables.Table> some = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            some.add(tables.next());
        }
        try (Side ours = Side.start(DataPlane.LATEEN, some);
                Side envoys = Side.start(DataPlane.ENVOY, some)) {
            List<Outcome> outcomes = ask(some, ours, envoys, clients);
            settle(ours, envoys, outcomes.size());
            Map<String, String> ourLog = ours.logged();
            Map<String, String> envoysLog = envoys.logged();
            Map<String, List<String>> ourUpstreams = ours.seen();
            Map<String, List<String>> envoysUpstreams = envoys.seen();
            for (Outcome outcome : outcomes) {
                String id = outcome.call().id();
                List<String> seen = envoysUpstreams.getOrDefault(id, List.of());
                compared++;
                forwarded += seen.isEmpty() ? 0 : 1;
                compare(
                        outcome,
                        outcome.ours() + "\n" + String.join("\n", ourUpstreams.getOrDefault(id, List.of())) + "\n"
                                + ourLog.get(id),
                        outcome.envoys() + "\n" + String.join("\n", seen) + "\n" + envoysLog.get(id));
            }
        }
    }

    private void compare(Outcome outcome, String ours, String envoys) {
        if (!ours.equals(envoys)) {
            differences.add("DIFFERENT%n%s%n--- Envoy%n%s%n+++ Lateen%n%s%nin %s%n%s%n"
                    .formatted(
                            outcome.call().text(),
                            envoys,
                            ours,
                            outcome.table().fields(),
                            outcome.table().hosts()));
        }
    }

    private List<Outcome> ask(List<RouteTables.Table> some, Side ours, Side envoys, ExecutorService clients)
            throws InterruptedException, ExecutionException {
        List<Future<List<Outcome>>> asked = new ArrayList<>();
        for (int table = 0; table < some.size(); table++) {
            List<Calls.Call> mine = new ArrayList<>();
            for (int i = 0; i < CALLS; i++) {
                mine.add(calls.next("c" + (compared + table * CALLS + i)));
            }
            int index = table;
            asked.add(clients.submit(() -> ask(some.get(index), mine, ours.client(index), envoys.client(index))));
        }
        List<Outcome> outcomes = new ArrayList<>();
        for (Future<List<Outcome>> future : asked) {
            outcomes.addAll(future.get());
        }
        return outcomes;
    }

    private static List<Outcome> ask(
            RouteTables.Table table, List<Calls.Call> calls, Side.Client ours, Side.Client envoys) throws IOException {
        List<Outcome> outcomes = new ArrayList<>();
        try (ours;
                envoys) {
            for (Calls.Call call : calls) {
                outcomes.add(new Outcome(call, table, ours.call(call), envoys.call(call)));
            }
        }
        return outcomes;
    }

    /// Lines are written later than answers, and copies come when they come. What never comes is a difference like
    /// others.
    private static void settle(Side ours, Side envoys, int count) throws IOException {
        until(() -> ours.logged().size() >= count && envoys.logged().size() >= count);
        until(() -> size(ours) == size(envoys));
    }

    private static void until(Callable<Boolean> condition) {
        try {
            await().atMost(Duration.ofSeconds(3)).until(condition);
        } catch (ConditionTimeoutException _) {
            // Told by the comparison.
        }
    }

    private static int size(Side side) {
        return side.seen().values().stream().mapToInt(List::size).sum();
    }
}
