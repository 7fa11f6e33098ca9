package dev.lateen.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Reads a process's own accounting from `/proc`: CPU time and resident memory.
public final class ProcessMeter {
    /// `USER_HZ`, which Linux fixes at 100 for what it shows to user space.
    private static final double TICKS_PER_SECOND = 100;

    private static final int UTIME_AFTER_NAME = 11;

    private final Path process;

    public ProcessMeter(long pid) {
        process = Path.of("/proc", Long.toString(pid));
    }

    /// User and system time so far, in seconds, in steps of 10 ms.
    public double cpuSeconds() {
        String line = read(process.resolve("stat"));
        String[] afterName = line.substring(line.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(afterName[UTIME_AFTER_NAME]) + Long.parseLong(afterName[UTIME_AFTER_NAME + 1]))
                / TICKS_PER_SECOND;
    }

    /// CPU time so far of the threads that live now, in seconds, exact to the nanosecond.
    public double cpuSecondsOfThreads() {
        long nanos = 0;
        try (Stream<Path> tasks = Files.list(process.resolve("task"))) {
            for (Path task : (Iterable<Path>) tasks::iterator) {
                nanos += onCpuNanos(task.resolve("schedstat"));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the measured process has ended", e);
        }
        return nanos / 1e9;
    }

    /// CPU time of each thread that lives now, in nanoseconds, by its number.
    public Map<String, Long> cpuNanosByThread() {
        Map<String, Long> nanos = new HashMap<>();
        try (Stream<Path> tasks = Files.list(process.resolve("task"))) {
            for (Path task : (Iterable<Path>) tasks::iterator) {
                nanos.put(task.getFileName().toString(), onCpuNanos(task.resolve("schedstat")));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the measured process has ended", e);
        }
        return nanos;
    }

    /// CPU time since an earlier `cpuNanosByThread`; that of threads which ended since is not in it.
    public long cpuNanosSince(Map<String, Long> earlier) {
        long sum = 0;
        for (Map.Entry<String, Long> thread : cpuNanosByThread().entrySet()) {
            sum += thread.getValue() - earlier.getOrDefault(thread.getKey(), 0L);
        }
        return sum;
    }

    public double residentMiB() {
        return memory("VmRSS:");
    }

    /// The most that was ever resident.
    public double peakMiB() {
        return memory("VmHWM:");
    }

    private double memory(String field) {
        List<String> lines = read(process.resolve("status")).lines().toList();
        return lines.stream()
                .filter(line -> line.startsWith(field))
                .mapToDouble(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024.0)
                .findFirst()
                .orElse(0);
    }

    private static long onCpuNanos(Path schedstat) throws IOException {
        try {
            return Long.parseLong(Files.readString(schedstat).split(" ")[0]);
        } catch (NoSuchFileException _) {
            return 0; // the thread ended meanwhile
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException("the measured process has ended: " + file, e);
        }
    }
}
