package dev.lateen.e2e.smuggling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;

/// Sends inputs through the proxy to a server and compares what the client got, the proxy logged and the server saw.
final class Comparison {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final int WARM_UP = 20;

    private final Relay relay;
    private final Backend backend;
    private final List<String> findings = new ArrayList<>();
    private final Map<Attack, List<Seen>> views = new HashMap<>();

    private Comparison(Relay relay, Backend backend) {
        this.relay = relay;
        this.backend = backend;
    }

    /// How an input is sent.
    interface Client {
        String attack(int port, Attack attack);
    }

    /// All inputs through each server, the servers side by side; what is wrong, by server.
    static List<Comparison> all(Relay relay, List<Backend> backends, List<Attack> attacks, Client client)
            throws Exception {
        List<Comparison> done = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Comparison>> running = new ArrayList<>();
            for (Backend backend : backends) {
                running.add(threads.submit(() -> {
                    Comparison comparison = new Comparison(relay, backend);
                    comparison.run(attacks, client);
                    return comparison;
                }));
            }
            for (Future<Comparison> one : running) {
                done.add(one.get());
            }
        }
        return done;
    }

    List<String> findings() {
        return findings;
    }

    /// What the server saw of an input.
    List<Seen> view(Attack attack) {
        return views.getOrDefault(attack, List.of());
    }

    String server() {
        return backend.name();
    }

    private void run(List<Attack> attacks, Client client) {
        int port = relay.port(backend);
        int patientPort = relay.patientPort(backend);
        warmUp(patientPort);
        Map<Attack, String> answers = new HashMap<>();
        for (Attack attack : attacks) {
            answers.put(attack, client.attack(port, attack));
            String after = Http1Client.exchange(patientPort, Http1Client.get(attack.after()));
            if (!after.contains(new Seen("GET", attack.after(), "").answer())) {
                find(attack, "the next client got: " + after);
            }
        }
        String last = attacks.getLast().after();
        await().atMost(PATIENCE)
                .until(() -> relay.log(backend).stream()
                                .anyMatch(line -> line.target().equals(last))
                        && backend.seen().stream()
                                .anyMatch(seen -> seen.target().equals(last)));
        List<Relay.Logged> log = relay.log(backend);
        List<Seen> seen = backend.seen();
        for (Attack attack : attacks) {
            check(
                    attack,
                    answers.get(attack),
                    log.stream()
                            .filter(line -> line.target().contains(attack.token()))
                            .toList(),
                    seen.stream().filter(request -> request.has(attack.token())).toList());
            int sentinels = count(seen, request -> request.target().equals(attack.sentinel()) ? 1 : 0);
            boolean answered = answers.get(attack).contains(" " + attack.sentinel() + "\n");
            if (sentinels != (answered ? 1 : 0)) {
                find(attack, "sentinel seen " + sentinels + " times, answered: " + answered);
            }
            if (count(seen, request -> request.target().equals(attack.after()) ? 1 : 0) != 1) {
                find(attack, "the next client's request was not seen exactly once");
            }
        }
        checkStrangers(seen);
    }

    /// The first requests of a process take longer than any other.
    private static void warmUp(int port) {
        for (int round = 0; round < WARM_UP; round++) {
            Http1Client.exchange(port, Http1Client.get(Corpus.http1().getFirst().after() + "-before"));
        }
    }

    private void check(Attack attack, String answer, List<Relay.Logged> log, List<Seen> seen) {
        views.put(attack, seen);
        List<String> forwarded =
                lines(log.stream().filter(Relay.Logged::forwarded).map(Relay.Logged::view));
        List<String> perhaps = lines(log.stream().filter(Relay.Logged::cutOff).map(Relay.Logged::view));
        long refused = log.stream().filter(Relay.Logged::refused).count();
        List<String> arrived = lines(seen.stream().map(Seen::view));
        List<String> more = new ArrayList<>(arrived);
        forwarded.forEach(more::remove);
        if (!arrived.containsAll(forwarded) || !perhaps.containsAll(more)) {
            find(attack, "the proxy forwarded " + forwarded + " but the server saw " + arrived + "; log: " + log);
        } else if (arrived.size() > attack.expected()
                || (arrived.size() + refused < attack.expected() && !attack.perhaps())) {
            find(attack, "forwarded " + arrived + ", expected " + attack.expected() + " requests; answer: " + answer);
        }
        if (answer.endsWith("HUNG") || answer.startsWith("FAILED")) {
            find(attack, "the client's connection did not end: " + answer);
        }
        for (Seen request : seen) {
            boolean bodiless = request.method().equals("HEAD");
            int answers = answer.split(java.util.regex.Pattern.quote(request.answer()), -1).length - 1;
            if (answers > 1 || (answers != (bodiless ? 0 : 1) && !attack.perhaps())) {
                find(attack, request.answer().strip() + " was answered " + answers + " times: " + answer);
            }
        }
    }

    private static List<String> lines(Stream<String> views) {
        return views.sorted().toList();
    }

    private void checkStrangers(List<Seen> seen) {
        List<String> known = Stream.concat(Corpus.http1().stream(), Corpus.http2().stream())
                .map(Attack::id)
                .toList();
        List<Seen> strangers = seen.stream()
                .filter(request ->
                        known.stream().noneMatch(id -> request.target().contains(id)))
                .toList();
        if (!strangers.isEmpty()) {
            findings.add(backend.name() + " saw requests that nobody sent: " + strangers);
        }
    }

    private static int count(List<Seen> seen, ToIntFunction<Seen> one) {
        return seen.stream().mapToInt(one).sum();
    }

    private void find(Attack attack, String what) {
        findings.add(backend.name() + " " + attack + ": " + shorten(what));
    }

    private static String shorten(String text) {
        String shown = text.replace("\r", "\\r").replace("\n", "\\n");
        return shown.length() > 600 ? shown.substring(0, 600) + "…" : shown;
    }

    static void assertNothingFound(List<Comparison> comparisons) {
        assertThat(comparisons.stream().flatMap(one -> one.findings().stream()))
                .as("inputs of which client, proxy and server have different views, or that were not expected to pass")
                .isEmpty();
    }
}
