package dev.lateen.translate;

import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.lateen.model.istio.Telemetry;
import dev.lateen.model.mesh.NodeMetadata.DataPlane;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The filter that counts requests and connections under Istio's names and labels. Upstream Envoy has none: there, the
/// agent counts from access log entries.
final class MetricsFilters {
    static final String STATS = "istio.stats";
    private static final String TYPE = "type.googleapis.com/stats.PluginConfig";
    private static final List<String> HTTP_METRICS = List.of(
            "requests_total",
            "request_duration_milliseconds",
            "request_bytes",
            "response_bytes",
            "request_messages_total",
            "response_messages_total",
            "tcp_opened_connections_total",
            "tcp_closed_connections_total",
            "tcp_sent_bytes_total",
            "tcp_received_bytes_total");

    enum Side {
        CLIENT,
        SERVER,
        GATEWAY
    }

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
        if (scene.dataPlane() == DataPlane.UPSTREAM_ENVOY || !enabled(scene)) {
            return Optional.empty();
        }
        Struct.Builder config = Struct.newBuilder();
        if (side == Side.GATEWAY) {
            config.putFields("disable_host_header_fallback", bool(true));
        }
        List<Value> overrides = overrides(scene, side);
        if (!overrides.isEmpty()) {
            config.putFields("metrics", list(overrides));
        }
        return Optional.of(config.build());
    }

    /// Our own proxy always counts; Istio's does where the mesh or a resource names the provider.
    private static boolean enabled(Scene scene) {
        if (scene.dataPlane() == DataPlane.LATEEN) {
            return true;
        }
        boolean byMesh = scene.mesh()
                .defaultProviders()
                .getOrDefault("metrics", List.of())
                .contains("prometheus");
        return byMesh
                || TelemetryRules.applying(scene).stream()
                        .flatMap(t -> t.metrics().stream())
                        .anyMatch(m -> m.providers().contains("prometheus"));
    }

    private static List<Value> overrides(Scene scene, Side side) {
        Map<String, Map<String, Telemetry.TagOverride>> tags = new TreeMap<>();
        Map<String, Boolean> disabled = new TreeMap<>();
        for (Telemetry telemetry : TelemetryRules.applying(scene)) {
            for (Telemetry.Metrics metrics : telemetry.metrics()) {
                metrics.dimensions()
                        .forEach((name, value) -> tags.computeIfAbsent("", _ -> new TreeMap<>())
                                .put(name, new Telemetry.TagOverride("UPSERT", value)));
                metrics.overrides().forEach(o -> collect(o, side, tags, disabled));
            }
        }
        List<Value> list = new ArrayList<>();
        TreeMap<String, Boolean> names = new TreeMap<>(disabled);
        tags.keySet().forEach(name -> names.putIfAbsent(name, false));
        names.forEach((name, off) -> list.add(override(name, off, tags.getOrDefault(name, Map.of()))));
        return list;
    }

    private static void collect(
            Telemetry.MetricOverride from,
            Side side,
            Map<String, Map<String, Telemetry.TagOverride>> tags,
            Map<String, Boolean> disabled) {
        boolean server = side == Side.SERVER;
        if ((from.mode().equals("CLIENT") && server) || (from.mode().equals("SERVER") && !server)) {
            return;
        }
        List<String> metrics = from.metric().equals("ALL_METRICS")
                ? (from.disabled().isPresent() ? HTTP_METRICS : List.of(""))
                : List.of(metricName(from.metric()));
        for (String metric : metrics) {
            from.disabled().ifPresent(d -> disabled.put(metric, d));
            if (!from.tagOverrides().isEmpty()) {
                tags.computeIfAbsent(metric, _ -> new TreeMap<>()).putAll(from.tagOverrides());
            }
        }
    }

    private static String metricName(String istio) {
        return switch (istio) {
            case "REQUEST_COUNT" -> "requests_total";
            case "REQUEST_DURATION" -> "request_duration_milliseconds";
            case "REQUEST_SIZE" -> "request_bytes";
            case "RESPONSE_SIZE" -> "response_bytes";
            case "TCP_OPENED_CONNECTIONS" -> "tcp_opened_connections_total";
            case "TCP_CLOSED_CONNECTIONS" -> "tcp_closed_connections_total";
            case "TCP_SENT_BYTES" -> "tcp_sent_bytes_total";
            case "TCP_RECEIVED_BYTES" -> "tcp_received_bytes_total";
            case "GRPC_REQUEST_MESSAGES" -> "request_messages_total";
            case "GRPC_RESPONSE_MESSAGES" -> "response_messages_total";
            default -> istio;
        };
    }

    private static Value override(String name, boolean off, Map<String, Telemetry.TagOverride> tags) {
        Struct.Builder metric = Struct.newBuilder();
        if (!name.isEmpty()) {
            metric.putFields("name", Protos.text(name));
        }
        if (off) {
            metric.putFields("drop", bool(true));
        }
        Struct.Builder dimensions = Struct.newBuilder();
        List<Value> removed = new ArrayList<>();
        tags.forEach((tag, override) -> {
            if (override.operation().equals("REMOVE")) {
                removed.add(Protos.text(tag));
            } else {
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

    private static Value bool(boolean value) {
        return Value.newBuilder().setBoolValue(value).build();
    }

    private static Value list(List<Value> values) {
        return Value.newBuilder()
                .setListValue(ListValue.newBuilder().addAllValues(values))
                .build();
    }
}
