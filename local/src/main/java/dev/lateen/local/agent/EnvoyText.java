package dev.lateen.local.agent;

import dev.lateen.proxy.telemetry.Exposition;

/// Envoy's page of numbers in the format in which the page that it is merged into is written.
final class EnvoyText {
    private static final String TYPE = "# TYPE ";
    private static final String COUNTER = " counter";

    private EnvoyText() {}

    /// @param page as Envoy writes it, in Prometheus' text format
    static String as(Exposition format, String page) {
        return switch (format) {
            case TEXT -> page;
            case OPEN_METRICS -> openMetrics(page);
            case PROTOBUF -> throw new IllegalArgumentException("Envoy is asked for text");
        };
    }

    /// Counters in OpenMetrics end with `_total`, which few of Envoy's do: they keep their names and are of unknown
    /// type.
    private static String openMetrics(String page) {
        StringBuilder out = new StringBuilder(page.length() + 1024);
        page.lines().filter(line -> !line.isEmpty()).forEach(line -> {
            boolean counter = line.startsWith(TYPE) && line.endsWith(COUNTER);
            out.append(counter ? line.substring(0, line.length() - COUNTER.length()) + " unknown" : line)
                    .append('\n');
        });
        return out.toString();
    }
}
