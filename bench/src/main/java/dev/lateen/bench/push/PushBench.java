package dev.lateen.bench.push;

import dev.lateen.bench.ProcessMeter;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/// Measures the control plane's CPU time, by the process's own accounting, for: everybody's first configuration, one
/// changed route, one changed endpoint; and its peak memory. 1,000 services × 10 endpoints, 500 VirtualServices, 500
/// DestinationRules, 100 proxies over delta ADS.
///
/// Of a changed route, the median of ten changes after ten that warm the JVM; of a changed endpoint, the median of
/// thirty after twenty, since what compilers and collections add is more than a part of so small a figure. Of the
/// first configurations, the first round (cold) and the median of five later ones (warm), each after a change that
/// touches every route.
///
/// Usage: `PushBench [SERVICES] [PROXIES] [OUT.md]`.
public final class PushBench {
    private static final Duration START_LIMIT = Duration.ofMinutes(2);
    private static final Duration QUIET = Duration.ofMillis(1500);
    private static final Rounds ROUTES = new Rounds(10, 10);
    private static final Rounds ENDPOINTS = new Rounds(20, 30);

    private final AtomicLong responses = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final MeshFiles mesh;
    private final int services;
    private final int proxies;
    private final int port;
    private final ProcessMeter meter;

    private PushBench(MeshFiles mesh, int services, int proxies, int port, ProcessMeter meter) {
        this.mesh = mesh;
        this.services = services;
        this.proxies = proxies;
        this.port = port;
        this.meter = meter;
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        int services = args.length > 0 ? Integer.parseInt(args[0]) : 1000;
        int proxies = args.length > 1 ? Integer.parseInt(args[1]) : 100;
        Path out = Path.of(args.length > 2 ? args[2] : "bench/results/push.md");
        Path directory = Files.createTempDirectory("lateen-push");
        Path config = Files.createDirectories(directory.resolve("config"));
        MeshFiles mesh = new MeshFiles(config, services);
        mesh.write();
        int port = freePort();
        Process process = start(directory, config, port);
        try {
            awaitPort(process, port);
            PushBench bench = new PushBench(mesh, services, proxies, port, new ProcessMeter(process.pid()));
            String report = bench.run();
            Files.createDirectories(out.toAbsolutePath().getParent());
            Files.writeString(out, report);
            System.out.println(report);
        } finally {
            process.destroy();
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        }
    }

    private String run() throws IOException, InterruptedException {
        awaitQuiet();
        double cold = firstConfigurations(0);
        List<Double> warm = new ArrayList<>();
        for (int round = 1; round <= 5; round++) {
            for (int service = 0; service < services; service += 2) {
                mesh.writeRoute(service, round);
            }
            awaitQuiet();
            warm.add(firstConfigurations(round));
        }
        List<SimulatedProxy> connected = connectAll();
        awaitConfigured(connected);
        awaitQuiet();
        double route = median(change("route", ROUTES, round -> mesh.writeRoute(0, round)));
        List<Double> endpoints = change("endpoint", ENDPOINTS, round -> mesh.writeEndpoints(1, round));
        connected.forEach(SimulatedProxy::disconnect);
        return String.format(
                Locale.ROOT,
                """
                # Control plane

                %d services × 10 endpoints, %d VirtualServices, %d DestinationRules, %d proxies over delta ADS.
                Repeat: `./dev bench push`.

                | what | CPU time |
                | --- | --- |
                | everybody's first configuration, JVM cold | %.2f s |
                | everybody's first configuration, warm | %.2f s |
                | one changed route | %.0f ms |
                | one changed endpoint | %.1f ms (half of them %.1f to %.1f) |

                Peak resident memory: %.0f MiB. Sent in all: %d responses, %.0f MiB.
                """,
                services,
                services / 2,
                services / 2,
                proxies,
                cold,
                median(warm),
                route * 1000,
                median(endpoints) * 1000,
                quantile(endpoints, 0.25) * 1000,
                quantile(endpoints, 0.75) * 1000,
                meter.peakMiB(),
                responses.get(),
                bytes.get() / 1048576.0);
    }

    /// Connects everybody, waits until nothing more arrives, and disconnects.
    private double firstConfigurations(int round) throws InterruptedException {
        double before = meter.cpuSecondsOfThreads();
        List<SimulatedProxy> connected = connectAll();
        awaitConfigured(connected);
        awaitQuiet();
        double cpu = meter.cpuSecondsOfThreads() - before;
        System.err.printf(Locale.ROOT, "first configurations, round %d: %.2f s%n", round, cpu);
        connected.forEach(SimulatedProxy::disconnect);
        awaitQuiet();
        return cpu;
    }

    private List<SimulatedProxy> connectAll() {
        List<SimulatedProxy> connected = new ArrayList<>();
        for (int number = 0; number < proxies; number++) {
            ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", port)
                    .usePlaintext()
                    .maxInboundMessageSize(256 << 20)
                    .build();
            SimulatedProxy proxy = new SimulatedProxy(responses, bytes);
            proxy.connect(channel, number);
            connected.add(proxy);
        }
        return connected;
    }

    private List<Double> change(String name, Rounds rounds, Change change) throws IOException, InterruptedException {
        List<Double> costs = new ArrayList<>();
        for (int round = 1; round <= rounds.warmUp() + rounds.counted(); round++) {
            long answered = responses.get();
            double before = meter.cpuSecondsOfThreads();
            change.apply(round);
            await(() -> responses.get() - answered >= proxies, "a change did not reach all proxies");
            awaitQuiet();
            double cost = meter.cpuSecondsOfThreads() - before;
            if (round > rounds.warmUp()) {
                costs.add(cost);
            }
            System.err.printf(Locale.ROOT, "%s, change %d: %.1f ms%n", name, round, cost * 1000);
        }
        return costs;
    }

    private static void awaitConfigured(List<SimulatedProxy> connected) throws InterruptedException {
        await(
                () -> connected.stream().allMatch(SimulatedProxy::isConfigured),
                "not all proxies got their configuration");
    }

    private static void await(BooleanSupplier condition, String otherwise) throws InterruptedException {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(otherwise);
            }
            Thread.sleep(10);
        }
    }

    private void awaitQuiet() throws InterruptedException {
        double cpu;
        long seen;
        do {
            cpu = meter.cpuSecondsOfThreads();
            seen = responses.get();
            Thread.sleep(QUIET);
        } while (responses.get() != seen || meter.cpuSecondsOfThreads() - cpu > QUIET.toMillis() / 1000.0 * 0.03);
    }

    private static Process start(Path directory, Path config, int port) throws IOException {
        return new ProcessBuilder(
                        Path.of("lateen").toAbsolutePath().toString(),
                        "control-plane",
                        "--config",
                        config.toString(),
                        "--state",
                        directory.resolve("state").toString(),
                        "--grpc-port",
                        Integer.toString(port),
                        "--secure-grpc-port",
                        "0",
                        "--monitoring-port",
                        "0",
                        "--http-port",
                        "0")
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("control-plane.log").toFile())
                .start();
    }

    private static void awaitPort(Process process, int port) throws InterruptedException {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (true) {
            try (Socket _ = new Socket("127.0.0.1", port)) {
                return;
            } catch (IOException _) {
                if (!process.isAlive() || System.nanoTime() > deadline) {
                    throw new IllegalStateException("the control plane did not start");
                }
                Thread.sleep(10);
            }
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static double median(List<Double> values) {
        return quantile(values, 0.5);
    }

    private static double quantile(List<Double> values, double share) {
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
        Arrays.sort(sorted);
        return sorted[(int) (sorted.length * share)];
    }

    /// How many changes warm the JVM, and how many are counted.
    private record Rounds(int warmUp, int counted) {}

    /// One edit of the mesh.
    private interface Change {
        void apply(int round) throws IOException;
    }
}
