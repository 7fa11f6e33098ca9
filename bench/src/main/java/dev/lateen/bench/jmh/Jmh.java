package dev.lateen.bench.jmh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/// Runs the benchmarks and writes what an operation takes and allocates.
///
/// Usage: `Jmh OUT.md [JMH OPTIONS]`; an option replaces the default of the same name, and a word selects benchmarks.
///
/// Thread: main.
public final class Jmh {
    private static final String ALLOCATED = "gc.alloc.rate.norm";

    private Jmh() {}

    public static void main(String[] arguments) throws IOException, RunnerException, CommandLineOptionException {
        List<String> options = new ArrayList<>(List.of(arguments));
        Path target = Path.of(options.removeFirst());
        Collection<RunResult> results = new Runner(options(options)).run();
        Files.createDirectories(target.toAbsolutePath().getParent());
        Files.writeString(target, report(results));
        System.out.println("written: " + target);
    }

    /// Short by default, about two minutes for all; the compiler is the one that sidecars have.
    private static Options options(List<String> given) throws CommandLineOptionException {
        CommandLineOptions command = new CommandLineOptions(given.toArray(String[]::new));
        return new OptionsBuilder()
                .parent(command)
                .mode(Mode.AverageTime)
                .timeUnit(TimeUnit.NANOSECONDS)
                .forks(command.getForkCount().orElse(1))
                .warmupIterations(command.getWarmupIterations().orElse(2))
                .warmupTime(command.getWarmupTime().orElse(TimeValue.seconds(1)))
                .measurementIterations(command.getMeasurementIterations().orElse(4))
                .measurementTime(command.getMeasurementTime().orElse(TimeValue.seconds(1)))
                .jvmArgs(
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseCompactObjectHeaders",
                        "-Xmx256m",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow")
                .addProfiler(GCProfiler.class)
                .build();
    }

    private static String report(Collection<RunResult> results) {
        StringBuilder out = new StringBuilder("""
                # What single steps cost

                Average of one operation on one thread, JDK %s with the flags of a sidecar (C1, serial collector, compact
                headers), %d processors, load of the machine %.1f at the end.

                | step | ns | ± | bytes allocated |
                |---|---|---|---|
                """.formatted(
                        Runtime.version(),
                        Runtime.getRuntime().availableProcessors(),
                        java.lang.management.ManagementFactory.getOperatingSystemMXBean()
                                .getSystemLoadAverage()));
        for (RunResult result : results) {
            Result<?> time = result.getPrimaryResult();
            Result<?> bytes = result.getSecondaryResults().get(ALLOCATED);
            out.append(String.format(
                    Locale.ROOT,
                    "| %s | %,.0f | %,.0f | %s |%n",
                    step(result.getParams().getBenchmark()),
                    time.getScore(),
                    time.getScoreError(),
                    bytes == null ? "" : String.format(Locale.ROOT, "%,.0f", bytes.getScore())));
        }
        return out.toString();
    }

    private static String step(String benchmark) {
        String method = benchmark.substring(benchmark.lastIndexOf('.') + 1);
        String type = benchmark.substring(0, benchmark.lastIndexOf('.'));
        return "`" + type.substring(type.lastIndexOf('.') + 1).replace("Benchmark", "") + "." + method + "`";
    }
}
