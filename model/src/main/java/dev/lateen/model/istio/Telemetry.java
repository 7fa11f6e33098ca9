package dev.lateen.model.istio;

import dev.lateen.model.resource.Metadata;
import dev.lateen.model.resource.RawResource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a workload's proxy records. Source: Istio `Telemetry`.
public record Telemetry(
        Origin origin,
        Metadata metadata,
        Selector selector,
        List<TargetRef> targetRefs,
        List<AccessLogging> accessLogging,
        List<Metrics> metrics) {

    public static Bound<Telemetry> bind(RawResource resource) {
        return Reader.spec(resource, in -> {
            in.notYet("tracing");
            return new Telemetry(
                    in.origin(),
                    resource.metadata(),
                    in.object("selector", Selector::matchLabels).orElse(Selector.ALL),
                    TargetRef.all(in),
                    in.objects("accessLogging", AccessLogging::of),
                    in.objects("metrics", Metrics::of));
        });
    }

    private static List<String> providers(Reader in) {
        return in.objects("providers", p -> p.text("name", ""));
    }

    /// @param mode `CLIENT`, `SERVER` or `CLIENT_AND_SERVER`
    public record AccessLogging(String mode, List<String> providers, Optional<Boolean> disabled, String filter) {
        static AccessLogging of(Reader in) {
            return new AccessLogging(
                    in.object("match", m -> m.text("mode", "CLIENT_AND_SERVER")).orElse("CLIENT_AND_SERVER"),
                    Telemetry.providers(in),
                    in.flagIfSet("disabled"),
                    in.object("filter", f -> f.text("expression", "")).orElse(""));
        }
    }

    /// @param dimensions our extension: labels for all metrics, by name, as expressions
    /// @param removedTags our extension: labels that no metric has
    public record Metrics(
            List<String> providers,
            List<MetricOverride> overrides,
            Map<String, String> dimensions,
            List<String> removedTags,
            Optional<String> reportingInterval) {
        static Metrics of(Reader in) {
            return new Metrics(
                    Telemetry.providers(in),
                    in.objects("overrides", MetricOverride::of),
                    in.textMap("dimensions"),
                    in.texts("tagsToRemove"),
                    in.text("reportingInterval"));
        }
    }

    public record MetricOverride(
            String metric, String mode, Optional<Boolean> disabled, Map<String, TagOverride> tagOverrides) {
        static MetricOverride of(Reader in) {
            Optional<Target> match = in.object(
                    "match",
                    m -> new Target(
                            m.text("metric").or(() -> m.text("customMetric")).orElse("ALL_METRICS"),
                            m.text("mode", "CLIENT_AND_SERVER")));
            return new MetricOverride(
                    match.map(Target::metric).orElse("ALL_METRICS"),
                    match.map(Target::mode).orElse("CLIENT_AND_SERVER"),
                    in.flagIfSet("disabled"),
                    in.objectMap(
                            "tagOverrides", t -> new TagOverride(t.text("operation", "UPSERT"), t.text("value", ""))));
        }

        private record Target(String metric, String mode) {}
    }

    public record TagOverride(String operation, String value) {}
}
