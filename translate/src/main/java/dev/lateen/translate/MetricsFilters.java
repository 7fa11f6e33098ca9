package dev.lateen.translate;

import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.lateen.model.istio.Telemetry;
import dev.lateen.model.mesh.NodeMetadata.DataPlane;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import java.util.ArrayList;
import java.util.Collection;
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
        if (scene.dataPlane() == DataPlane.UPSTREAM_ENVOY || !enabled(scene)) {
            return Optional.empty();
        }
        Struct.Builder config = Struct.newBuilder();
        if (scene.isRouter()) {
            config.putFields("disable_host_header_fallback", bool(true));
        }
        Map<String, Changes> overrides = overrides(scene, side);
        if (overrides.keySet().containsAll(METRICS.values())
                && overrides.values().stream().allMatch(o -> o.disabled)) {
            return Optional.empty();
        }
        if (!overrides.isEmpty()) {
            List<Value> metrics = new ArrayList<>();
            overrides.forEach((name, override) -> metrics.add(override.value(name)));
            config.putFields("metrics", list(metrics));
        }
        reportingInterval(scene).ifPresent(i -> config.putFields("tcp_reporting_duration", Protos.text(i)));
        return Optional.of(config.build());
    }

    private static Optional<String> reportingInterval(Scene scene) {
        return TelemetryRules.applying(scene).stream()
                .flatMap(t -> t.metrics().stream())
                .flatMap(m -> m.reportingInterval().stream())
                .reduce((_, later) -> later);
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

    /// What changes about one metric.
    private static final class Changes {
        private boolean disabled;
        private final Map<String, Telemetry.TagOverride> tags = new TreeMap<>();

        Value value(String name) {
            Struct.Builder metric = Struct.newBuilder().putFields("name", Protos.text(name));
            if (disabled) {
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
    }

    /// By the filter's names; what comes later, or is nearer to the workload, wins.
    private static Map<String, Changes> overrides(Scene scene, Side side) {
        Map<String, Changes> overrides = new LinkedHashMap<>();
        Map<String, Changes> found = new LinkedHashMap<>();
        for (Telemetry telemetry : TelemetryRules.applying(scene)) {
            for (Telemetry.Metrics metrics : telemetry.metrics()) {
                Map<String, Telemetry.TagOverride> everywhere = new TreeMap<>();
                metrics.dimensions()
                        .forEach((name, value) -> everywhere.put(name, new Telemetry.TagOverride("UPSERT", value)));
                metrics.removedTags().forEach(name -> everywhere.put(name, new Telemetry.TagOverride("REMOVE", "")));
                if (!everywhere.isEmpty()) {
                    METRICS.values().forEach(name -> of(name, found).tags.putAll(everywhere));
                }
                metrics.overrides().forEach(o -> collect(o, side, found));
            }
        }
        METRICS.values().stream().filter(found::containsKey).forEach(name -> overrides.put(name, of(name, found)));
        found.forEach(overrides::putIfAbsent);
        return overrides;
    }

    private static Changes of(String name, Map<String, Changes> in) {
        return in.computeIfAbsent(name, _ -> new Changes());
    }

    private static void collect(Telemetry.MetricOverride from, Side side, Map<String, Changes> into) {
        if (!side.isMeantBy(from.mode())) {
            return;
        }
        Collection<String> names = from.metric().equals("ALL_METRICS")
                ? METRICS.values()
                : List.of(METRICS.getOrDefault(from.metric(), from.metric()));
        for (String name : names) {
            Changes override = of(name, into);
            override.disabled = from.disabled().orElse(false);
            override.tags.putAll(from.tagOverrides());
        }
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
