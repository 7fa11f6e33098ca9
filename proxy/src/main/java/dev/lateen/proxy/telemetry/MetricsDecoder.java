package dev.lateen.proxy.telemetry;

import dev.lateen.proto.istio.stats.MetricConfig;
import dev.lateen.proto.istio.stats.PluginConfig;
import dev.lateen.proto.istio.stats.Reporter;
import dev.lateen.proxy.config.CommonDecoder;
import dev.lateen.proxy.config.CommonFields;
import dev.lateen.proxy.config.ImplementedFields;
import dev.lateen.proxy.config.Place;
import dev.lateen.proxy.config.TypedConfig;
import dev.lateen.proxy.expression.Expression;
import dev.lateen.proxy.expression.ExpressionCompiler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Decodes the configuration of Istio's `stats` filter, of HTTP and of TCP alike.
///
/// Thread: main.
public final class MetricsDecoder {
    public static final String TYPE = "stats.PluginConfig";
    private static final String METRIC = "stats.MetricConfig";
    private static final Duration LEAST_TCP_REPORTING = Duration.ofMillis(1);

    public static final ImplementedFields FIELDS = ImplementedFields.builder()
            .include(CommonFields.LIST)
            .message(
                    TYPE,
                    "disable_host_header_fallback",
                    "metrics",
                    "stat_prefix",
                    "reporter",
                    "tcp_reporting_duration")
            .harmless(
                    TYPE,
                    "without effect in Istio's own proxy",
                    "debug",
                    "max_peer_cache_size",
                    "field_separator",
                    "value_separator")
            .message(METRIC, "name", "dimensions", "tags_to_remove", "drop")
            .build();

    private final Place at;
    private final List<Expression> expressions = new ArrayList<>();
    private final Map<String, Integer> indexes = new LinkedHashMap<>();
    private final Map<IstioMetric, Map<String, Integer>> tags = new LinkedHashMap<>();
    private final Set<IstioMetric> dropped = EnumSet.noneOf(IstioMetric.class);

    private MetricsDecoder(Place at) {
        this.at = at;
    }

    public static MetricsConfig decode(TypedConfig config, Place at) {
        PluginConfig plugin = config.unpack(PluginConfig.parser(), FIELDS, at);
        String prefix = plugin.getStatPrefix();
        at.field("stat_prefix")
                .require(
                        prefix.isEmpty() || prefix.equals("istio") || prefix.equals("istio_"),
                        "'" + prefix + "' is not supported by this proxy yet (expected: istio)");
        if (plugin.getReporter() != Reporter.UNSPECIFIED) {
            throw at.field("reporter").unsupported();
        }
        MetricsDecoder decoder = new MetricsDecoder(at.field("metrics"));
        for (int index = 0; index < plugin.getMetricsCount(); index++) {
            decoder.metric(plugin.getMetrics(index), decoder.at.index(index));
        }
        return new MetricsConfig(
                !plugin.getDisableHostHeaderFallback(),
                decoder.expressions,
                decoder.tags,
                decoder.dropped,
                tcpReporting(plugin, at.field("tcp_reporting_duration")));
    }

    private static Duration tcpReporting(PluginConfig plugin, Place at) {
        if (!plugin.hasTcpReportingDuration()) {
            return MetricsConfig.TCP_REPORTING;
        }
        Duration every = CommonDecoder.duration(plugin.getTcpReportingDuration(), at);
        at.require(
                every.compareTo(LEAST_TCP_REPORTING) >= 0,
                "'" + every + "' (expected: at least " + LEAST_TCP_REPORTING.toMillis() + " ms)");
        return every;
    }

    private void metric(MetricConfig metric, Place place) {
        List<IstioMetric> metrics = metrics(metric.getName(), place.field("name"));
        if (metric.getDrop()) {
            dropped.addAll(metrics);
            return;
        }
        for (String tag : metric.getTagsToRemoveList()) {
            change(metrics, tag, MetricsConfig.REMOVED);
        }
        new TreeMap<>(metric.getDimensionsMap())
                .forEach((tag, text) -> change(
                        metrics, tag, expression(text, place.field("dimensions").key(tag))));
    }

    /// No name stands for all metrics.
    private static List<IstioMetric> metrics(String name, Place place) {
        if (name.isEmpty()) {
            return List.of(IstioMetric.values());
        }
        IstioMetric metric = IstioMetric.configured(name);
        if (metric == null) {
            throw place.refuse("'" + name + "'", "a standard metric such as requests_total");
        }
        return List.of(metric);
    }

    private int expression(String text, Place place) {
        Integer known = indexes.get(text);
        if (known == null) {
            known = expressions.size();
            expressions.add(ExpressionCompiler.compile(text, place));
            indexes.put(text, known);
        }
        return known;
    }

    private void change(List<IstioMetric> metrics, String tag, int expression) {
        for (IstioMetric metric : metrics) {
            tags.computeIfAbsent(metric, _ -> new LinkedHashMap<>()).put(labelName(tag), expression);
        }
    }

    /// As Prometheus takes it.
    private static String labelName(String tag) {
        StringBuilder name = new StringBuilder(tag);
        for (int index = 0; index < name.length(); index++) {
            char letter = name.charAt(index);
            boolean fine = (letter >= 'a' && letter <= 'z')
                    || (letter >= 'A' && letter <= 'Z')
                    || letter == '_'
                    || (letter >= '0' && letter <= '9' && index > 0);
            if (!fine) {
                name.setCharAt(index, '_');
            }
        }
        return name.toString();
    }
}
