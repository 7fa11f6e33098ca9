package dev.lateen.translate;

import com.google.protobuf.UnknownFieldSet;
import dev.lateen.model.istio.Telemetry;
import dev.lateen.model.mesh.MeshConfig;
import dev.lateen.model.mesh.MeshConfig.ExtensionProvider;
import dev.lateen.model.mesh.NodeMetadata.DataPlane;
import dev.lateen.model.mesh.ProxyTracing;
import dev.lateen.model.telemetry.LogText;
import dev.lateen.model.tree.Fields;
import dev.lateen.xds.NewerFields;
import io.envoyproxy.envoy.config.core.v3.GrpcService;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.core.v3.HttpService;
import io.envoyproxy.envoy.config.core.v3.HttpUri;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.config.trace.v3.OpenTelemetryConfig;
import io.envoyproxy.envoy.config.trace.v3.ZipkinConfig;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.Tracing;
import io.envoyproxy.envoy.extensions.tracers.opentelemetry.resource_detectors.v3.EnvironmentResourceDetectorConfig;
import io.envoyproxy.envoy.type.metadata.v3.MetadataKey;
import io.envoyproxy.envoy.type.metadata.v3.MetadataKind;
import io.envoyproxy.envoy.type.tracing.v3.CustomTag;
import io.envoyproxy.envoy.type.v3.Percent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/// What connection managers trace, and where spans go: as the mesh's `Telemetry` resources and extension providers say,
/// or, where none does, as `defaultConfig.tracing` of the mesh.
///
/// Source: Istio, Telemetry `tracing`; MeshConfig `enableTracing`, `extensionProviders`.
final class Traces {
    private static final double USUAL_SAMPLING = 1;
    private static final String ZIPKIN = "envoy.tracers.zipkin";
    private static final String OPEN_TELEMETRY = "envoy.tracers.opentelemetry";
    private static final String SPANS = "/api/v2/spans";
    /// `trace_context_option: USE_B3_WITH_W3C_PROPAGATION`, which Envoy has since 1.36 and the API's Java types have
    /// not:
    /// services hand on whichever form they know, and our own proxy reads and writes both.
    private static final UnknownFieldSet BOTH_CONTEXTS = NewerFields.number(NewerFields.ZIPKIN_TRACE_CONTEXT_OPTION, 1);

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private Traces() {}

    /// What holds for one side of one proxy.
    ///
    /// @param provider name of one; empty: that of `defaultConfig.tracing`
    record Rule(
            Optional<String> provider,
            boolean disabled,
            Optional<Double> sampling,
            Map<String, Telemetry.CustomTag> tags,
            boolean useRequestId,
            boolean istioTags,
            boolean propagates) {
        Rule with(Telemetry.Tracing narrower) {
            return new Rule(
                    narrower.providers().isEmpty()
                            ? provider
                            : Optional.of(narrower.providers().getFirst()),
                    narrower.disabled().orElse(disabled),
                    narrower.sampling().isPresent()
                            ? Optional.of(narrower.sampling().getAsDouble())
                            : sampling,
                    narrower.customTags().isEmpty() ? tags : narrower.customTags(),
                    narrower.useRequestId().orElse(useRequestId),
                    narrower.istioTags().orElse(istioTags),
                    narrower.disableContextPropagation().map(not -> !not).orElse(propagates));
        }
    }

    static Rule rule(Scene scene, Side side) {
        List<String> providers = scene.mesh().defaultProviders().getOrDefault("tracing", List.of());
        ProxyTracing settings = settings(scene);
        Rule rule = new Rule(
                providers.stream().findFirst(),
                false,
                Optional.empty(),
                settings.customTags(),
                true,
                settings.istioTags().orElse(true),
                true);
        for (Telemetry telemetry : TelemetryRules.applying(scene)) {
            for (Telemetry.Tracing narrower : telemetry.tracing()) {
                if (side.isMeantBy(narrower.mode())) {
                    rule = rule.with(narrower);
                }
            }
        }
        return rule;
    }

    /// Empty where nothing is traced.
    static Optional<Tracing> of(Scene scene, Side side) {
        Rule rule = rule(scene, side);
        if (rule.disabled()) {
            return Optional.empty();
        }
        Optional<Tracing.Builder> tracing =
                rule.provider().isPresent() ? rule.provider().flatMap(name -> provided(scene, name)) : ofMesh(scene);
        return tracing.map(built -> complete(scene, rule, built));
    }

    /// `defaultConfig.tracing`. Istio's own Envoy has the collector in its bootstrap.
    private static Optional<Tracing.Builder> ofMesh(Scene scene) {
        MeshConfig.Tracing mesh = scene.mesh().tracing();
        if (!mesh.enabled()) {
            return Optional.empty();
        }
        if (scene.dataPlane() == DataPlane.ISTIO_ENVOY) {
            return Optional.of(Tracing.newBuilder());
        }
        return mesh.zipkin().map(address -> {
            String cluster = CollectorCluster.name(scene, address);
            return zipkin(scene, cluster, address.host() + ":" + address.port(), SPANS, true);
        });
    }

    private static Optional<Tracing.Builder> provided(Scene scene, String name) {
        return scene.mesh().extensionProvider(name).flatMap(provider -> provided(scene, provider));
    }

    private static Optional<Tracing.Builder> provided(Scene scene, ExtensionProvider provider) {
        Fields in = new Fields(provider.settings());
        int port = in.integer("port").orElse(0);
        Optional<String> host = ProviderService.host(scene, in.text("service", ""));
        if (host.isEmpty() || port <= 0) {
            return Optional.empty();
        }
        String cluster = Names.outbound(port, "", host.get());
        Optional<Tracing.Builder> tracing = switch (provider.kind()) {
            case "zipkin" ->
                Optional.of(zipkin(scene, cluster, host.get(), in.text("path", SPANS), !in.flag("enable64bitTraceId")));
            case "opentelemetry" -> Optional.of(openTelemetry(scene, in, cluster, host.get()));
            default -> Optional.empty();
        };
        in.integer("maxTagLength")
                .ifPresent(length -> tracing.ifPresent(t -> t.setMaxPathTagLength(Protos.uint(length))));
        return tracing;
    }

    private static Tracing.Builder zipkin(Scene scene, String cluster, String host, String path, boolean longIds) {
        ZipkinConfig.Builder config = ZipkinConfig.newBuilder()
                .setCollectorCluster(cluster)
                .setCollectorHostname(host)
                .setCollectorEndpoint(path)
                .setCollectorEndpointVersion(ZipkinConfig.CollectorEndpointVersion.HTTP_JSON)
                .setTraceId128Bit(longIds)
                .setSharedSpanContext(Protos.FALSE);
        if (scene.dataPlane() == DataPlane.UPSTREAM_ENVOY) {
            config.setUnknownFields(BOTH_CONTEXTS);
        }
        return provider(ZIPKIN, Protos.any(config.build()));
    }

    private static Tracing.Builder openTelemetry(Scene scene, Fields in, String cluster, String host) {
        OpenTelemetryConfig.Builder config =
                OpenTelemetryConfig.newBuilder().setServiceName(scene.node().cluster());
        Optional<HttpService.Builder> http = in.object("http", h -> overHttp(h, cluster, host));
        if (http.isPresent()) {
            config.setHttpService(http.get());
        } else {
            GrpcService.Builder grpc = GrpcService.newBuilder()
                    .setEnvoyGrpc(GrpcService.EnvoyGrpc.newBuilder()
                            .setClusterName(cluster)
                            .setAuthority(host));
            in.object("grpc", Function.identity()).ifPresent(g -> {
                g.duration("timeout").ifPresent(timeout -> grpc.setTimeout(Protos.duration(timeout)));
                headers(g.objects("initialMetadata", Function.identity())).forEach(grpc::addInitialMetadata);
            });
            config.setGrpcService(grpc);
        }
        boolean environment =
                in.object("resourceDetectors", d -> d.has("environment")).orElse(false);
        if (environment) {
            config.addResourceDetectors(TypedExtensionConfig.newBuilder()
                    .setName("envoy.tracers.opentelemetry.resource_detectors.environment")
                    .setTypedConfig(Protos.any(EnvironmentResourceDetectorConfig.getDefaultInstance())));
        }
        return provider(OPEN_TELEMETRY, Protos.any(config.build()));
    }

    private static HttpService.Builder overHttp(Fields in, String cluster, String host) {
        String path = in.text("path", "/v1/traces");
        HttpService.Builder service = HttpService.newBuilder()
                .setHttpUri(HttpUri.newBuilder()
                        .setUri("http://" + host + (path.startsWith("/") ? path : "/" + path))
                        .setCluster(cluster)
                        .setTimeout(Protos.duration(in.duration("timeout").orElse(PATIENCE))));
        headers(in.objects("headers", Function.identity()))
                .forEach(header -> service.addRequestHeadersToAdd(
                        HeaderValueOption.newBuilder().setHeader(header)));
        return service;
    }

    private static List<HeaderValue> headers(List<Fields> fields) {
        return fields.stream()
                .map(field -> HeaderValue.newBuilder()
                        .setKey(field.text("name", ""))
                        .setValue(field.text("value", ""))
                        .build())
                .toList();
    }

    private static Tracing.Builder provider(String name, com.google.protobuf.Any config) {
        return Tracing.newBuilder()
                .setProvider(io.envoyproxy.envoy.config.trace.v3.Tracing.Http.newBuilder()
                        .setName(name)
                        .setTypedConfig(config));
    }

    private static Tracing complete(Scene scene, Rule rule, Tracing.Builder tracing) {
        tracing.setClientSampling(percent(100))
                .setOverallSampling(percent(100))
                .setRandomSampling(percent(rule.sampling().orElseGet(() -> sampling(scene))));
        if (scene.isRouter() && scene.dataPlane() != DataPlane.ISTIO_ENVOY) {
            // A gateway is a service of its own, with a client's call below each request.
            tracing.setSpawnUpstreamSpan(Protos.TRUE);
        }
        if (!rule.propagates()) {
            tracing.setUnknownFields(NewerFields.number(NewerFields.NO_CONTEXT_PROPAGATION, 1));
        }
        if (!tracing.hasMaxPathTagLength()) {
            settings(scene).maxPathTagLength().ifPresent(length -> tracing.setMaxPathTagLength(Protos.uint(length)));
        }
        List<CustomTag> tags = new ArrayList<>();
        if (rule.istioTags()) {
            tags.add(dryRun("allow", "name", "allow_shadow_effective_policy_id"));
            tags.add(dryRun("allow", "result", "allow_shadow_engine_result"));
            tags.add(dryRun("deny", "name", "deny_shadow_effective_policy_id"));
            tags.add(dryRun("deny", "result", "deny_shadow_engine_result"));
            istioTags(scene).forEach((tag, value) -> tags.add(literal(tag, value)));
        }
        rule.tags().forEach((name, tag) -> custom(scene, name, tag).ifPresent(tags::add));
        tags.sort(Comparator.comparing(CustomTag::getTag));
        return tracing.addAllCustomTags(tags).build();
    }

    /// Those of the proxy's own configuration before those of the mesh.
    private static ProxyTracing settings(Scene scene) {
        return scene.node().metadata().tracing().or(scene.mesh().tracing().defaults());
    }

    /// In percent; the usual one where it is none.
    private static double sampling(Scene scene) {
        double asked = settings(scene).sampling().orElse(USUAL_SAMPLING);
        return asked >= 0 && asked <= 100 ? asked : USUAL_SAMPLING;
    }

    private static Percent percent(double value) {
        return Percent.newBuilder().setValue(value).build();
    }

    private static Map<String, String> istioTags(Scene scene) {
        Map<String, String> labels = scene.node().labels();
        Map<String, String> tags = new TreeMap<>();
        // Injection gives pods both labels.
        tags.put("istio.canonical_revision", labels.getOrDefault("service.istio.io/canonical-revision", "latest"));
        tags.put("istio.canonical_service", labels.getOrDefault("service.istio.io/canonical-name", "unknown"));
        tags.put("istio.cluster_id", orUnknown(scene.node().clusterId()));
        tags.put("istio.mesh_id", orUnknown(scene.node().metadata().meshId()));
        tags.put(
                "istio.namespace",
                orUnknown(scene.node()
                        .metadata()
                        .texts()
                        .getOrDefault("NAMESPACE", scene.node().namespace())));
        return tags;
    }

    private static String orUnknown(String text) {
        return text.isEmpty() ? "unknown" : text;
    }

    private static Optional<CustomTag> custom(Scene scene, String name, Telemetry.CustomTag tag) {
        CustomTag.Builder built = CustomTag.newBuilder().setTag(name);
        return switch (tag) {
            case Telemetry.CustomTag.Literal(String value) -> Optional.of(literal(name, value));
            case Telemetry.CustomTag.Environment(String variable, String otherwise) ->
                Optional.of(built.setEnvironment(CustomTag.Environment.newBuilder()
                                .setName(variable)
                                .setDefaultValue(otherwise))
                        .build());
            case Telemetry.CustomTag.Header(String header, String otherwise) ->
                Optional.of(built.setRequestHeader(
                                CustomTag.Header.newBuilder().setName(header).setDefaultValue(otherwise))
                        .build());
            // Our own proxy would refuse the whole listener for a word that it does not know.
            case Telemetry.CustomTag.Formatter(String format)
            when scene.dataPlane() == DataPlane.LATEEN
                    && !LogText.of(format).unknown().isEmpty() -> Optional.empty();
            case Telemetry.CustomTag.Formatter(String format) ->
                Optional.of(built.setUnknownFields(NewerFields.text(NewerFields.CUSTOM_TAG_VALUE, format))
                        .build());
            case Telemetry.CustomTag.None _ -> Optional.empty();
        };
    }

    private static CustomTag literal(String tag, String value) {
        return CustomTag.newBuilder()
                .setTag(tag)
                .setLiteral(CustomTag.Literal.newBuilder().setValue(value))
                .build();
    }

    private static CustomTag dryRun(String policy, String what, String key) {
        return CustomTag.newBuilder()
                .setTag("istio.authorization.dry_run." + policy + "_policy." + what)
                .setMetadata(CustomTag.Metadata.newBuilder()
                        .setKind(MetadataKind.newBuilder().setRequest(MetadataKind.Request.getDefaultInstance()))
                        .setMetadataKey(MetadataKey.newBuilder()
                                .setKey("envoy.filters.http.rbac")
                                .addPath(MetadataKey.PathSegment.newBuilder().setKey("istio_dry_run_" + key))))
                .build();
    }

    /// What of the node is in its spans.
    static List<String> traits(Scene scene) {
        if (of(scene, Side.CLIENT).isEmpty() && of(scene, Side.SERVER).isEmpty()) {
            return List.of();
        }
        List<String> traits = new ArrayList<>(istioTags(scene).values());
        traits.add(Double.toString(sampling(scene)));
        // As which OpenTelemetry's tracer names it.
        traits.add(scene.node().cluster());
        return traits;
    }

    /// Whether requests find their decision in `x-request-id`.
    static boolean useRequestId(Scene scene, Side side) {
        return rule(scene, side).useRequestId();
    }
}
