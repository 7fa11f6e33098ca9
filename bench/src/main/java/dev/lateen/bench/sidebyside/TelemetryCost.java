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
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// What telemetry costs: all proxies of `Observed` run at once, and each is loaded in turns, round after round, so that
/// a
/// machine whose speed drifts bends all of them alike. Then pages of 50,000 series are read from those with metrics.
///
/// Usage: `TelemetryCost [ROUNDS [SECONDS [OUT.md]]]`, by default 9 rounds of 3 s, about five minutes.
public final class TelemetryCost {
    private static final int WARM_UP_SECONDS = 6;
    /// Each has 67 lines of the page.
    private static final int CLIENTS = 750;
    private static final int SCRAPED_ROUNDS = 3;
    private static final int SCRAPED_SECONDS = 6;
    private static final int RATE = 1_000;

    private final Path repository = Path.of("").toAbsolutePath();
    private final Path scratch = Files.createTempDirectory("lateen-telemetry");
    private final Map<Observed, Running> running = new EnumMap<>(Observed.class);
    private final int rounds;
    private final Duration time;

    /// @param admin port of its admin API
    private record Running(Process process, int port, int admin, ProcessMeter meter) {}

    private TelemetryCost(int rounds, Duration time) throws IOException {
        this.rounds = rounds;
        this.time = time;
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        TelemetryCost cost = new TelemetryCost(
                args.length > 0 ? Integer.parseInt(args[0]) : 9,
                Duration.ofSeconds(args.length > 1 ? Long.parseLong(args[1]) : 3));
        String report = cost.measured();
        Files.writeString(Path.of(args.length > 2 ? args[2] : "bench/results/telemetry.md"), report);
        System.out.println(report);
    }

    private String measured() throws IOException, InterruptedException {
        try (Upstream upstream = Upstream.start(scratch)) {
            for (Observed observed : Observed.values()) {
                running.put(observed, start(observed, upstream));
            }
            TelemetryReport report = new TelemetryReport(cpu());
            for (Observed observed : List.of(Observed.OURS_FULL, Observed.ENVOY_FULL)) {
                report.add(scraped(observed));
            }
            return report.markdown();
        } finally {
            for (Running each : running.values()) {
                Servers.stop(each.process());
            }
        }
    }

    private Running start(Observed observed, Upstream upstream) throws IOException, InterruptedException {
        int port = Servers.freePort();
        int admin = Servers.freePort();
        Path directory = Files.createDirectories(scratch.resolve(observed.name()));
        Path config = directory.resolve("telemetry.yaml");
        String template = Servers.resource("telemetry.yaml")
                .replace("@PORT@", Integer.toString(port))
                .replace("@ADMIN_PORT@", Integer.toString(admin))
                .replace("@UPSTREAM_PORT@", Integer.toString(upstream.port()));
        Files.writeString(
                config,
                observed.configured(template, directory.resolve("access.log").toString()));
        ProcessBuilder builder = new ProcessBuilder(observed.peer().command(repository, config))
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("out.log").toFile());
        builder.environment().putAll(observed.environment());
        Process process = builder.start();
        Servers.awaitPort(port, process, observed.label() + " (see " + directory + ")");
        return new Running(process, port, admin, new ProcessMeter(process.pid()));
    }

    private Running running(Observed observed) {
        return Objects.requireNonNull(running.get(observed));
    }

    /// CPU microseconds a request, round by round.
    private Map<Observed, double[]> cpu() throws IOException {
        Map<Observed, double[]> micros = new EnumMap<>(Observed.class);
        for (Observed observed : Observed.values()) {
            micros.put(observed, new double[rounds]);
            Load.closedLoop(Scenario.TELEMETRY, running(observed).port(), Duration.ofSeconds(WARM_UP_SECONDS), scratch);
        }
        for (int round = 0; round < rounds; round++) {
            for (Observed observed : Observed.values()) {
                Running proxy = running(observed);
                Map<String, Long> before = proxy.meter().cpuNanosByThread();
                Load.Result result = Load.closedLoop(Scenario.TELEMETRY, proxy.port(), time, scratch);
                double spent = proxy.meter().cpuNanosSince(before) / 1e3 / result.succeeded();
                Objects.requireNonNull(micros.get(observed))[round] = spent;
                System.err.printf(
                        "%s, round %d: %.2f µs CPU a request, %.0f a second%n",
                        observed.label(), round + 1, spent, result.perSecond());
                truncateLogs();
            }
        }
        return micros;
    }

    /// Lines of a run that lasts fill a disk; both proxies append.
    private void truncateLogs() throws IOException {
        for (Observed observed : Observed.values()) {
            Path log = scratch.resolve(observed.name()).resolve("access.log");
            if (Files.exists(log)) {
                Files.newByteChannel(log, java.nio.file.StandardOpenOption.WRITE)
                        .truncate(0)
                        .close();
            }
        }
    }

    private TelemetryReport.Scraped scraped(Observed observed) throws IOException, InterruptedException {
        Running proxy = running(observed);
        comeFromManyClients(proxy.port());
        long series = Scrapes.series(proxy.admin());
        List<Double> quiet = new ArrayList<>();
        List<Double> read = new ArrayList<>();
        List<Double> pages = new ArrayList<>();
        Duration slice = Duration.ofSeconds(SCRAPED_SECONDS);
        for (int round = 0; round < SCRAPED_ROUNDS; round++) {
            quiet.add(Load.fixedRate(Scenario.TELEMETRY, proxy.port(), RATE, slice, scratch)
                    .p99Millis());
            try (Scrapes scrapes = new Scrapes(proxy.admin())) {
                read.add(Load.fixedRate(Scenario.TELEMETRY, proxy.port(), RATE, slice, scratch)
                        .p99Millis());
                pages.addAll(scrapes.millis());
            }
            System.err.printf(
                    "%s, round %d: p99 %.2f ms, while read %.2f ms, pages %s ms%n",
                    observed.label(), round + 1, quiet.getLast(), read.getLast(), pages);
        }
        return new TelemetryReport.Scraped(observed, series, median(pages), median(quiet), median(read));
    }

    private static void comeFromManyClients(int port) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            for (int index = 0; index < CLIENTS; index++) {
                HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/users/1"))
                        .header("x-client", "client-" + index)
                        .build();
                client.send(request, HttpResponse.BodyHandlers.discarding());
            }
        }
        // Envoy's worker hands histograms to its pages every five seconds.
        Thread.sleep(Duration.ofSeconds(6));
    }

    static double median(List<Double> values) {
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
