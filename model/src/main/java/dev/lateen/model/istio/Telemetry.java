package dev.lateen.model.istio;

import dev.lateen.model.resource.Metadata;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.tree.Fields;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/// What a workload's proxy records. Source: Istio `Telemetry`.
public record Telemetry(
        Origin origin,
        Metadata metadata,
        Selector selector,
        List<TargetRef> targetRefs,
        List<AccessLogging> accessLogging,
        List<Metrics> metrics,
        List<Tracing> tracing) {

    public static Bound<Telemetry> bind(RawResource resource) {
        return Reader.spec(resource, in -> {
            return new Telemetry(
                    in.origin(),
                    resource.metadata(),
                    in.object("selector", Selector::matchLabels).orElse(Selector.ALL),
                    TargetRef.all(in),
                    in.objects("accessLogging", AccessLogging::of),
                    in.objects("metrics", Metrics::of),
                    in.objects("tracing", Tracing::of));
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

    /// What is not set is left to wider rules.
    ///
    /// @param mode `CLIENT`, `SERVER` or `CLIENT_AND_SERVER`
    /// @param sampling percent
    /// @param customTags empty: not set
    public record Tracing(
            String mode,
            List<String> providers,
            OptionalDouble sampling,
            Optional<Boolean> disabled,
            Map<String, CustomTag> customTags,
            Optional<Boolean> useRequestId,
            Optional<Boolean> istioTags,
            Optional<Boolean> disableContextPropagation) {
        static Tracing of(Reader in) {
            return new Tracing(
                    in.object("match", m -> m.text("mode", "CLIENT_AND_SERVER")).orElse("CLIENT_AND_SERVER"),
                    Telemetry.providers(in),
                    in.decimal("randomSamplingPercentage"),
                    in.flagIfSet("disableSpanReporting"),
                    in.objectMap("customTags", CustomTag::of),
                    in.flagIfSet("useRequestIdForTraceSampling"),
                    in.flagIfSet("enableIstioTags"),
                    in.flagIfSet("disableContextPropagation"));
        }
    }

    /// Where a tag of a span gets its value from.
    public sealed interface CustomTag {
        record Literal(String value) implements CustomTag {}

        record Environment(String name, String otherwise) implements CustomTag {}

        record Header(String name, String otherwise) implements CustomTag {}

        /// @param format with the operators of access logs
        record Formatter(String format) implements CustomTag {}

        /// Without a source there is no tag.
        record None() implements CustomTag {}

        /// As the tracing settings of a proxy write it.
        static CustomTag of(Fields in) {
            return in.object("literal", l -> (CustomTag) new Literal(l.text("value", "")))
                    .or(() -> in.object(
                            "environment", e -> new Environment(e.text("name", ""), e.text("defaultValue", ""))))
                    .or(() -> in.object("header", h -> new Header(h.text("name", ""), h.text("defaultValue", ""))))
                    .or(() -> in.object("formatter", f -> new Formatter(f.text("value", ""))))
                    .orElse(new None());
        }

        private static CustomTag of(Reader in) {
            return in.object("literal", l -> (CustomTag) new Literal(l.text("value", "")))
                    .or(() -> in.object(
                            "environment", e -> new Environment(e.text("name", ""), e.text("defaultValue", ""))))
                    .or(() -> in.object("header", h -> new Header(h.text("name", ""), h.text("defaultValue", ""))))
                    .or(() -> in.object("formatter", f -> new Formatter(f.text("value", ""))))
                    .orElse(new None());
        }
    }

    /// @param dimensions our extension: labels for all metrics, by name, as expressions
    /// @param removedTags our extension: labels that no metric has
    public record Metrics(
            List<String> providers,
            List<MetricOverride> overrides,
            Map<String, String> dimensions,
            List<String> removedTags,
            Optional<Duration> reportingInterval) {
        static Metrics of(Reader in) {
            return new Metrics(
                    Telemetry.providers(in),
                    in.objects("overrides", MetricOverride::of),
                    in.textMap("dimensions"),
                    in.texts("tagsToRemove"),
                    in.duration("reportingInterval"));
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
