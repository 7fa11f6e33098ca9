package dev.lateen.control.debug;

import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/// What this process uses, under the names that Prometheus' own libraries have for it. Thread: any.
final class ProcessNumbers {
    private static final Path STATUS = Path.of("/proc/self/status");

    private ProcessNumbers() {}

    static void register(PrometheusRegistry registry) {
        CounterWithCallback.builder()
                .name("process_cpu_seconds")
                .help("Processor time of this process.")
                .callback(out -> out.call(ProcessHandle.current()
                                .info()
                                .totalCpuDuration()
                                .orElse(Duration.ZERO)
                                .toMillis()
                        / 1e3))
                .register(registry);
        GaugeWithCallback.builder()
                .name("process_resident_memory_bytes")
                .help("Memory of this process, as the kernel counts it.")
                .callback(out -> out.call((double) residentKibibytes() * 1024))
                .register(registry);
        GaugeWithCallback.builder()
                .name("process_start_time_seconds")
                .help("When this process began, in seconds since 1970.")
                .callback(out -> out.call(ManagementFactory.getRuntimeMXBean().getStartTime() / 1e3))
                .register(registry);
    }

    /// 0 where the system does not tell.
    private static long residentKibibytes() {
        try {
            for (String line : Files.readAllLines(STATUS)) {
                if (line.startsWith("VmRSS:")) {
                    return Long.parseLong(line.replaceAll("[^0-9]", ""));
                }
            }
        } catch (IOException | NumberFormatException _) {
            // Another system than Linux.
        }
        return 0;
    }
}
