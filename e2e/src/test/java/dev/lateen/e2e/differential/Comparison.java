package dev.lateen.e2e.differential;

import static org.awaitility.Awaitility.await;

import dev.lateen.e2e.behaviour.DataPlane;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.core.ConditionTimeoutException;

/// Makes the same calls to both data planes and keeps what differs. Thread: one, which has [#CLIENTS] others call.
final class Comparison implements AutoCloseable {
    private static final int CLIENTS = 4;

    private final Calls calls;
    private final int callsOfATable;
    private final Wire wire;
    private final ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
    private final List<String> differences = new ArrayList<>();
    private int compared;
    private int forwarded;

    Comparison(Calls calls, int callsOfATable, Wire wire) {
        this.wire = wire;
        this.calls = calls;
        this.callsOfATable = callsOfATable;
    }

    private record Outcome(Calls.Call call, int table, String ours, String envoys) {}

    void compare(Side.Configuration configuration) throws IOException, InterruptedException, ExecutionException {
        try (Side ours = Side.start(DataPlane.LATEEN, configuration, wire);
                Side envoys = Side.start(DataPlane.ENVOY, configuration, wire)) {
            List<Outcome> outcomes = ask(configuration.size(), ours, envoys);
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
                String ourWhole = outcome.ours() + "\n" + String.join("\n", ourUpstreams.getOrDefault(id, List.of()))
                        + "\n" + ourLog.get(id);
                String envoysWhole = outcome.envoys() + "\n" + String.join("\n", seen) + "\n" + envoysLog.get(id);
                if (!ourWhole.equals(envoysWhole)) {
                    differences.add("DIFFERENT%n%s%n--- Envoy%n%s%n+++ Lateen%n%s%nin %s%n"
                            .formatted(
                                    outcome.call().text(), envoysWhole, ourWhole, configuration.text(outcome.table())));
                }
            }
        }
    }

    List<String> differences() {
        return List.copyOf(differences);
    }

    int compared() {
        return compared;
    }

    /// Calls that Envoy passed on: those that all meet the same refusal would compare nothing.
    int forwarded() {
        return forwarded;
    }

    private List<Outcome> ask(int tables, Side ours, Side envoys) throws InterruptedException, ExecutionException {
        List<Future<List<Outcome>>> asked = new ArrayList<>();
        for (int table = 0; table < tables; table++) {
            List<Calls.Call> mine = new ArrayList<>();
            for (int i = 0; i < callsOfATable; i++) {
                mine.add(calls.next("c" + (compared + table * callsOfATable + i)));
            }
            int index = table;
            asked.add(clients.submit(() -> ask(index, mine, ours.client(index), envoys.client(index))));
        }
        List<Outcome> outcomes = new ArrayList<>();
        for (Future<List<Outcome>> future : asked) {
            outcomes.addAll(future.get());
        }
        return outcomes;
    }

    private static List<Outcome> ask(int table, List<Calls.Call> calls, Side.Client ours, Side.Client envoys)
            throws IOException {
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
    private static void settle(Side ours, Side envoys, int count) {
        until(() -> ours.logged().size() >= count && envoys.logged().size() >= count);
        until(() -> size(ours) == size(envoys));
    }

    private static void until(Callable<Boolean> condition) {
        try {
            await().atMost(Duration.ofSeconds(30)).until(condition);
        } catch (ConditionTimeoutException _) {
            // Told by the comparison.
        }
    }

    private static int size(Side side) {
        return side.seen().values().stream().mapToInt(List::size).sum();
    }

    @Override
    public void close() {
        clients.shutdownNow();
    }
}
