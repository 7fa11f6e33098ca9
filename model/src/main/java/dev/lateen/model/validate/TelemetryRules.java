package dev.lateen.model.validate;

import java.time.Duration;
import java.util.List;
import java.util.function.BiConsumer;

/// Istio's rules for a Telemetry. Thread: any. Source: Istio's reference of Telemetry.
final class TelemetryRules {
    /// What the mesh's own proxy does with a tag whose value it cannot make.
    private static final String NO_LABEL = "the label stays as it is there";
    private static final String NO_TAG = "its spans have no such tag";
    private static final String NO_CONDITION = "it logs as if there were no filter";

    private static final Duration LEAST_INTERVAL = Duration.ofMillis(1);

    private TelemetryRules() {}

    static void check(View spec) {
        Checks.selector(spec, "selector", "matchLabels");
        Checks.targets(spec);
        List<View> tracing = spec.objects("tracing");
        if (tracing.size() > 1) {
            spec.warning("tracing", "unsupported", "only one tracing entry is used", "join the entries");
        }
        tracing.forEach(TelemetryRules::tracing);
        for (View metrics : spec.objects("metrics")) {
            providers(metrics);
            metrics.duration("reportingInterval")
                    .filter(interval -> interval.compareTo(LEAST_INTERVAL) < 0)
                    .ifPresent(_ -> metrics.error(
                            "reportingInterval", "out-of-range", "duration is too short", "at least 1ms"));
            metrics.objects("overrides").forEach(TelemetryRules::override);
            metrics.entries("dimensions")
                    .forEach(tag -> KnownWords.expression(metrics.report(), tag.value(), NO_LABEL));
        }
        for (View logging : spec.objects("accessLogging")) {
            providers(logging);
            logging.object("filter")
                    .filter(filter -> filter.has("expression"))
                    .ifPresent(
                            filter -> KnownWords.expression(filter.report(), filter.spot("expression"), NO_CONDITION));
        }
    }

    private static void tracing(View tracing) {
        providers(tracing);
        if (tracing.size("providers") > 1) {
            tracing.warning("providers", "unsupported", "only one tracing provider is used", "keep one of them");
        }
        double share = tracing.decimal("randomSamplingPercentage");
        if (share < 0 || share > 100) {
            tracing.error("randomSamplingPercentage", "out-of-range", "not a percentage", "0 to 100");
        }
        customTags(tracing, "customTags", TelemetryRules::uselessTag);
    }

    /// A resource's tag without a source adds nothing, and hides one of the same name that a wider resource has.
    private static void uselessTag(Report report, Spot tag) {
        report.warning(
                tag,
                "no-effect",
                "tag has no source: no span gets it",
                "give it literal, environment, header or formatter");
    }

    /// Of the mesh's own settings.
    static void customTags(View holder, String field) {
        customTags(
                holder,
                field,
                (report, tag) -> report.error(
                        tag, "missing-required", "tag has no source", "literal, environment, header or formatter"));
    }

    private static void customTags(View holder, String field, BiConsumer<Report, Spot> sourceless) {
        for (View.Entry tag : holder.entries(field)) {
            if (tag.key().value().isEmpty()) {
                holder.report().error(tag.key(), "missing-required", "tag has no name");
            }
            tag.object().ifPresent(source -> {
                if (!source.hasAny("literal", "environment", "header", "formatter")) {
                    sourceless.accept(holder.report(), tag.key());
                }
                required(source, "literal", "value");
                required(source, "environment", "name");
                required(source, "header", "name");
                required(source, "formatter", "value");
                source.object("formatter")
                        .ifPresent(format -> KnownWords.format(format.report(), format.spot("value"), NO_TAG));
            });
        }
    }

    private static void required(View tag, String source, String field) {
        tag.object(source)
                .filter(found -> !found.filled(field))
                .ifPresent(found -> found.error(field, "missing-required", field + " is missing"));
    }

    private static void providers(View holder) {
        for (View provider : holder.objects("providers")) {
            if (!provider.filled("name")) {
                provider.error("name", "missing-required", "provider has no name");
            }
        }
    }

    private static void override(View override) {
        override.object("match")
                .filter(match -> match.has("customMetric") && !match.filled("customMetric"))
                .ifPresent(match -> match.error("customMetric", "missing-required", "metric has no name"));
        override.object("match").ifPresent(match -> KnownWords.metric(match.report(), match.spot("customMetric")));
        for (View.Entry tag : override.entries("tagOverrides")) {
            if (tag.key().value().isEmpty()) {
                override.report().error(tag.key(), "missing-required", "tag has no name");
            }
            tag.object().ifPresent(TelemetryRules::tagOverride);
        }
    }

    private static void tagOverride(View tag) {
        boolean removes = tag.text("operation").equals("REMOVE");
        if (removes && tag.filled("value")) {
            tag.error("value", "conflict", "a tag that is removed has no value", "no value");
        } else if (!removes && !tag.filled("value")) {
            tag.error("value", "missing-required", "UPSERT needs a value", "a CEL expression");
        } else if (!removes) {
            KnownWords.expression(tag.report(), tag.spot("value"), NO_LABEL);
        }
    }
}
