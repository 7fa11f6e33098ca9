package dev.lateen.model.validate;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Istio's rules for `extensionProviders` of a MeshConfig. Thread: any.
final class ExtensionProviderRules {
    /// Kinds that ask, or send to, a service.
    static final List<String> SERVICES = List.of(
            "envoyExtAuthzHttp",
            "envoyExtAuthzGrpc",
            "zipkin",
            "lightstep",
            "datadog",
            "opencensus",
            "skywalking",
            "opentelemetry",
            "envoyHttpAls",
            "envoyTcpAls",
            "envoyOtelAls",
            "sds");
    /// Those that no data plane of this mesh is told of.
    static final List<String> UNUSED =
            List.of("lightstep", "datadog", "opencensus", "skywalking", "stackdriver", "sds");
    /// Of kinds that are used, the fields that no data plane of this mesh is told of.
    private static final Map<String, List<String>> UNUSED_FIELDS = Map.of(
            "zipkin", List.of("timeout", "headers"),
            "opentelemetry", List.of("serviceAttributeEnrichment", "dynatraceSampler"));
    private static final List<String> OTHERS = List.of("stackdriver", "prometheus", "envoyFileAccessLog");

    private ExtensionProviderRules() {}

    static void check(View config) {
        Set<String> names = new HashSet<>();
        for (View provider : config.objects("extensionProviders")) {
            if (!provider.filled("name")) {
                provider.error("name", "missing-required", "provider has no name");
            } else if (!names.add(provider.text("name"))) {
                provider.error("name", "duplicate", "provider name is given twice");
            }
            boolean any = OTHERS.stream().anyMatch(provider::has);
            for (String kind : SERVICES) {
                any |= provider.has(kind);
                provider.object(kind).ifPresent(ExtensionProviderRules::service);
            }
            UNUSED_FIELDS.forEach((kind, fields) ->
                    provider.object(kind).ifPresent(settings -> fields.forEach(field -> unused(settings, field))));
            provider.object("zipkin").ifPresent(ExtensionProviderRules::zipkin);
            provider.object("opentelemetry").ifPresent(ExtensionProviderRules::openTelemetry);
            provider.object("envoyOtelAls").ifPresent(ExtensionProviderRules::attributes);
            for (String kind : List.of("envoyFileAccessLog", "envoyOtelAls")) {
                provider.object(kind)
                        .flatMap(settings -> settings.object("logFormat"))
                        .ifPresent(MeshLoggingRules::format);
            }
            for (String kind : UNUSED) {
                if (provider.has(kind)) {
                    provider.warning(
                            kind,
                            "unsupported",
                            "providers of this kind are not supported yet",
                            "such as zipkin, opentelemetry or envoyFileAccessLog");
                }
            }
            if (!any) {
                provider.report()
                        .error(
                                provider.spot(),
                                "missing-required",
                                "provider has no kind",
                                "such as zipkin or envoyExtAuthzGrpc");
            }
        }
    }

    private static void unused(View settings, String field) {
        if (settings.has(field)) {
            settings.warning(field, "unsupported", "this field is not supported yet: it has no effect", "leave it out");
        }
    }

    private static void zipkin(View provider) {
        if (provider.text("traceContextOption").equals("USE_B3")) {
            provider.warning(
                    "traceContextOption",
                    "no-effect",
                    "the headers of B3 and of W3C are both read and written",
                    "leave it out");
        }
    }

    private static void openTelemetry(View provider) {
        provider.object("resourceDetectors").ifPresent(detectors -> unused(detectors, "dynatrace"));
        provider.object("http").ifPresent(http -> http.objects("headers").forEach(header -> unused(header, "envName")));
        provider.object("grpc")
                .ifPresent(grpc -> grpc.objects("initialMetadata").forEach(header -> unused(header, "envName")));
    }

    /// An entry for OpenTelemetry has attributes of text only.
    private static void attributes(View provider) {
        provider.object("logFormat")
                .ifPresent(format -> format.entries("labels").stream()
                        .filter(entry -> entry.value().value().isEmpty())
                        .forEach(entry -> provider.report()
                                .warning(
                                        entry.value(),
                                        "no-effect",
                                        "an attribute that is no text is left out",
                                        "a text for each attribute")));
    }

    private static void service(View provider) {
        if (provider.size("filterStateObjectsToLog") > 0) {
            provider.warning(
                    "filterStateObjectsToLog",
                    "no-effect",
                    "only Envoy has filter state; the mesh's own proxy logs none",
                    "a header or a format instead");
        }
        String service = provider.text("service");
        String host = service.substring(service.indexOf('/') + 1);
        String namespace = service.contains("/") ? service.substring(0, service.indexOf('/')) : "x";
        if (!HostNames.isLabel(namespace) || (!HostNames.faultOfFqdn(host).isEmpty() && !IpAddresses.isAddress(host))) {
            provider.error("service", "bad-host", "not the host of a service", "host or namespace/host");
        }
        Checks.port(provider, "port");
        Checks.duration(provider, "timeout");
        String status = provider.text("statusOnError");
        if (!status.isEmpty() && !status.matches("[1-5][0-9][0-9]")) {
            provider.error("statusOnError", "out-of-range", "not an HTTP status", "such as 403");
        }
    }
}
