package dev.lateen.translate;

import com.google.protobuf.BoolValue;
import dev.lateen.model.mesh.GatewayTopology;
import dev.lateen.model.mesh.MeshService;
import io.envoyproxy.envoy.config.core.v3.Http1ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.Http2ProtocolOptions;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.PathWithEscapedSlashesAction;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.SetCurrentClientCertDetails;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.UpgradeConfig;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.Rds;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.RequestIDExtension;
import io.envoyproxy.envoy.extensions.request_id.uuid.v3.UuidRequestIdConfig;
import java.util.List;

/// HTTP connection managers of sidecars and gateways.
final class ConnectionManagers {
    private static final String NAME = "envoy.filters.network.http_connection_manager";
    private static final String SERVER = "istio-envoy";

    private ConnectionManagers() {}

    /// @param services that may be asked for
    static Filter outbound(Scene scene, String statPrefix, String routes, Iterable<MeshService> services) {
        HttpConnectionManager.Builder manager = outbound(scene, statPrefix, services)
                .setRds(Rds.newBuilder().setConfigSource(Protos.ADS).setRouteConfigName(routes));
        if (routes.equals(Names.FORWARD_PROXY)) {
            manager.getHttpProtocolOptionsBuilder().setAllowAbsoluteUrl(Protos.TRUE);
        }
        return finish(scene, manager);
    }

    /// Of what nobody has a listener for.
    static Filter unknown(Scene scene) {
        HttpConnectionManager.Builder manager = outbound(scene, Names.ALLOW_ANY_DYNAMIC_DNS, List.of())
                .setRouteConfig(RouteConfiguration.newBuilder()
                        .setName(Names.ALLOW_ANY_DYNAMIC_DNS)
                        .setValidateClusters(Protos.FALSE)
                        .addVirtualHosts(VirtualHosts.catchAll(scene)));
        return finish(scene, manager);
    }

    private static HttpConnectionManager.Builder outbound(
            Scene scene, String statPrefix, Iterable<MeshService> services) {
        return common(scene, Side.CLIENT, HttpFilters.outbound(scene, services))
                .setStatPrefix(Names.stat(statPrefix))
                .setUseRemoteAddress(Protos.FALSE)
                .addAllAccessLog(AccessLogs.http(scene, Side.CLIENT));
    }

    /// @param http2 whether the port is declared to speak it
    static Filter inbound(Scene scene, String statPrefix, RouteConfiguration routes, boolean http2) {
        HttpConnectionManager.Builder manager = common(scene, Side.SERVER, HttpFilters.inbound(scene))
                .setStatPrefix(Names.stat(statPrefix))
                .setUseRemoteAddress(Protos.FALSE)
                .setServerName(SERVER)
                .setRouteConfig(routes);
        DebugHeader.replies(scene).ifPresent(manager::setLocalReplyConfig);
        HeaderSettings.clientCertificate(scene.traffic().headers().clientCert(), manager);
        manager.addAllAccessLog(AccessLogs.http(scene, Side.SERVER));
        if (http2) {
            manager.setHttp2ProtocolOptions(Http2ProtocolOptions.getDefaultInstance());
        }
        return finish(scene, manager);
    }

    static Filter gateway(Scene scene, String statPrefix, String routes) {
        GatewayTopology topology = scene.traffic().topology();
        HttpConnectionManager.Builder manager = common(
                        scene,
                        Side.CLIENT,
                        HttpFilters.outbound(scene, scene.outbound().services()))
                .setStatPrefix(Names.stat(statPrefix))
                .setUseRemoteAddress(Protos.TRUE)
                .setServerName(SERVER)
                .setHttpProtocolOptions(Http1ProtocolOptions.getDefaultInstance())
                .setForwardClientCertDetails(
                        HeaderSettings.forward(topology.forwardClientCert().orElse("SANITIZE_SET")))
                .setSetCurrentClientCertDetails(SetCurrentClientCertDetails.newBuilder()
                        .setSubject(Protos.TRUE)
                        .setCert(true)
                        .setUri(true)
                        .setDns(true))
                .setRds(Rds.newBuilder().setConfigSource(Protos.ADS).setRouteConfigName(routes));
        DebugHeader.replies(scene).ifPresent(manager::setLocalReplyConfig);
        topology.numTrustedProxies().ifPresent(manager::setXffNumTrustedHops);
        manager.addAllAccessLog(AccessLogs.http(scene, Side.CLIENT));
        return finish(scene, manager);
    }

    private static void http10(Scene scene, HttpConnectionManager.Builder manager) {
        if (scene.node().metadata().switches().http10()) {
            manager.getHttpProtocolOptionsBuilder().setAcceptHttp10(true);
        }
    }

    private static HttpConnectionManager.Builder common(Scene scene, Side side, List<HttpFilter> filters) {
        HttpConnectionManager.Builder manager = HttpConnectionManager.newBuilder()
                .addAllHttpFilters(filters)
                .setStreamIdleTimeout(Protos.ZERO)
                .setProxy100Continue(true)
                .addUpgradeConfigs(UpgradeConfig.newBuilder().setUpgradeType("websocket"))
                .setRequestIdExtension(RequestIDExtension.newBuilder()
                        .setTypedConfig(Protos.any(UuidRequestIdConfig.newBuilder()
                                .setUseRequestIdForTraceSampling(BoolValue.of(Traces.useRequestId(scene, side)))
                                .build())));
        normalize(scene, manager);
        scene.idleTimeout()
                .ifPresent(time -> manager.getCommonHttpProtocolOptionsBuilder().setIdleTimeout(Protos.duration(time)));
        Traces.of(scene, side).ifPresent(manager::setTracing);
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

    private static Filter finish(Scene scene, HttpConnectionManager.Builder manager) {
        http10(scene, manager);
        HeaderSettings.apply(scene.traffic().headers(), manager);
        ConnectionLimits.apply(scene, manager);
        return Filter.newBuilder()
                .setName(NAME)
                .setTypedConfig(Protos.any(manager.build()))
                .build();
    }
}
