package dev.lateen.bench.sidebyside;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Reads a process's own accounting from `/proc`: CPU time and resident memory.
final class ProcessMeter {
    /// `USER_HZ`, which Linux fixes at 100 for what it shows to user space.
    private static final double TICKS_PER_SECOND = 100;

    private static final int UTIME_AFTER_NAME = 11;

    private final Path stat;
    private final Path status;

    ProcessMeter(long pid) {
        stat = Path.of("/proc", Long.toString(pid), "stat");
        status = Path.of("/proc", Long.toString(pid), "status");
    }

    /// User and system time so far, in seconds.
    double cpuSeconds() {
        String line = read(stat);
        String[] afterName = line.substring(line.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(afterName[UTIME_AFTER_NAME]) + Long.parseLong(afterName[UTIME_AFTER_NAME + 1]))
                / TICKS_PER_SECOND;
    }

    double residentMiB() {
        return read(status)
                .lines()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToDouble(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024.0)
                .findFirst()
                .orElse(0);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException("the measured process has ended: " + file, e);
        }
    }
}
