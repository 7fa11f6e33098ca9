package dev.lateen.proxy.admin;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.lateen.proxy.config.Decoded;
import dev.lateen.proxy.telemetry.Exposition;
import dev.lateen.proxy.telemetry.Histogram;
import dev.lateen.proxy.telemetry.PrometheusText;
import dev.lateen.proxy.telemetry.Rendering;
import dev.lateen.proxy.telemetry.Stats;
import dev.lateen.regex.BoundedPatterns;
import java.util.Map;
import java.util.TreeMap;

/// `/stats`: all numbers by name.
final class StatsPage {
    private StatsPage() {}

    static AdminReply of(Stats stats, AdminRequest request) {
        String format = request.parameter("format").orElse("text");
        if (format.equals("prometheus")) {
            return prometheus(stats, request);
        }
        Pattern filter;
        try {
            filter = BoundedPatterns.compile(request.parameter("filter").orElse(""));
        } catch (PatternSyntaxException e) {
            return AdminReply.text(400, "Invalid re2 regex: " + e.getDescription() + "\n");
        }
        boolean usedOnly = request.has("usedonly");
        Map<String, Long> numbers = new TreeMap<>();
        stats.counters().forEach((name, counter) -> numbers.put(name, counter.value()));
        stats.gauges().forEach((name, gauge) -> numbers.put(name, gauge.value()));
        stats.computedGauges().forEach((name, value) -> numbers.put(name, value.getAsLong()));
        numbers.entrySet()
                .removeIf(entry -> (usedOnly && entry.getValue() == 0)
                        || !filter.matcher(entry.getKey()).find());
        return switch (format) {
            case "text" -> AdminReply.text(text(numbers, stats, filter, usedOnly));
            case "json" -> AdminReply.json(json(numbers));
            default -> AdminReply.text(400, "usage: /stats?format=text|json|prometheus\n");
        };
    }

    static AdminReply prometheus(Stats stats, AdminRequest request) {
        return switch (rendering(stats, request)) {
            case Decoded.Rejected<Rendering>(String reason) -> AdminReply.text(400, reason + "\n");
            case Decoded.Ok<Rendering>(Rendering wanted) ->
                AdminReply.streamed(wanted.format().contentType(), out -> {
                    PrometheusText.write(stats, wanted, out);
                    out.write(wanted.format().end());
                });
        };
    }

    static Decoded<Rendering> rendering(Stats stats, AdminRequest request) {
        return Rendering.wanted(
                request.accept(), name -> request.parameter(name).orElse(""), Exposition.PROTOBUF, stats.natively());
    }

    private static String text(Map<String, Long> numbers, Stats stats, Pattern filter, boolean usedOnly) {
        StringBuilder text = new StringBuilder();
        numbers.forEach(
                (name, value) -> text.append(name).append(": ").append(value).append('\n'));
        stats.histograms().forEach((name, histogram) -> {
            long count = count(histogram);
            if (filter.matcher(name).find() && !(usedOnly && count == 0)) {
                text.append(name)
                        .append(": count=")
                        .append(count)
                        .append(" sum=")
                        .append(histogram.sum())
                        .append('\n');
            }
        });
        return text.toString();
    }

    private static long count(Histogram histogram) {
        long sum = 0;
        for (long count : histogram.counts()) {
            sum += count;
        }
        return sum;
    }

    private static String json(Map<String, Long> numbers) {
        JsonOut json = new JsonOut().object().array("stats");
        numbers.forEach((name, value) ->
                json.object().text("name", name).number("value", value).end());
        return json.end().end().toString();
    }
}
