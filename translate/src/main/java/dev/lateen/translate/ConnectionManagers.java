package dev.lateen.translate;

import dev.lateen.model.mesh.NodeMetadata.DataPlane;
import io.envoyproxy.envoy.config.core.v3.Http1ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.ForwardClientCertDetails;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.PathWithEscapedSlashesAction;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.SetCurrentClientCertDetails;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.Tracing;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.UpgradeConfig;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.Rds;
import io.envoyproxy.envoy.extensions.request_id.uuid.v3.UuidRequestIdConfig;
import io.envoyproxy.envoy.type.metadata.v3.MetadataKey;
import io.envoyproxy.envoy.type.metadata.v3.MetadataKind;
import io.envoyproxy.envoy.type.tracing.v3.CustomTag;
import io.envoyproxy.envoy.type.v3.Percent;
import java.util.List;
import java.util.Map;

/// HTTP connection managers of sidecars and gateways.
final class ConnectionManagers {
    private static final String NAME = "envoy.filters.network.http_connection_manager";
    private static final TypedExtensionConfig REQUEST_IDS = TypedExtensionConfig.newBuilder()
            .setTypedConfig(Protos.any(UuidRequestIdConfig.newBuilder()
                    .setUseRequestIdForTraceSampling(Protos.TRUE)
                    .build()))
            .build();

    private ConnectionManagers() {}

    static Filter outbound(Scene scene, String statPrefix, String routes) {
        HttpConnectionManager.Builder manager = common(scene, HttpFilters.outbound(scene))
                .setStatPrefix(Names.stat(statPrefix))
                .setUseRemoteAddress(Protos.FALSE)
                .setRds(Rds.newBuilder().setConfigSource(Protos.ADS).setRouteConfigName(routes));
        manager.addAllAccessLog(AccessLogs.http(scene, AccessLogs.Side.CLIENT));
        http10(scene, manager);
        return filter(manager);
    }

    static Filter inbound(Scene scene, String statPrefix, RouteConfiguration routes) {
        HttpConnectionManager.Builder manager = common(scene, HttpFilters.inbound(scene))
                .setStatPrefix(Names.stat(statPrefix))
                .setUseRemoteAddress(Protos.FALSE)
                .setServerName("istio-envoy")
                .setForwardClientCertDetails(ForwardClientCertDetails.APPEND_FORWARD)
                .setSetCurrentClientCertDetails(SetCurrentClientCertDetails.newBuilder()
                        .setSubject(Protos.TRUE)
                        .setUri(true)
                        .setDns(true))
                .setRouteConfig(routes);
        DebugHeader.replies(scene).ifPresent(manager::setLocalReplyConfig);
        manager.addAllAccessLog(AccessLogs.http(scene, AccessLogs.Side.SERVER));
        http10(scene, manager);
        return filter(manager);
    }

    static Filter gateway(Scene scene, String statPrefix, String routes) {
        HttpConnectionManager.Builder manager = common(scene, HttpFilters.outbound(scene))
                .setStatPrefix(Names.stat(statPrefix))
                .setUseRemoteAddress(Protos.TRUE)
                .setServerName("istio-envoy")
                .setHttpProtocolOptions(Http1ProtocolOptions.getDefaultInstance())
                .setForwardClientCertDetails(
                        forward(scene.mesh().proxy().forwardClientCert().orElse("SANITIZE_SET")))
                .setSetCurrentClientCertDetails(SetCurrentClientCertDetails.newBuilder()
                        .setSubject(Protos.TRUE)
                        .setCert(true)
                        .setUri(true)
                        .setDns(true))
                .setRds(Rds.newBuilder().setConfigSource(Protos.ADS).setRouteConfigName(routes));
        DebugHeader.replies(scene).ifPresent(manager::setLocalReplyConfig);
        scene.mesh().proxy().numTrustedProxies().ifPresent(manager::setXffNumTrustedHops);
        manager.addAllAccessLog(AccessLogs.http(scene, AccessLogs.Side.CLIENT));
        http10(scene, manager);
        return filter(manager);
    }

    private static ForwardClientCertDetails forward(String name) {
        return switch (name) {
            case "SANITIZE" -> ForwardClientCertDetails.SANITIZE;
            case "FORWARD_ONLY" -> ForwardClientCertDetails.FORWARD_ONLY;
            case "APPEND_FORWARD" -> ForwardClientCertDetails.APPEND_FORWARD;
            case "ALWAYS_FORWARD_ONLY" -> ForwardClientCertDetails.ALWAYS_FORWARD_ONLY;
            default -> ForwardClientCertDetails.SANITIZE_SET;
        };
    }

    private static void http10(Scene scene, HttpConnectionManager.Builder manager) {
        if (scene.node().metadata().switches().http10()) {
            manager.getHttpProtocolOptionsBuilder().setAcceptHttp10(true);
        }
    }

    private static HttpConnectionManager.Builder common(Scene scene, List<HttpFilter> filters) {
        HttpConnectionManager.Builder manager = HttpConnectionManager.newBuilder()
                .addAllHttpFilters(filters)
                .setStreamIdleTimeout(Protos.ZERO)
                .setProxy100Continue(true)
                .addUpgradeConfigs(UpgradeConfig.newBuilder().setUpgradeType("websocket"))
                .setRequestIdExtension(
                        io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.RequestIDExtension
                                .newBuilder()
                                .setTypedConfig(REQUEST_IDS.getTypedConfig()));
        normalize(scene, manager);
        if (scene.mesh().tracing().enabled() && scene.dataPlane() == DataPlane.ISTIO_ENVOY) {
            manager.setTracing(tracing(scene));
        }
        return manager;
    }

    private static void normalize(Scene scene, HttpConnectionManager.Builder manager) {
        String mode = scene.mesh().http().normalization();
        if (mode.equals("NONE")) {
            return;
        }
        manager.setNormalizePath(Protos.TRUE);
        manager.setPathWithEscapedSlashesAction(PathWithEscapedSlashesAction.KEEP_UNCHANGED);
        if (mode.endsWith("MERGE_SLASHES")) {
            manager.setMergeSlashes(true);
        }
        if (mode.startsWith("DECODE")) {
            manager.setPathWithEscapedSlashesAction(PathWithEscapedSlashesAction.UNESCAPE_AND_FORWARD);
        }
    }

    private static Tracing tracing(Scene scene) {
        Tracing.Builder tracing = Tracing.newBuilder()
                .setClientSampling(Percent.newBuilder().setValue(100))
                .setOverallSampling(Percent.newBuilder().setValue(100))
                .setRandomSampling(
                        Percent.newBuilder().setValue(scene.mesh().tracing().sampling()));
        tracing.addCustomTags(dryRun("allow", "name", "allow_shadow_effective_policy_id"));
        tracing.addCustomTags(dryRun("allow", "result", "allow_shadow_engine_result"));
        tracing.addCustomTags(dryRun("deny", "name", "deny_shadow_effective_policy_id"));
        tracing.addCustomTags(dryRun("deny", "result", "deny_shadow_engine_result"));
        Map<String, String> labels = scene.node().labels();
        literal(
                tracing,
                "istio.canonical_revision",
                labels.getOrDefault("service.istio.io/canonical-revision", "latest"));
        literal(tracing, "istio.canonical_service", labels.getOrDefault("service.istio.io/canonical-name", "unknown"));
        literal(tracing, "istio.cluster_id", orUnknown(scene.node().clusterId()));
        literal(tracing, "istio.mesh_id", orUnknown(scene.node().metadata().meshId()));
        literal(tracing, "istio.namespace", orUnknown(scene.node().namespace()));
        return tracing.build();
    }

    private static String orUnknown(String text) {
        return text.isEmpty() ? "unknown" : text;
    }

    private static void literal(Tracing.Builder tracing, String tag, String value) {
        tracing.addCustomTags(CustomTag.newBuilder()
                .setTag(tag)
                .setLiteral(CustomTag.Literal.newBuilder().setValue(value)));
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

    private static Filter filter(HttpConnectionManager.Builder manager) {
        return Filter.newBuilder()
                .setName(NAME)
                .setTypedConfig(Protos.any(manager.build()))
                .build();
    }
}
