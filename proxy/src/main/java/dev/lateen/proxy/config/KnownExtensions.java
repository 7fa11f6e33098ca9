package dev.lateen.proxy.config;

import com.google.protobuf.Descriptors.FileDescriptor;
import java.util.List;

/// The files of every message that may stand inside an Any of a bootstrap file, a resource or a config dump. A file
/// brings the files that it imports.
final class KnownExtensions {
    private KnownExtensions() {}

    static List<FileDescriptor> files() {
        return List.of(
                com.github.udpa.udpa.type.v1.TypedStructProto.getDescriptor(),
                com.github.xds.type.v3.TypedStructProto.getDescriptor(),
                io.envoyproxy.envoy.config.bootstrap.v3.BootstrapProto.getDescriptor(),
                io.envoyproxy.envoy.admin.v3.ConfigDumpProto.getDescriptor(),
                io.envoyproxy.envoy.extensions.access_loggers.file.v3.FileProto.getDescriptor(),
                io.envoyproxy.envoy.extensions.access_loggers.filters.cel.v3.CelProto.getDescriptor(),
                io.envoyproxy.envoy.extensions.access_loggers.grpc.v3.AlsProto.getDescriptor(),
                io.envoyproxy.envoy.extensions.access_loggers.open_telemetry.v3.LogsServiceProto.getDescriptor(),
                io.envoyproxy.envoy.extensions.access_loggers.stream.v3.StreamProto.getDescriptor(),
                io.envoyproxy.envoy.extensions.clusters.common.dns.v3.DnsProto.getDescriptor(),
                io.envoyproxy.envoy.extensions.clusters.dns.v3.DnsClusterProto.getDescriptor(),
                io.envoyproxy.envoy.extensions.clusters.dynamic_forward_proxy.v3.ClusterProto.getDescriptor(),
                io.envoyproxy.envoy.extensions.common.dynamic_forward_proxy.v3.DnsCacheProto.getDescriptor(),
                io.envoyproxy.envoy.extensions.common.matching.v3.ExtensionMatcherProto.getDescriptor(),
                io.envoyproxy.envoy.extensions.common.ratelimit.v3.RatelimitProto.getDescriptor(),
                io.envoyproxy.envoy.extensions.filters.common.fault.v3.FaultProto.getDescriptor(),
                io.envoyproxy.envoy.extensions.filters.common.set_filter_state.v3.ValueProto.getDescriptor(),
                io.envoyproxy.envoy.extensions.filters.http.compressor.v3.CompressorProto.getDescriptor(),
                io.envoyproxy.envoy.extensions.filters.http.cors.v3.CorsProto.getDescriptor(),
                io.envoyproxy.envoy.extensions.filters.http.dynamic_forward_proxy.v3.DynamicForwardProxyProto
                        .getDescriptor(),
                io.envoyproxy.envoy.extensions.filters.http.fault.v3.FaultProto.getDescriptor(),
                io.envoyproxy.envoy.extensions.filters.http.grpc_stats.v3.ConfigProto.getDescriptor(),
                io.envoyproxy.envoy.extensions.filters.http.grpc_web.v3.GrpcWebProto.getDescriptor(),
                io.envoyproxy.envoy.extensions.filters.http.header_mutation.v3.HeaderMutationProto.getDescriptor(),
                io.envoyproxy.envoy.extensions.filters.http.header_to_metadata.v3.HeaderToMetadataProto.getDescriptor(),
                io.envoyproxy.envoy.extensions.filters.http.health_check.v3.HealthCheckProto.getDescriptor(),
                io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.ConfigProto.getDescriptor(),
                io.envoyproxy.envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimitProto.getDescriptor(),
                io.envoyproxy.envoy.extensions.filters.http.lua.v3.LuaProto.getDescriptor(),
                io.envoyproxy.envoy.extensions.filters.http.ratelimit.v3.RateLimitProto.getDescriptor(),
                io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RbacProto.getDescriptor(),
                io.envoyproxy.envoy.extensions.filters.http.router.v3.RouterProto.getDescriptor(),
                io.envoyproxy.envoy.extensions.filters.http.set_filter_state.v3.SetFilterStateProto.getDescriptor(),
                io.envoyproxy.envoy.extensions.filters.http.stateful_session.v3.StatefulSessionProto.getDescriptor(),
                io.envoyproxy.envoy.extensions.filters.listener.http_inspector.v3.HttpInspectorProto.getDescriptor(),
                io.envoyproxy.envoy.extensions.filters.listener.original_dst.v3.OriginalDstProto.getDescriptor(),
                io.envoyproxy.envoy.extensions.filters.listener.original_src.v3.OriginalSrcProto.getDescriptor(),
                io.envoyproxy.envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocolProto.getDescriptor(),
                io.envoyproxy.envoy.extensions.filters.listener.tls_inspector.v3.TlsInspectorProto.getDescriptor(),
                io.envoyproxy.envoy.extensions.filters.network.connection_limit.v3.ConnectionLimitProto.getDescriptor(),
                io.envoyproxy.envoy.extensions.filters.network.direct_response.v3.ConfigProto.getDescriptor(),
                io.envoyproxy.envoy.extensions.filters.network.echo.v3.EchoProto.getDescriptor(),
                io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManagerProto
                        .getDescriptor(),
                io.envoyproxy.envoy.extensions.filters.network.local_ratelimit.v3.LocalRateLimitProto.getDescriptor(),
                io.envoyproxy.envoy.extensions.filters.network.rbac.v3.RbacProto.getDescriptor(),
                io.envoyproxy.envoy.extensions.filters.network.set_filter_state.v3.SetFilterStateProto.getDescriptor(),
                io.envoyproxy.envoy.extensions.filters.network.sni_cluster.v3.SniClusterProto.getDescriptor(),
                io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxyProto.getDescriptor(),
                io.envoyproxy.envoy.extensions.http.header_formatters.preserve_case.v3.PreserveCaseProto
                        .getDescriptor(),
                io.envoyproxy.envoy.extensions.http.original_ip_detection.custom_header.v3.CustomHeaderProto
                        .getDescriptor(),
                io.envoyproxy.envoy.extensions.http.original_ip_detection.xff.v3.XffProto.getDescriptor(),
                io.envoyproxy.envoy.extensions.http.stateful_session.cookie.v3.CookieProto.getDescriptor(),
                io.envoyproxy.envoy.extensions.http.stateful_session.header.v3.HeaderProto.getDescriptor(),
                io.envoyproxy.envoy.extensions.load_balancing_policies.client_side_weighted_round_robin.v3
                        .ClientSideWeightedRoundRobinProto.getDescriptor(),
                io.envoyproxy.envoy.extensions.load_balancing_policies.cluster_provided.v3.ClusterProvidedProto
                        .getDescriptor(),
                io.envoyproxy.envoy.extensions.load_balancing_policies.common.v3.CommonProto.getDescriptor(),
                io.envoyproxy.envoy.extensions.load_balancing_policies.least_request.v3.LeastRequestProto
                        .getDescriptor(),
                io.envoyproxy.envoy.extensions.load_balancing_policies.maglev.v3.MaglevProto.getDescriptor(),
                io.envoyproxy.envoy.extensions.load_balancing_policies.pick_first.v3.PickFirstProto.getDescriptor(),
                io.envoyproxy.envoy.extensions.load_balancing_policies.random.v3.RandomProto.getDescriptor(),
                io.envoyproxy.envoy.extensions.load_balancing_policies.ring_hash.v3.RingHashProto.getDescriptor(),
                io.envoyproxy.envoy.extensions.load_balancing_policies.round_robin.v3.RoundRobinProto.getDescriptor(),
                io.envoyproxy.envoy.extensions.load_balancing_policies.subset.v3.SubsetProto.getDescriptor(),
                io.envoyproxy.envoy.extensions.load_balancing_policies.wrr_locality.v3.WrrLocalityProto.getDescriptor(),
                io.envoyproxy.envoy.extensions.request_id.uuid.v3.UuidProto.getDescriptor(),
                io.envoyproxy.envoy.extensions.retry.host.omit_canary_hosts.v3.OmitCanaryHostsProto.getDescriptor(),
                io.envoyproxy.envoy.extensions.retry.host.omit_host_metadata.v3.OmitHostMetadataConfigProto
                        .getDescriptor(),
                io.envoyproxy.envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsProto.getDescriptor(),
                io.envoyproxy.envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfigProto
                        .getDescriptor(),
                io.envoyproxy.envoy.extensions.transport_sockets.proxy_protocol.v3.UpstreamProxyProtocolProto
                        .getDescriptor(),
                io.envoyproxy.envoy.extensions.transport_sockets.raw_buffer.v3.RawBufferProto.getDescriptor(),
                io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertProto.getDescriptor(),
                io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonProto.getDescriptor(),
                io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SecretProto.getDescriptor(),
                io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsProto.getDescriptor(),
                io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsSpiffeValidatorConfigProto.getDescriptor(),
                io.envoyproxy.envoy.extensions.upstreams.http.generic.v3.GenericConnectionPoolProto.getDescriptor()
                        .getFile(),
                io.envoyproxy.envoy.extensions.upstreams.http.http.v3.HttpConnectionPoolProto.getDescriptor()
                        .getFile(),
                io.envoyproxy.envoy.extensions.upstreams.http.tcp.v3.TcpConnectionPoolProto.getDescriptor()
                        .getFile(),
                io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptionsProto.getDescriptor(),
                io.envoyproxy.envoy.extensions.upstreams.tcp.generic.v3.GenericConnectionPoolProto.getDescriptor()
                        .getFile(),
                io.envoyproxy.envoy.extensions.upstreams.tcp.v3.TcpProtocolOptionsProto.getDescriptor());
    }
}
