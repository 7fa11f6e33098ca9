package dev.lateen.bench.sidebyside;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Figures that follow from others: bytes a second, what one more route, cluster or connection costs.
final class Derived {
    private static final double KIB_PER_MIB = 1024;

    private Derived() {}

    /// Empty where none of its scenarios was measured.
    static String markdown(List<Measurement> all) {
        StringBuilder rows = new StringBuilder();
        for (Measurement m : all) {
            switch (m.scenario().name()) {
                case "bodies-down", "bodies-up" ->
                    row(rows, m, "GB/s of one core", "%.2f", Load.BODY_BYTES / (m.cpuMicros() * 1e3));
                case "routes-1000" ->
                    plain(all, m)
                            .ifPresent(one -> row(
                                    rows,
                                    m,
                                    "CPU/request to that with one route",
                                    "%.2f×",
                                    m.cpuMicros() / one.cpuMicros()));
                case "clusters-1000" -> {
                    row(rows, m, "RSS a cluster of ten endpoints, KiB", "%.1f", grownKiB(m) / 1_000);
                    row(rows, m, "ms until 1,000 clusters are applied", "%.0f", m.readyMillis());
                }
                case "idle-5000" -> row(rows, m, "RSS an idle connection, KiB", "%.1f", grownKiB(m) / 5_000);
                default -> {}
            }
        }
        return rows.isEmpty()
                ? ""
                : "\n## What follows\n\n| scenario | proxy | what | figure |\n| --- | --- | --- | --- |\n" + rows;
    }

    private static double grownKiB(Measurement m) {
        return (m.loadedMiB() - m.idleMiB()) * KIB_PER_MIB;
    }

    private static Optional<Measurement> plain(List<Measurement> all, Measurement of) {
        return all.stream()
                .filter(m -> m.peer() == of.peer() && m.scenario().name().equals("http1"))
                .findFirst();
    }

    private static void row(StringBuilder rows, Measurement m, String what, String format, double value) {
        rows.append(String.format(
                Locale.ROOT,
                "| %s | %s | %s | " + format + " |%n",
                m.scenario().name(),
                m.peer().label(),
                what,
                value));
    }
}
