package dev.lateen.translate;

import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.lateen.model.mesh.NodeMetadata.DataPlane;
import dev.lateen.model.telemetry.ProxyExpressions;
import dev.lateen.model.telemetry.TelemetryWords;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The filter that counts requests and connections under Istio's names and labels. Upstream Envoy has none: there, the
/// agent counts from access log entries.
final class MetricsFilters {
    static final String STATS = "istio.stats";
    private static final String TYPE = "type.googleapis.com/stats.PluginConfig";
    /// The API's name → the filter's, in the order in which the filter is told of them.
    private static final Map<String, String> METRICS = new TreeMap<>(Map.of(
            "GRPC_REQUEST_MESSAGES", "request_messages_total",
            "GRPC_RESPONSE_MESSAGES", "response_messages_total",
            "REQUEST_COUNT", "requests_total",
            "REQUEST_DURATION", "request_duration_milliseconds",
            "REQUEST_SIZE", "request_bytes",
            "RESPONSE_SIZE", "response_bytes",
            "TCP_CLOSED_CONNECTIONS", "tcp_connections_closed_total",
            "TCP_OPENED_CONNECTIONS", "tcp_connections_opened_total",
            "TCP_RECEIVED_BYTES", "tcp_received_bytes_total",
            "TCP_SENT_BYTES", "tcp_sent_bytes_total"));

    private MetricsFilters() {}

    static List<HttpFilter> http(Scene scene, Side side) {
        return config(scene, side)
                .map(config -> List.of(HttpFilter.newBuilder()
                        .setName(STATS)
                        .setTypedConfig(Protos.struct(TYPE, config))
                        .build()))
                .orElse(List.of());
    }

    static List<Filter> tcp(Scene scene, Side side) {
        return config(scene, side)
                .map(config -> List.of(Filter.newBuilder()
                        .setName(STATS)
                        .setTypedConfig(Protos.struct(TYPE, config))
                        .build()))
                .orElse(List.of());
    }

    private static Optional<Struct> config(Scene scene, Side side) {
        if (scene.dataPlane() == DataPlane.UPSTREAM_ENVOY) {
            return Optional.empty();
        }
        MetricRules rules = MetricRules.of(scene, side, METRICS.keySet());
        boolean own = scene.dataPlane() == DataPlane.LATEEN;
        // Our own proxy always counts for Prometheus, also where the mesh's resources send metrics elsewhere.
        boolean elsewhere = own && !rules.isChosen();
        if (!rules.counts() && !elsewhere) {
            return Optional.empty();
        }
        Struct.Builder config = Struct.newBuilder();
        if (scene.isRouter()) {
            config.putFields("disable_host_header_fallback", bool(true));
        }
        Map<String, MetricRules.Change> changes = named(rules.changes(), own);
        if (changes.keySet().containsAll(METRICS.values())
                && changes.values().stream().allMatch(MetricRules.Change::drops)) {
            return Optional.empty();
        }
        if (!changes.isEmpty()) {
            List<Value> metrics = new ArrayList<>();
            changes.forEach((name, change) -> metrics.add(value(name, change, own)));
            config.putFields("metrics", list(metrics));
        }
        rules.reportingInterval()
                .ifPresent(interval -> config.putFields("tcp_reporting_duration", Protos.text(seconds(interval))));
        return Optional.of(config.build());
    }

    /// By the filter's names: the API's metrics first, then custom ones. Our own proxy is told of those that it knows:
    /// it would refuse the whole listener for another.
    private static Map<String, MetricRules.Change> named(Map<String, MetricRules.Change> changes, boolean own) {
        Map<String, MetricRules.Change> named = new LinkedHashMap<>();
        METRICS.forEach((metric, name) -> {
            if (changes.containsKey(metric)) {
                named.put(name, changes.get(metric));
            }
        });
        changes.forEach((metric, change) -> {
            boolean custom = !METRICS.containsKey(metric);
            if (custom && (!own || TelemetryWords.metrics().contains(metric))) {
                named.putIfAbsent(metric, change);
            }
        });
        return named;
    }

    private static Value value(String name, MetricRules.Change change, boolean own) {
        Struct.Builder metric = Struct.newBuilder().putFields("name", Protos.text(name));
        if (change.drops()) {
            metric.putFields("drop", bool(true));
        }
        Struct.Builder dimensions = Struct.newBuilder();
        List<Value> removed = new ArrayList<>();
        change.tags().forEach((tag, override) -> {
            if (override.operation().equals("REMOVE")) {
                removed.add(Protos.text(tag));
            } else if (!own || ProxyExpressions.unknown(override.value()).isEmpty()) {
                dimensions.putFields(tag, Protos.text(override.value()));
            }
        });
        if (dimensions.getFieldsCount() > 0) {
            metric.putFields("dimensions", Protos.value(dimensions.build()));
        }
        if (!removed.isEmpty()) {
            metric.putFields("tags_to_remove", list(removed));
        }
        return Protos.value(metric.build());
    }

    /// As JSON of protobuf has it, which knows seconds alone.
    private static String seconds(Duration time) {
        BigDecimal seconds = BigDecimal.valueOf(time.getSeconds()).add(BigDecimal.valueOf(time.getNano(), 9));
        return (seconds.signum() == 0 ? "0" : seconds.stripTrailingZeros().toPlainString()) + "s";
    }

    private static Value bool(boolean value) {
        return Value.newBuilder().setBoolValue(value).build();
    }

    private static Value list(List<Value> values) {
        return Value.newBuilder()
                .setListValue(ListValue.newBuilder().addAllValues(values))
                .build();
    }
}
