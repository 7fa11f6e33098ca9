package dev.lateen.xds;

import com.google.protobuf.Descriptors.Descriptor;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.extensions.access_loggers.file.v3.FileAccessLog;
import io.envoyproxy.envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter;
import io.envoyproxy.envoy.extensions.access_loggers.grpc.v3.HttpGrpcAccessLogConfig;
import io.envoyproxy.envoy.extensions.access_loggers.grpc.v3.TcpGrpcAccessLogConfig;
import io.envoyproxy.envoy.extensions.access_loggers.open_telemetry.v3.OpenTelemetryAccessLogConfig;
import io.envoyproxy.envoy.extensions.access_loggers.stream.v3.StdoutAccessLog;
import io.envoyproxy.envoy.extensions.clusters.dns.v3.DnsCluster;
import io.envoyproxy.envoy.extensions.clusters.dynamic_forward_proxy.v3.ClusterConfig;
import io.envoyproxy.envoy.extensions.filters.http.compressor.v3.Compressor;
import io.envoyproxy.envoy.extensions.filters.http.cors.v3.Cors;
import io.envoyproxy.envoy.extensions.filters.http.cors.v3.CorsPolicy;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.HTTPFault;
import io.envoyproxy.envoy.extensions.filters.http.grpc_stats.v3.FilterConfig;
import io.envoyproxy.envoy.extensions.filters.http.grpc_web.v3.GrpcWeb;
import io.envoyproxy.envoy.extensions.filters.http.health_check.v3.HealthCheck;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.PerRouteConfig;
import io.envoyproxy.envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit;
import io.envoyproxy.envoy.extensions.filters.http.lua.v3.Lua;
import io.envoyproxy.envoy.extensions.filters.http.ratelimit.v3.RateLimit;
import io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBACPerRoute;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.http.stateful_session.v3.StatefulSession;
import io.envoyproxy.envoy.extensions.filters.listener.http_inspector.v3.HttpInspector;
import io.envoyproxy.envoy.extensions.filters.listener.original_dst.v3.OriginalDst;
import io.envoyproxy.envoy.extensions.filters.listener.original_src.v3.OriginalSrc;
import io.envoyproxy.envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol;
import io.envoyproxy.envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector;
import io.envoyproxy.envoy.extensions.filters.network.connection_limit.v3.ConnectionLimit;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.mongo_proxy.v3.MongoProxy;
import io.envoyproxy.envoy.extensions.filters.network.redis_proxy.v3.RedisProxy;
import io.envoyproxy.envoy.extensions.filters.network.sni_cluster.v3.SniCluster;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import io.envoyproxy.envoy.extensions.http.header_formatters.preserve_case.v3.PreserveCaseFormatterConfig;
import io.envoyproxy.envoy.extensions.load_balancing_policies.cluster_provided.v3.ClusterProvided;
import io.envoyproxy.envoy.extensions.load_balancing_policies.least_request.v3.LeastRequest;
import io.envoyproxy.envoy.extensions.load_balancing_policies.maglev.v3.Maglev;
import io.envoyproxy.envoy.extensions.load_balancing_policies.ring_hash.v3.RingHash;
import io.envoyproxy.envoy.extensions.load_balancing_policies.round_robin.v3.RoundRobin;
import io.envoyproxy.envoy.extensions.request_id.uuid.v3.UuidRequestIdConfig;
import io.envoyproxy.envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate;
import io.envoyproxy.envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.internal_upstream.v3.InternalUpstreamTransport;
import io.envoyproxy.envoy.extensions.transport_sockets.proxy_protocol.v3.ProxyProtocolUpstreamTransport;
import io.envoyproxy.envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SPIFFECertValidatorConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import io.envoyproxy.envoy.extensions.upstreams.tcp.v3.TcpProtocolOptions;
import java.util.List;

/// The message types that may stand in an `Any` of a resource, for whoever prints resources as JSON.
///
/// Thread: any.
public final class KnownTypes {
    private KnownTypes() {}

    /// Loads all of them, which takes memory: not for a sidecar's ordinary work.
    public static List<Descriptor> descriptors() {
        return List.of(
                FileAccessLog.getDescriptor(),
                HttpGrpcAccessLogConfig.getDescriptor(),
                TcpGrpcAccessLogConfig.getDescriptor(),
                StdoutAccessLog.getDescriptor(),
                OpenTelemetryAccessLogConfig.getDescriptor(),
                ExpressionFilter.getDescriptor(),
                Cors.getDescriptor(),
                CorsPolicy.getDescriptor(),
                HTTPFault.getDescriptor(),
                Router.getDescriptor(),
                io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBAC.getDescriptor(),
                RBACPerRoute.getDescriptor(),
                io.envoyproxy.envoy.extensions.filters.network.rbac.v3.RBAC.getDescriptor(),
                JwtAuthentication.getDescriptor(),
                PerRouteConfig.getDescriptor(),
                io.envoyproxy.envoy.extensions.filters.http.ext_authz.v3.ExtAuthz.getDescriptor(),
                io.envoyproxy.envoy.extensions.filters.network.ext_authz.v3.ExtAuthz.getDescriptor(),
                LocalRateLimit.getDescriptor(),
                RateLimit.getDescriptor(),
                io.envoyproxy.envoy.extensions.rate_limit_descriptors.expr.v3.Descriptor.getDescriptor(),
                FilterConfig.getDescriptor(),
                GrpcWeb.getDescriptor(),
                Lua.getDescriptor(),
                io.envoyproxy.envoy.extensions.filters.http.wasm.v3.Wasm.getDescriptor(),
                io.envoyproxy.envoy.extensions.filters.network.wasm.v3.Wasm.getDescriptor(),
                io.envoyproxy.envoy.extensions.filters.http.header_to_metadata.v3.Config.getDescriptor(),
                io.envoyproxy.envoy.extensions.filters.http.set_filter_state.v3.Config.getDescriptor(),
                io.envoyproxy.envoy.extensions.filters.network.set_filter_state.v3.Config.getDescriptor(),
                StatefulSession.getDescriptor(),
                Compressor.getDescriptor(),
                HealthCheck.getDescriptor(),
                HttpInspector.getDescriptor(),
                OriginalDst.getDescriptor(),
                OriginalSrc.getDescriptor(),
                TlsInspector.getDescriptor(),
                ProxyProtocol.getDescriptor(),
                HttpConnectionManager.getDescriptor(),
                TcpProxy.getDescriptor(),
                SniCluster.getDescriptor(),
                ConnectionLimit.getDescriptor(),
                io.envoyproxy.envoy.extensions.filters.network.direct_response.v3.Config.getDescriptor(),
                MongoProxy.getDescriptor(),
                RedisProxy.getDescriptor(),
                UuidRequestIdConfig.getDescriptor(),
                PreviousHostsPredicate.getDescriptor(),
                PreviousPrioritiesConfig.getDescriptor(),
                RawBuffer.getDescriptor(),
                UpstreamTlsContext.getDescriptor(),
                DownstreamTlsContext.getDescriptor(),
                Secret.getDescriptor(),
                SPIFFECertValidatorConfig.getDescriptor(),
                InternalUpstreamTransport.getDescriptor(),
                ProxyProtocolUpstreamTransport.getDescriptor(),
                HttpProtocolOptions.getDescriptor(),
                TcpProtocolOptions.getDescriptor(),
                LeastRequest.getDescriptor(),
                RoundRobin.getDescriptor(),
                io.envoyproxy.envoy.extensions.load_balancing_policies.random.v3.Random.getDescriptor(),
                RingHash.getDescriptor(),
                Maglev.getDescriptor(),
                ClusterProvided.getDescriptor(),
                DnsCluster.getDescriptor(),
                ClusterConfig.getDescriptor(),
                PreserveCaseFormatterConfig.getDescriptor(),
                Cluster.getDescriptor(),
                ClusterLoadAssignment.getDescriptor(),
                Listener.getDescriptor(),
                RouteConfiguration.getDescriptor(),
                TypedExtensionConfig.getDescriptor(),
                com.github.xds.type.v3.TypedStruct.getDescriptor(),
                com.github.udpa.udpa.type.v1.TypedStruct.getDescriptor());
    }
}
