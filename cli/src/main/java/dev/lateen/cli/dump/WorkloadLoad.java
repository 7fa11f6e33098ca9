package dev.lateen.cli.dump;

import dev.lateen.cli.output.Table;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// What workloads were asked between two readings of their proxies' numbers, and how they answered. Thread: any.
///
/// @param rows by name
public record WorkloadLoad(List<Row> rows) {
    private static final String REQUESTS = "istio_requests_total";
    private static final String DURATIONS = "istio_request_duration_milliseconds_bucket";

    /// @param errorsPerSecond answers of 400 and above, and requests that got none
    /// @param p50 in milliseconds; negative where nothing was answered. So the others.
    public record Row(
            String workload, double requestsPerSecond, double errorsPerSecond, double p50, double p90, double p99) {}

    /// Sums over the pods of one workload.
    ///
    /// @param buckets upper bound → requests at most as long
    public record Reading(double requests, double errors, Map<Double, Double> buckets) {
        public static final Reading NOTHING = new Reading(0, 0, Map.of());

        /// @param page in Prometheus' text
        public Reading plus(String page) {
            double more = requests;
            double wrong = errors;
            for (Metrics.Sample sample : Metrics.named(page, REQUESTS)) {
                if (isServer(sample)) {
                    more += sample.value();
                    wrong += isError(sample.label("response_code")) ? sample.value() : 0;
                }
            }
            Map<Double, Double> all = new TreeMap<>(buckets);
            for (Metrics.Sample sample : Metrics.named(page, DURATIONS)) {
                if (isServer(sample)) {
                    String bound = sample.label("le");
                    all.merge(
                            bound.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(bound),
                            sample.value(),
                            Double::sum);
                }
            }
            return new Reading(more, wrong, all);
        }

        private static boolean isServer(Metrics.Sample sample) {
            return sample.label("reporter").equals("destination");
        }

        private static boolean isError(String status) {
            return !status.startsWith("1") && !status.startsWith("2") && !status.startsWith("3");
        }
    }

    public static WorkloadLoad between(Map<String, Reading> before, Map<String, Reading> after, Duration time) {
        double seconds = Math.max(time.toNanos(), 1) / 1e9;
        return new WorkloadLoad(new TreeMap<>(after)
                .entrySet().stream()
                        .map(entry -> row(
                                entry.getKey(),
                                before.getOrDefault(entry.getKey(), Reading.NOTHING),
                                entry.getValue(),
                                seconds))
                        .toList());
    }

    private static Row row(String workload, Reading before, Reading after, double seconds) {
        Map<Double, Double> grown = new TreeMap<>();
        after.buckets()
                .forEach((bound, count) ->
                        grown.put(bound, Math.max(0, count - before.buckets().getOrDefault(bound, 0.0))));
        return new Row(
                workload,
                Math.max(0, after.requests() - before.requests()) / seconds,
                Math.max(0, after.errors() - before.errors()) / seconds,
                quantile(grown, 0.5),
                quantile(grown, 0.9),
                quantile(grown, 0.99));
    }

    /// As Prometheus estimates it: evenly spread within its bucket; above the last bound, that bound.
    private static double quantile(Map<Double, Double> buckets, double share) {
        double total = buckets.getOrDefault(Double.POSITIVE_INFINITY, 0.0);
        if (total <= 0) {
            return -1;
        }
        double rank = share * total;
        double lowerBound = 0;
        double lowerCount = 0;
        for (Map.Entry<Double, Double> bucket : buckets.entrySet()) {
            if (bucket.getValue() >= rank && bucket.getValue() > lowerCount) {
                double part = (rank - lowerCount) / (bucket.getValue() - lowerCount);
                return Double.isInfinite(bucket.getKey())
                        ? lowerBound
                        : lowerBound + (bucket.getKey() - lowerBound) * part;
            }
            lowerBound = bucket.getKey();
            lowerCount = bucket.getValue();
        }
        return lowerBound;
    }

    public String table() {
        Table table = new Table(3, "WORKLOAD", "TOTAL RPS", "ERROR RPS", "P50 LATENCY", "P90 LATENCY", "P99 LATENCY");
        for (Row row : rows) {
            table.row(
                    row.workload(),
                    rate(row.requestsPerSecond()),
                    rate(row.errorsPerSecond()),
                    time(row.p50()),
                    time(row.p90()),
                    time(row.p99()));
        }
        return table.toString();
    }

    private static String rate(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }

    private static String time(double millis) {
        return millis < 0 ? "-" : String.format(Locale.ROOT, "%.1fms", millis);
    }
}
