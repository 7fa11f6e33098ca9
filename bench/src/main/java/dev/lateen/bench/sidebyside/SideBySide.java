package dev.lateen.bench.sidebyside;

import dev.lateen.bench.ProcessMeter;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Measures every peer in every scenario in one run and writes the report. The peers of a scenario are measured in
/// turns, round after round, so that a machine whose speed drifts bends all of them alike; medians are reported.
///
/// Usage: `SideBySide [--scenarios a,b] [--peers a,b] [--rounds N] [--warm-up N] [--seconds N] [--rate N] [--out DIR]`.
public final class SideBySide {
    private final Path repository;
    private final Path scratch;
    private final Options options;

    private SideBySide(Path repository, Path scratch, Options options) {
        this.repository = repository;
        this.scratch = scratch;
        this.options = options;
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        Options options = Options.parse(args);
        Path scratch = Files.createTempDirectory("lateen-bench");
        SideBySide run = new SideBySide(Path.of("").toAbsolutePath(), scratch, options);
        Report report = new Report(run.measureAll());
        Files.createDirectories(options.out());
        Files.writeString(options.out().resolve("side-by-side.md"), report.markdown());
        Files.writeString(options.out().resolve("side-by-side.json"), report.json());
        System.out.println(report.markdown());
    }

    private List<Measurement> measureAll() throws IOException, InterruptedException {
        List<Measurement> all = new ArrayList<>();
        try (Upstream upstream = Upstream.start(scratch);
                StreamServers streams = StreamServers.start()) {
            for (Scenario scenario : Scenario.ALL) {
                if (options.wants(scenario)) {
                    all.addAll(measure(scenario, Upstreams.of(scenario, upstream, streams)));
                }
            }
        }
        return all;
    }

    private List<Measurement> measure(Scenario scenario, Upstreams upstreams) throws IOException, InterruptedException {
        Map<Peer, List<Measurement>> rounds = new TreeMap<>();
        for (int round = 0; round < options.rounds(); round++) {
            for (Peer peer : scenario.peers().stream().filter(options::wants).toList()) {
                System.err.printf("%s: %s, round %d%n", scenario.name(), peer.label(), round + 1);
                Measurement measured = measureOnce(scenario, peer, upstreams);
                System.err.printf(
                        "  %.1f µs CPU a request, %.0f a second, %.0f MiB%n",
                        measured.cpuMicros(), measured.requestsPerSecond(), measured.loadedMiB());
                rounds.computeIfAbsent(peer, _ -> new ArrayList<>()).add(measured);
            }
        }
        return rounds.values().stream().map(Report::median).toList();
    }

    private Measurement measureOnce(Scenario scenario, Peer peer, Upstreams upstreams)
            throws IOException, InterruptedException {
        try (ClusterPushes pushes = ClusterPushes.start()) {
            return measureOnce(scenario, peer, upstreams, pushes);
        }
    }

    private Measurement measureOnce(Scenario scenario, Peer peer, Upstreams upstreams, ClusterPushes pushes)
            throws IOException, InterruptedException {
        int port = Servers.freePort();
        Path config = writeConfig(scenario, peer, port, upstreams, pushes);
        long start = System.nanoTime();
        Process proxy = new ProcessBuilder(peer.command(repository, config))
                .redirectErrorStream(true)
                .redirectOutput(scratch.resolve(scenario.name() + "-" + peer.label() + ".log")
                        .toFile())
                .start();
        try {
            awaitAnswer(scenario, proxy, port);
            double readyMillis = (System.nanoTime() - start) / 1e6;
            Refusals.check(scenario, port);
            ProcessMeter meter = new ProcessMeter(proxy.pid());
            if (scenario.traffic() instanceof Scenario.Idle(int connections)) {
                return idle(scenario, peer, port, connections, meter, readyMillis);
            }
            double idleMiB = meter.residentMiB();
            Load.closedLoop(scenario, port, options.warmUp(), scratch);
            if (scenario.traffic() instanceof Scenario.Clusters(int count)) {
                idleMiB = meter.residentMiB();
                readyMillis = pushes.push(count) * 1e3;
            }
            double before = meter.cpuSeconds();
            Load.Result closed = Load.closedLoop(scenario, port, options.time(), scratch);
            double cpu = meter.cpuSeconds() - before;
            double loadedMiB = meter.residentMiB();
            Load.Result paced = Load.fixedRate(scenario, port, options.rate(), options.time(), scratch);
            return new Measurement(
                    scenario,
                    peer,
                    cpu * 1e6 / closed.succeeded(),
                    closed.perSecond(),
                    paced.p50Millis(),
                    paced.p99Millis(),
                    idleMiB,
                    loadedMiB,
                    readyMillis,
                    closed.failed() + paced.failed());
        } finally {
            Servers.stop(proxy);
        }
    }

    /// What connections cost that do nothing, once the proxy has been warmed up.
    private Measurement idle(
            Scenario scenario, Peer peer, int port, int connections, ProcessMeter meter, double readyMillis)
            throws IOException {
        Load.closedLoop(scenario, port, options.warmUp(), scratch);
        double idleMiB = meter.residentMiB();
        double before = meter.cpuSeconds();
        long start = System.nanoTime();
        try (IdleConnections _ = IdleConnections.open(port, connections)) {
            double seconds = (System.nanoTime() - start) / 1e9;
            return new Measurement(
                    scenario,
                    peer,
                    (meter.cpuSeconds() - before) * 1e6 / connections,
                    connections / seconds,
                    Double.NaN,
                    Double.NaN,
                    idleMiB,
                    meter.residentMiB(),
                    readyMillis,
                    0);
        }
    }

    private Path writeConfig(Scenario scenario, Peer peer, int port, Upstreams upstreams, ClusterPushes pushes)
            throws IOException {
        Path directory = Files.createDirectories(scratch.resolve(scenario.name() + "-" + peer.label()));
        Credentials credentials = Credentials.in(scratch);
        String text = Servers.resource(peer.configName(scenario))
                .replace("@PORT@", Integer.toString(port))
                .replace("@INNER_PORT@", Integer.toString(Servers.freePort()))
                .replace("@ADMIN_PORT@", Integer.toString(Servers.freePort()))
                .replace("@UPSTREAM_PORT@", Integer.toString(upstreams.port()))
                .replace("@UPSTREAM_H2_PORT@", Integer.toString(upstreams.http2Port()))
                .replace("@CERT@", credentials.chain().toString())
                .replace("@KEY@", credentials.key().toString())
                .replace("@CA@", credentials.root().toString())
                .replace("@DIR@", directory.toString())
                .replace("@FILTERS@", filters(scenario))
                .replace("@ROUTES@", ManyRoutes.yaml())
                .replace("@ADS_PORT@", Integer.toString(pushes.port()))
                .replace(
                        "@MUTUAL@",
                        Boolean.toString(
                                scenario.traffic() instanceof Scenario.Handshakes handshakes && handshakes.mutual()));
        Path config = directory.resolve(peer.configName(scenario));
        Files.writeString(config, text);
        return config;
    }

    private static String filters(Scenario scenario) {
        return switch (scenario.filters()) {
            case NONE -> "";
            case POLICIES -> MeshFilters.ofPolicies();
            case RS256 ->
                MeshFilters.ofTokens(
                        Tokens.ISSUER, Tokens.of(Tokens.Algorithm.RS256).jwks());
            case ES256 ->
                MeshFilters.ofTokens(
                        Tokens.ISSUER, Tokens.of(Tokens.Algorithm.ES256).jwks());
        };
    }

    private void awaitAnswer(Scenario scenario, Process proxy, int port) throws InterruptedException {
        HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/users/1"))
                .build();
        long deadline = System.nanoTime() + Servers.START_LIMIT.toNanos();
        while (true) {
            try {
                boolean up = scenario.answersPlainly()
                        ? client.send(request, HttpResponse.BodyHandlers.discarding())
                                        .statusCode()
                                == 200
                        : Servers.accepts(port);
                if (up) {
                    return;
                }
            } catch (IOException _) {
                // Not up yet.
            }
            if (System.nanoTime() > deadline || !proxy.isAlive()) {
                throw new IllegalStateException("no answer on port " + port + "; its log is in " + scratch);
            }
            Thread.sleep(2);
        }
    }

    /// What the command line asks for.
    private record Options(
            Set<String> scenarios, Set<String> peers, int rounds, Duration warmUp, Duration time, int rate, Path out) {
        static Options parse(String[] args) {
            Map<String, String> given = new TreeMap<>();
            for (int index = 0; index + 1 < args.length; index += 2) {
                given.put(args[index], args[index + 1]);
            }
            Set<String> scenarios = given.containsKey("--scenarios")
                    ? Arrays.stream(given.get("--scenarios").split(",")).collect(Collectors.toSet())
                    : Scenario.ALL.stream().map(Scenario::name).collect(Collectors.toSet());
            Set<String> peers = given.containsKey("--peers")
                    ? Arrays.stream(given.get("--peers").split(",")).collect(Collectors.toSet())
                    : Arrays.stream(Peer.values()).map(Peer::label).collect(Collectors.toSet());
            return new Options(
                    scenarios,
                    peers,
                    Integer.parseInt(given.getOrDefault("--rounds", "3")),
                    Duration.ofSeconds(Long.parseLong(given.getOrDefault("--warm-up", "8"))),
                    Duration.ofSeconds(Long.parseLong(given.getOrDefault("--seconds", "10"))),
                    Integer.parseInt(given.getOrDefault("--rate", "1000")),
                    Path.of(given.getOrDefault("--out", "bench/results")));
        }

        boolean wants(Peer peer) {
            return peers.contains(peer.label());
        }

        boolean wants(Scenario scenario) {
            return scenarios.contains(scenario.name());
        }
    }
}
