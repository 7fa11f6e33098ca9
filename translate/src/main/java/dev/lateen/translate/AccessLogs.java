package dev.lateen.translate;

import dev.lateen.model.mesh.NodeMetadata.DataPlane;
import dev.lateen.model.telemetry.ProxyExpressions;
import io.envoyproxy.envoy.config.accesslog.v3.AccessLog;
import io.envoyproxy.envoy.config.accesslog.v3.AccessLogFilter;
import io.envoyproxy.envoy.config.accesslog.v3.AndFilter;
import io.envoyproxy.envoy.config.accesslog.v3.ExtensionFilter;
import io.envoyproxy.envoy.config.accesslog.v3.ResponseFlagFilter;
import io.envoyproxy.envoy.config.core.v3.ApiVersion;
import io.envoyproxy.envoy.config.core.v3.GrpcService;
import io.envoyproxy.envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter;
import io.envoyproxy.envoy.extensions.access_loggers.grpc.v3.CommonGrpcAccessLogConfig;
import io.envoyproxy.envoy.extensions.access_loggers.grpc.v3.HttpGrpcAccessLogConfig;
import io.envoyproxy.envoy.extensions.access_loggers.grpc.v3.TcpGrpcAccessLogConfig;
import io.envoyproxy.envoy.type.metadata.v3.MetadataKey;
import io.envoyproxy.envoy.type.metadata.v3.MetadataKind;
import io.envoyproxy.envoy.type.tracing.v3.CustomTag;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Access logs of connection managers, TCP proxies and listeners.
final class AccessLogs {
    // Entries of upstream Envoy say neither who is behind the endpoint, nor which services the cluster stands for, nor
    // what a client told of itself.
    private static final CustomTag PEER =
            tag("peer", MetadataKind.newBuilder().setHost(MetadataKind.Host.getDefaultInstance()), "istio", "workload");
    private static final CustomTag SERVICES = tag(
            "services",
            MetadataKind.newBuilder().setCluster(MetadataKind.Cluster.getDefaultInstance()),
            "istio",
            "services");
    // Nor what a route was made from, which explains what it did.
    private static final CustomTag RULE = tag("rule", route(), Provenance.ISTIO, "config");
    private static final CustomTag FIELD = tag("field", route(), Provenance.LATEEN, "field");
    private static final CustomTag CLIENT = tag(
            "client",
            MetadataKind.newBuilder().setRequest(MetadataKind.Request.getDefaultInstance()),
            HttpFilters.PEER_METADATA_SPACE,
            HttpFilters.PEER_TEXT);

    private AccessLogs() {}

    static List<AccessLog> http(Scene scene, Side side) {
        List<AccessLog> logs = new ArrayList<>(provided(scene, side, LogProviders.Of.REQUESTS, Optional.empty()));
        // Upstream Envoy has no filter that counts requests under Istio's names; the agent beside it does from its
        // logs.
        if (scene.hasAgent()) {
            HttpGrpcAccessLogConfig config = HttpGrpcAccessLogConfig.newBuilder()
                    .setCommonConfig(agent(scene, side).addCustomTags(CLIENT))
                    .addAdditionalRequestHeadersToLog("content-type")
                    .addAdditionalResponseHeadersToLog("grpc-status")
                    .addAdditionalResponseTrailersToLog("grpc-status")
                    .build();
            logs.add(AccessLog.newBuilder()
                    .setName("envoy.access_loggers.http_grpc")
                    .setTypedConfig(Protos.any(config))
                    .build());
        }
        return logs;
    }

    static List<AccessLog> tcp(Scene scene, Side side) {
        List<AccessLog> logs = new ArrayList<>(provided(scene, side, LogProviders.Of.CONNECTIONS, Optional.empty()));
        if (scene.hasAgent()) {
            TcpGrpcAccessLogConfig config = TcpGrpcAccessLogConfig.newBuilder()
                    .setCommonConfig(agent(scene, side))
                    .build();
            logs.add(AccessLog.newBuilder()
                    .setName("envoy.access_loggers.tcp_grpc")
                    .setTypedConfig(Protos.any(config))
                    .build());
        }
        return logs;
    }

    /// Only connections that no filter chain took: the others are logged by their own filters.
    static List<AccessLog> listener(Scene scene, Side side) {
        if (!scene.mesh().accessLog().listenerLog()) {
            return List.of();
        }
        AccessLogFilter noRoute = AccessLogFilter.newBuilder()
                .setResponseFlagFilter(ResponseFlagFilter.newBuilder().addFlags("NR"))
                .build();
        return provided(scene, side, LogProviders.Of.UNMATCHED, Optional.of(noRoute));
    }

    private static CommonGrpcAccessLogConfig.Builder agent(Scene scene, Side side) {
        CommonGrpcAccessLogConfig.Builder log = CommonGrpcAccessLogConfig.newBuilder()
                .setLogName(side == Side.SERVER ? "inbound" : "outbound")
                .setTransportApiVersion(ApiVersion.V3)
                .addCustomTags(PEER)
                .addCustomTags(SERVICES)
                .setGrpcService(GrpcService.newBuilder()
                        .setEnvoyGrpc(GrpcService.EnvoyGrpc.newBuilder()
                                .setClusterName(scene.node().metadata().accessLogCluster())));
        return side == Side.SERVER ? log : log.addCustomTags(RULE).addCustomTags(FIELD);
    }

    private static MetadataKind.Builder route() {
        return MetadataKind.newBuilder().setRoute(MetadataKind.Route.getDefaultInstance());
    }

    private static CustomTag tag(String name, MetadataKind.Builder kind, String space, String field) {
        MetadataKey key = MetadataKey.newBuilder()
                .setKey(space)
                .addPath(MetadataKey.PathSegment.newBuilder().setKey(field))
                .build();
        return CustomTag.newBuilder()
                .setTag(name)
                .setMetadata(CustomTag.Metadata.newBuilder().setKind(kind).setMetadataKey(key))
                .build();
    }

    private static List<AccessLog> provided(
            Scene scene, Side side, LogProviders.Of what, Optional<AccessLogFilter> filter) {
        List<AccessLog> logs = new ArrayList<>();
        for (LoggingRules.Log log : LoggingRules.of(scene, side)) {
            if (!log.disabled()) {
                Optional<AccessLogFilter> both = and(filter, expression(scene, log.filter()));
                LogProviders.told(scene, log.provider(), what)
                        .map(told -> both.map(f -> told.toBuilder().setFilter(f).build())
                                .orElse(told))
                        .ifPresent(logs::add);
            }
        }
        return logs;
    }

    /// Empty: everything is logged. Our own proxy would refuse the whole listener for a condition that it cannot
    /// compute.
    private static Optional<AccessLogFilter> expression(Scene scene, String text) {
        boolean own = scene.dataPlane() == DataPlane.LATEEN;
        if (text.isEmpty() || (own && ProxyExpressions.unknown(text).isPresent())) {
            return Optional.empty();
        }
        ExpressionFilter condition =
                ExpressionFilter.newBuilder().setExpression(text).build();
        return Optional.of(AccessLogFilter.newBuilder()
                .setExtensionFilter(ExtensionFilter.newBuilder()
                        .setName("envoy.access_loggers.extension_filters.cel")
                        .setTypedConfig(Protos.any(condition)))
                .build());
    }

    private static Optional<AccessLogFilter> and(Optional<AccessLogFilter> first, Optional<AccessLogFilter> second) {
        if (first.isEmpty() || second.isEmpty()) {
            return first.or(() -> second);
        }
        return Optional.of(AccessLogFilter.newBuilder()
                .setAndFilter(AndFilter.newBuilder().addFilters(first.get()).addFilters(second.get()))
                .build());
    }
}
