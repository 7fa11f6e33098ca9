package dev.lateen.model.validate;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Istio's rules for the `defaultConfig` of a mesh, as it comes into force. Thread: any. Source: Istio's reference of
/// MeshConfig, ProxyConfig.
final class MeshProxyConfigRules {
    private static final String AUTO_ALLOCATE = "ISTIO_META_DNS_AUTO_ALLOCATE";

    private MeshProxyConfigRules() {}

    static void check(View config) {
        for (String field : List.of("configPath", "binaryPath")) {
            if (!config.filled(field)) {
                config.error(field, "missing-required", field + " is missing");
            }
        }
        if (!config.has("tracingServiceName") && !config.filled("serviceCluster")) {
            config.error("serviceCluster", "missing-required", "neither serviceCluster nor tracingServiceName is set");
        }
        required(config, "drainDuration");
        if (config.filled("discoveryAddress")) {
            Checks.hostAndPort(config.report(), config.spot("discoveryAddress"));
        } else {
            config.error(
                    "discoveryAddress", "missing-required", "address of the control plane is missing", "host:port");
        }
        if (config.filled("statsdUdpAddress")) {
            Checks.hostAndPort(config.report(), config.spot("statsdUdpAddress"));
        }
        for (String service : List.of("envoyMetricsService", "envoyAccessLogService")) {
            config.object(service)
                    .filter(found -> found.filled("address"))
                    .ifPresent(found -> Checks.hostAndPort(found.report(), found.spot("address")));
        }
        Checks.port(config, "proxyAdminPort");
        Checks.port(config, "statusPort");
        Checks.notNegative(config, "concurrency");
        config.object("tracing").ifPresent(MeshProxyConfigRules::tracing);
        config.object("privateKeyProvider").ifPresent(MeshProxyConfigRules::privateKeyProvider);
        config.object("proxyStatsMatcher")
                .ifPresent(matcher ->
                        matcher.items("inclusionRegexps").forEach(regex -> Checks.regex(matcher.report(), regex)));
        for (View.Entry entry : config.entries("proxyMetadata")) {
            if (entry.key().value().equals(AUTO_ALLOCATE)
                    && entry.value().value().equals("true")) {
                config.report()
                        .warning(
                                entry.key(),
                                "deprecated",
                                "addresses are allocated by the control plane now",
                                "remove " + AUTO_ALLOCATE);
            }
        }
    }

    /// A duration that must be there, and at least a millisecond.
    static void required(View view, String field) {
        if (view.duration(field).isEmpty()) {
            view.error(field, "missing-required", "duration is missing", "at least 1ms");
        } else {
            Checks.duration(view, field);
        }
    }

    private static void tracing(View tracing) {
        for (String tracer : List.of("zipkin", "datadog", "lightstep", "openCensusAgent")) {
            tracing.object(tracer)
                    .filter(found -> !tracer.equals("openCensusAgent"))
                    .ifPresent(found -> {
                        Checks.hostAndPort(found.report(), found.spot("address"));
                        if (tracer.equals("lightstep") && !found.filled("accessToken")) {
                            found.error("accessToken", "missing-required", "Lightstep needs an access token");
                        }
                    });
        }
        if (tracing.decimal("sampling") < 0 || tracing.decimal("sampling") > 100) {
            tracing.error("sampling", "out-of-range", "not a percentage", "0 to 100");
        }
        TelemetryRules.customTags(tracing, "customTags");
        tracing.object("tlsSettings").ifPresent(ClientTlsRules::check);
    }

    private static void privateKeyProvider(View provider) {
        if (!provider.hasAny("cryptomb", "qat")) {
            provider.report().error(provider.spot(), "missing-required", "provider is missing", "cryptomb or qat");
        }
        for (String kind : List.of("cryptomb", "qat")) {
            provider.object(kind).ifPresent(found -> {
                Optional<Duration> delay = found.duration("pollDelay");
                if (delay.isEmpty()) {
                    found.error("pollDelay", "missing-required", "pollDelay is missing", "a duration above 0");
                } else if (delay.get().isZero() || delay.get().isNegative()) {
                    found.error("pollDelay", "out-of-range", "duration is too short", "a duration above 0");
                }
            });
        }
    }
}
