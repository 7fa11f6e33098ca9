package dev.lateen.proxy.config;

import com.google.protobuf.Descriptors.FileDescriptor;
import java.util.ArrayList;
import java.util.List;

/// The files of every message that may stand inside an Any of a bootstrap file, a resource or a config dump, by
/// package. A file brings the files that it imports. Each costs memory for good, so ask only for what is needed.
final class KnownExtensions {
    private static final List<String> PACKAGES = List.of(
            "envoy.admin.v3",
            "envoy.config.bootstrap.v3",
            "envoy.config.trace.v3",
            "envoy.extensions.access_loggers.file.v3",
            "envoy.extensions.access_loggers.filters.cel.v3",
            "envoy.extensions.access_loggers.grpc.v3",
            "envoy.extensions.access_loggers.open_telemetry.v3",
            "envoy.extensions.access_loggers.stream.v3",
            "envoy.extensions.clusters.common.dns.v3",
            "envoy.extensions.clusters.dns.v3",
            "envoy.extensions.clusters.dynamic_forward_proxy.v3",
            "envoy.extensions.common.dynamic_forward_proxy.v3",
            "envoy.extensions.common.matching.v3",
            "envoy.extensions.common.ratelimit.v3",
            "envoy.extensions.filters.common.fault.v3",
            "envoy.extensions.filters.common.set_filter_state.v3",
            "envoy.extensions.filters.http.compressor.v3",
            "envoy.extensions.filters.http.cors.v3",
            "envoy.extensions.filters.http.dynamic_forward_proxy.v3",
            "envoy.extensions.filters.http.ext_authz.v3",
            "envoy.extensions.filters.http.fault.v3",
            "envoy.extensions.filters.http.grpc_stats.v3",
            "envoy.extensions.filters.http.grpc_web.v3",
            "envoy.extensions.filters.http.header_mutation.v3",
            "envoy.extensions.filters.http.header_to_metadata.v3",
            "envoy.extensions.filters.http.health_check.v3",
            "envoy.extensions.filters.http.jwt_authn.v3",
            "envoy.extensions.filters.http.local_ratelimit.v3",
            "envoy.extensions.filters.http.lua.v3",
            "envoy.extensions.filters.http.ratelimit.v3",
            "envoy.extensions.filters.http.rbac.v3",
            "envoy.extensions.filters.http.router.v3",
            "envoy.extensions.filters.http.set_filter_state.v3",
            "envoy.extensions.filters.http.stateful_session.v3",
            "envoy.extensions.filters.listener.http_inspector.v3",
            "envoy.extensions.filters.listener.original_dst.v3",
            "envoy.extensions.filters.listener.original_src.v3",
            "envoy.extensions.filters.listener.proxy_protocol.v3",
            "envoy.extensions.filters.listener.tls_inspector.v3",
            "envoy.extensions.filters.network.connection_limit.v3",
            "envoy.extensions.filters.network.direct_response.v3",
            "envoy.extensions.filters.network.echo.v3",
            "envoy.extensions.filters.network.ext_authz.v3",
            "envoy.extensions.filters.network.http_connection_manager.v3",
            "envoy.extensions.filters.network.local_ratelimit.v3",
            "envoy.extensions.filters.network.ratelimit.v3",
            "envoy.extensions.filters.network.rbac.v3",
            "envoy.extensions.filters.network.set_filter_state.v3",
            "envoy.extensions.filters.network.sni_cluster.v3",
            "envoy.extensions.filters.network.sni_dynamic_forward_proxy.v3",
            "envoy.extensions.filters.network.tcp_proxy.v3",
            "envoy.extensions.formatter.req_without_query.v3",
            "envoy.extensions.http.header_formatters.preserve_case.v3",
            "envoy.extensions.http.original_ip_detection.custom_header.v3",
            "envoy.extensions.http.original_ip_detection.xff.v3",
            "envoy.extensions.http.stateful_session.cookie.v3",
            "envoy.extensions.http.stateful_session.header.v3",
            "envoy.extensions.load_balancing_policies.client_side_weighted_round_robin.v3",
            "envoy.extensions.load_balancing_policies.cluster_provided.v3",
            "envoy.extensions.load_balancing_policies.common.v3",
            "envoy.extensions.load_balancing_policies.least_request.v3",
            "envoy.extensions.load_balancing_policies.maglev.v3",
            "envoy.extensions.load_balancing_policies.pick_first.v3",
            "envoy.extensions.load_balancing_policies.random.v3",
            "envoy.extensions.load_balancing_policies.ring_hash.v3",
            "envoy.extensions.load_balancing_policies.round_robin.v3",
            "envoy.extensions.load_balancing_policies.subset.v3",
            "envoy.extensions.load_balancing_policies.wrr_locality.v3",
            "envoy.extensions.network.dns_resolver.cares.v3",
            "envoy.extensions.path.match.uri_template.v3",
            "envoy.extensions.rate_limit_descriptors.expr.v3",
            "envoy.extensions.request_id.uuid.v3",
            "envoy.extensions.resource_monitors.downstream_connections.v3",
            "envoy.extensions.resource_monitors.fixed_heap.v3",
            "envoy.extensions.resource_monitors.injected_resource.v3",
            "envoy.extensions.retry.host.omit_canary_hosts.v3",
            "envoy.extensions.retry.host.omit_host_metadata.v3",
            "envoy.extensions.retry.host.previous_hosts.v3",
            "envoy.extensions.retry.priority.previous_priorities.v3",
            "envoy.extensions.tracers.opentelemetry.resource_detectors.v3",
            "envoy.extensions.transport_sockets.proxy_protocol.v3",
            "envoy.extensions.transport_sockets.raw_buffer.v3",
            "envoy.extensions.transport_sockets.tls.v3",
            "envoy.extensions.upstreams.http.generic.v3",
            "envoy.extensions.upstreams.http.http.v3",
            "envoy.extensions.upstreams.http.tcp.v3",
            "envoy.extensions.upstreams.http.v3",
            "envoy.extensions.upstreams.tcp.generic.v3",
            "envoy.extensions.upstreams.tcp.v3",
            "udpa.type.v1",
            "xds.type.v3");

    private KnownExtensions() {}

    /// All of them: several MiB.
    static List<FileDescriptor> files() {
        List<FileDescriptor> all = new ArrayList<>();
        PACKAGES.forEach(name -> all.addAll(files(name)));
        return all;
    }

    /// The files of one package, such as `envoy.config.core.v3`; none where it holds nothing known beyond what the
    /// others import.
    static List<FileDescriptor> files(String protoPackage) {
        return switch (protoPackage) {
            case "envoy.admin.v3" -> List.of(io.envoyproxy.envoy.admin.v3.ConfigDumpProto.getDescriptor());
            case "envoy.config.bootstrap.v3" ->
                List.of(io.envoyproxy.envoy.config.bootstrap.v3.BootstrapProto.getDescriptor());
            case "envoy.config.trace.v3" ->
                List.of(
                        io.envoyproxy.envoy.config.trace.v3.ZipkinProto.getDescriptor(),
                        io.envoyproxy.envoy.config.trace.v3.OpentelemetryProto.getDescriptor());
            case "envoy.extensions.tracers.opentelemetry.resource_detectors.v3" ->
                List.of(io.envoyproxy.envoy.extensions.tracers.opentelemetry.resource_detectors.v3
                        .EnvironmentResourceDetectorProto.getDescriptor());
            case "envoy.extensions.access_loggers.file.v3" ->
                List.of(io.envoyproxy.envoy.extensions.access_loggers.file.v3.FileProto.getDescriptor());
            case "envoy.extensions.access_loggers.filters.cel.v3" ->
                List.of(io.envoyproxy.envoy.extensions.access_loggers.filters.cel.v3.CelProto.getDescriptor());
            case "envoy.extensions.access_loggers.grpc.v3" ->
                List.of(io.envoyproxy.envoy.extensions.access_loggers.grpc.v3.AlsProto.getDescriptor());
            case "envoy.extensions.access_loggers.open_telemetry.v3" ->
                List.of(
                        io.envoyproxy.envoy.extensions.access_loggers.open_telemetry.v3.LogsServiceProto
                                .getDescriptor());
            case "envoy.extensions.access_loggers.stream.v3" ->
                List.of(io.envoyproxy.envoy.extensions.access_loggers.stream.v3.StreamProto.getDescriptor());
            case "envoy.extensions.clusters.common.dns.v3" ->
                List.of(io.envoyproxy.envoy.extensions.clusters.common.dns.v3.DnsProto.getDescriptor());
            case "envoy.extensions.clusters.dns.v3" ->
                List.of(io.envoyproxy.envoy.extensions.clusters.dns.v3.DnsClusterProto.getDescriptor());
            case "envoy.extensions.clusters.dynamic_forward_proxy.v3" ->
                List.of(io.envoyproxy.envoy.extensions.clusters.dynamic_forward_proxy.v3.ClusterProto.getDescriptor());
            case "envoy.extensions.common.dynamic_forward_proxy.v3" ->
                List.of(io.envoyproxy.envoy.extensions.common.dynamic_forward_proxy.v3.DnsCacheProto.getDescriptor());
            case "envoy.extensions.common.matching.v3" ->
                List.of(io.envoyproxy.envoy.extensions.common.matching.v3.ExtensionMatcherProto.getDescriptor());
            case "envoy.extensions.common.ratelimit.v3" ->
                List.of(io.envoyproxy.envoy.extensions.common.ratelimit.v3.RatelimitProto.getDescriptor());
            case "envoy.extensions.filters.common.fault.v3" ->
                List.of(io.envoyproxy.envoy.extensions.filters.common.fault.v3.FaultProto.getDescriptor());
            case "envoy.extensions.filters.common.set_filter_state.v3" ->
                List.of(io.envoyproxy.envoy.extensions.filters.common.set_filter_state.v3.ValueProto.getDescriptor());
            case "envoy.extensions.filters.http.compressor.v3" ->
                List.of(io.envoyproxy.envoy.extensions.filters.http.compressor.v3.CompressorProto.getDescriptor());
            case "envoy.extensions.filters.http.cors.v3" ->
                List.of(io.envoyproxy.envoy.extensions.filters.http.cors.v3.CorsProto.getDescriptor());
            case "envoy.extensions.filters.http.dynamic_forward_proxy.v3" ->
                List.of(io.envoyproxy.envoy.extensions.filters.http.dynamic_forward_proxy.v3.DynamicForwardProxyProto
                        .getDescriptor());
            case "envoy.extensions.filters.http.ext_authz.v3" ->
                List.of(io.envoyproxy.envoy.extensions.filters.http.ext_authz.v3.ExtAuthzProto.getDescriptor());
            case "envoy.extensions.filters.http.fault.v3" ->
                List.of(io.envoyproxy.envoy.extensions.filters.http.fault.v3.FaultProto.getDescriptor());
            case "envoy.extensions.filters.http.grpc_stats.v3" ->
                List.of(io.envoyproxy.envoy.extensions.filters.http.grpc_stats.v3.ConfigProto.getDescriptor());
            case "envoy.extensions.filters.http.grpc_web.v3" ->
                List.of(io.envoyproxy.envoy.extensions.filters.http.grpc_web.v3.GrpcWebProto.getDescriptor());
            case "envoy.extensions.filters.http.header_mutation.v3" ->
                List.of(
                        io.envoyproxy.envoy.extensions.filters.http.header_mutation.v3.HeaderMutationProto
                                .getDescriptor());
            case "envoy.extensions.filters.http.header_to_metadata.v3" ->
                List.of(
                        io.envoyproxy.envoy.extensions.filters.http.header_to_metadata.v3.HeaderToMetadataProto
                                .getDescriptor());
            case "envoy.extensions.filters.http.health_check.v3" ->
                List.of(io.envoyproxy.envoy.extensions.filters.http.health_check.v3.HealthCheckProto.getDescriptor());
            case "envoy.extensions.filters.http.jwt_authn.v3" ->
                List.of(io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.ConfigProto.getDescriptor());
            case "envoy.extensions.filters.http.local_ratelimit.v3" ->
                List.of(
                        io.envoyproxy.envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimitProto
                                .getDescriptor());
            case "envoy.extensions.filters.http.lua.v3" ->
                List.of(io.envoyproxy.envoy.extensions.filters.http.lua.v3.LuaProto.getDescriptor());
            case "envoy.extensions.filters.http.ratelimit.v3" ->
                List.of(io.envoyproxy.envoy.extensions.filters.http.ratelimit.v3.RateLimitProto.getDescriptor());
            case "envoy.extensions.filters.http.rbac.v3" ->
                List.of(io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RbacProto.getDescriptor());
            case "envoy.extensions.filters.http.router.v3" ->
                List.of(io.envoyproxy.envoy.extensions.filters.http.router.v3.RouterProto.getDescriptor());
            case "envoy.extensions.filters.http.set_filter_state.v3" ->
                List.of(
                        io.envoyproxy.envoy.extensions.filters.http.set_filter_state.v3.SetFilterStateProto
                                .getDescriptor());
            case "envoy.extensions.filters.http.stateful_session.v3" ->
                List.of(
                        io.envoyproxy.envoy.extensions.filters.http.stateful_session.v3.StatefulSessionProto
                                .getDescriptor());
            case "envoy.extensions.filters.listener.http_inspector.v3" ->
                List.of(
                        io.envoyproxy.envoy.extensions.filters.listener.http_inspector.v3.HttpInspectorProto
                                .getDescriptor());
            case "envoy.extensions.filters.listener.original_dst.v3" ->
                List.of(
                        io.envoyproxy.envoy.extensions.filters.listener.original_dst.v3.OriginalDstProto
                                .getDescriptor());
            case "envoy.extensions.filters.listener.original_src.v3" ->
                List.of(
                        io.envoyproxy.envoy.extensions.filters.listener.original_src.v3.OriginalSrcProto
                                .getDescriptor());
            case "envoy.extensions.filters.listener.proxy_protocol.v3" ->
                List.of(
                        io.envoyproxy.envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocolProto
                                .getDescriptor());
            case "envoy.extensions.filters.listener.tls_inspector.v3" ->
                List.of(
                        io.envoyproxy.envoy.extensions.filters.listener.tls_inspector.v3.TlsInspectorProto
                                .getDescriptor());
            case "envoy.extensions.filters.network.connection_limit.v3" ->
                List.of(
                        io.envoyproxy.envoy.extensions.filters.network.connection_limit.v3.ConnectionLimitProto
                                .getDescriptor());
            case "envoy.extensions.filters.network.direct_response.v3" ->
                List.of(io.envoyproxy.envoy.extensions.filters.network.direct_response.v3.ConfigProto.getDescriptor());
            case "envoy.extensions.filters.network.echo.v3" ->
                List.of(io.envoyproxy.envoy.extensions.filters.network.echo.v3.EchoProto.getDescriptor());
            case "envoy.extensions.filters.network.ext_authz.v3" ->
                List.of(io.envoyproxy.envoy.extensions.filters.network.ext_authz.v3.ExtAuthzProto.getDescriptor());
            case "envoy.extensions.filters.network.http_connection_manager.v3" ->
                List.of(io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3
                        .HttpConnectionManagerProto.getDescriptor());
            case "envoy.extensions.filters.network.local_ratelimit.v3" ->
                List.of(
                        io.envoyproxy.envoy.extensions.filters.network.local_ratelimit.v3.LocalRateLimitProto
                                .getDescriptor());
            case "envoy.extensions.filters.network.ratelimit.v3" ->
                List.of(io.envoyproxy.envoy.extensions.filters.network.ratelimit.v3.RateLimitProto.getDescriptor());
            case "envoy.extensions.rate_limit_descriptors.expr.v3" ->
                List.of(io.envoyproxy.envoy.extensions.rate_limit_descriptors.expr.v3.ExprProto.getDescriptor());
            case "envoy.extensions.filters.network.rbac.v3" ->
                List.of(io.envoyproxy.envoy.extensions.filters.network.rbac.v3.RbacProto.getDescriptor());
            case "envoy.extensions.filters.network.set_filter_state.v3" ->
                List.of(
                        io.envoyproxy.envoy.extensions.filters.network.set_filter_state.v3.SetFilterStateProto
                                .getDescriptor());
            case "envoy.extensions.filters.network.sni_cluster.v3" ->
                List.of(io.envoyproxy.envoy.extensions.filters.network.sni_cluster.v3.SniClusterProto.getDescriptor());
            case "envoy.extensions.filters.network.sni_dynamic_forward_proxy.v3" ->
                List.of(io.envoyproxy.envoy.extensions.filters.network.sni_dynamic_forward_proxy.v3
                        .SniDynamicForwardProxyProto.getDescriptor());
            case "envoy.extensions.filters.network.tcp_proxy.v3" ->
                List.of(io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxyProto.getDescriptor());
            case "envoy.extensions.formatter.req_without_query.v3" ->
                List.of(
                        io.envoyproxy.envoy.extensions.formatter.req_without_query.v3.ReqWithoutQueryProto
                                .getDescriptor());
            case "envoy.extensions.http.header_formatters.preserve_case.v3" ->
                List.of(
                        io.envoyproxy.envoy.extensions.http.header_formatters.preserve_case.v3.PreserveCaseProto
                                .getDescriptor());
            case "envoy.extensions.http.original_ip_detection.custom_header.v3" ->
                List.of(io.envoyproxy.envoy.extensions.http.original_ip_detection.custom_header.v3.CustomHeaderProto
                        .getDescriptor());
            case "envoy.extensions.http.original_ip_detection.xff.v3" ->
                List.of(io.envoyproxy.envoy.extensions.http.original_ip_detection.xff.v3.XffProto.getDescriptor());
            case "envoy.extensions.http.stateful_session.cookie.v3" ->
                List.of(io.envoyproxy.envoy.extensions.http.stateful_session.cookie.v3.CookieProto.getDescriptor());
            case "envoy.extensions.http.stateful_session.header.v3" ->
                List.of(io.envoyproxy.envoy.extensions.http.stateful_session.header.v3.HeaderProto.getDescriptor());
            case "envoy.extensions.load_balancing_policies.client_side_weighted_round_robin.v3" ->
                List.of(io.envoyproxy.envoy.extensions.load_balancing_policies.client_side_weighted_round_robin.v3
                        .ClientSideWeightedRoundRobinProto.getDescriptor());
            case "envoy.extensions.load_balancing_policies.cluster_provided.v3" ->
                List.of(io.envoyproxy.envoy.extensions.load_balancing_policies.cluster_provided.v3.ClusterProvidedProto
                        .getDescriptor());
            case "envoy.extensions.load_balancing_policies.common.v3" ->
                List.of(io.envoyproxy.envoy.extensions.load_balancing_policies.common.v3.CommonProto.getDescriptor());
            case "envoy.extensions.load_balancing_policies.least_request.v3" ->
                List.of(io.envoyproxy.envoy.extensions.load_balancing_policies.least_request.v3.LeastRequestProto
                        .getDescriptor());
            case "envoy.extensions.load_balancing_policies.maglev.v3" ->
                List.of(io.envoyproxy.envoy.extensions.load_balancing_policies.maglev.v3.MaglevProto.getDescriptor());
            case "envoy.extensions.load_balancing_policies.pick_first.v3" ->
                List.of(
                        io.envoyproxy.envoy.extensions.load_balancing_policies.pick_first.v3.PickFirstProto
                                .getDescriptor());
            case "envoy.extensions.load_balancing_policies.random.v3" ->
                List.of(io.envoyproxy.envoy.extensions.load_balancing_policies.random.v3.RandomProto.getDescriptor());
            case "envoy.extensions.load_balancing_policies.ring_hash.v3" ->
                List.of(
                        io.envoyproxy.envoy.extensions.load_balancing_policies.ring_hash.v3.RingHashProto
                                .getDescriptor());
            case "envoy.extensions.load_balancing_policies.round_robin.v3" ->
                List.of(
                        io.envoyproxy.envoy.extensions.load_balancing_policies.round_robin.v3.RoundRobinProto
                                .getDescriptor());
            case "envoy.extensions.load_balancing_policies.subset.v3" ->
                List.of(io.envoyproxy.envoy.extensions.load_balancing_policies.subset.v3.SubsetProto.getDescriptor());
            case "envoy.extensions.network.dns_resolver.cares.v3" ->
                List.of(
                        io.envoyproxy.envoy.extensions.network.dns_resolver.cares.v3.CaresDnsResolverProto
                                .getDescriptor());
            case "envoy.extensions.load_balancing_policies.wrr_locality.v3" ->
                List.of(
                        io.envoyproxy.envoy.extensions.load_balancing_policies.wrr_locality.v3.WrrLocalityProto
                                .getDescriptor());
            case "envoy.extensions.path.match.uri_template.v3" ->
                List.of(
                        io.envoyproxy.envoy.extensions.path.match.uri_template.v3.UriTemplateMatchProto
                                .getDescriptor());
            case "envoy.extensions.request_id.uuid.v3" ->
                List.of(io.envoyproxy.envoy.extensions.request_id.uuid.v3.UuidProto.getDescriptor());
            case "envoy.extensions.resource_monitors.downstream_connections.v3" ->
                List.of(io.envoyproxy.envoy.extensions.resource_monitors.downstream_connections.v3
                        .DownstreamConnectionsProto.getDescriptor());
            case "envoy.extensions.resource_monitors.fixed_heap.v3" ->
                List.of(io.envoyproxy.envoy.extensions.resource_monitors.fixed_heap.v3.FixedHeapProto.getDescriptor());
            case "envoy.extensions.resource_monitors.injected_resource.v3" ->
                List.of(io.envoyproxy.envoy.extensions.resource_monitors.injected_resource.v3.InjectedResourceProto
                        .getDescriptor());
            case "envoy.extensions.retry.host.omit_canary_hosts.v3" ->
                List.of(
                        io.envoyproxy.envoy.extensions.retry.host.omit_canary_hosts.v3.OmitCanaryHostsProto
                                .getDescriptor());
            case "envoy.extensions.retry.host.omit_host_metadata.v3" ->
                List.of(io.envoyproxy.envoy.extensions.retry.host.omit_host_metadata.v3.OmitHostMetadataConfigProto
                        .getDescriptor());
            case "envoy.extensions.retry.host.previous_hosts.v3" ->
                List.of(io.envoyproxy.envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsProto.getDescriptor());
            case "envoy.extensions.retry.priority.previous_priorities.v3" ->
                List.of(io.envoyproxy.envoy.extensions.retry.priority.previous_priorities.v3
                        .PreviousPrioritiesConfigProto.getDescriptor());
            case "envoy.extensions.transport_sockets.proxy_protocol.v3" ->
                List.of(io.envoyproxy.envoy.extensions.transport_sockets.proxy_protocol.v3.UpstreamProxyProtocolProto
                        .getDescriptor());
            case "envoy.extensions.transport_sockets.raw_buffer.v3" ->
                List.of(io.envoyproxy.envoy.extensions.transport_sockets.raw_buffer.v3.RawBufferProto.getDescriptor());
            case "envoy.extensions.transport_sockets.tls.v3" ->
                List.of(
                        io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertProto.getDescriptor(),
                        io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonProto.getDescriptor(),
                        io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SecretProto.getDescriptor(),
                        io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsProto.getDescriptor(),
                        io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsSpiffeValidatorConfigProto
                                .getDescriptor());
            case "envoy.extensions.upstreams.http.generic.v3" ->
                List.of(
                        io.envoyproxy.envoy.extensions.upstreams.http.generic.v3.GenericConnectionPoolProto
                                .getDescriptor()
                                .getFile());
            case "envoy.extensions.upstreams.http.http.v3" ->
                List.of(io.envoyproxy.envoy.extensions.upstreams.http.http.v3.HttpConnectionPoolProto.getDescriptor()
                        .getFile());
            case "envoy.extensions.upstreams.http.tcp.v3" ->
                List.of(io.envoyproxy.envoy.extensions.upstreams.http.tcp.v3.TcpConnectionPoolProto.getDescriptor()
                        .getFile());
            case "envoy.extensions.upstreams.http.v3" ->
                List.of(io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptionsProto.getDescriptor());
            case "envoy.extensions.upstreams.tcp.generic.v3" ->
                List.of(
                        io.envoyproxy.envoy.extensions.upstreams.tcp.generic.v3.GenericConnectionPoolProto
                                .getDescriptor()
                                .getFile());
            case "envoy.extensions.upstreams.tcp.v3" ->
                List.of(io.envoyproxy.envoy.extensions.upstreams.tcp.v3.TcpProtocolOptionsProto.getDescriptor());
            case "udpa.type.v1" -> List.of(com.github.udpa.udpa.type.v1.TypedStructProto.getDescriptor());
            case "xds.type.v3" -> List.of(com.github.xds.type.v3.TypedStructProto.getDescriptor());
            default -> List.of();
        };
    }
}
