package dev.lateen.proxy.cluster;

import dev.lateen.proxy.config.CommonFields;
import dev.lateen.proxy.config.ImplementedFields;
import dev.lateen.proxy.health.HealthCheckDecoder;

/// The fields of clusters and load assignments that this package implements.
final class ClusterFields {
    private static final String CLUSTER = "envoy.config.cluster.v3.Cluster";
    private static final String CORE = "envoy.config.core.v3.";
    static final String PROXY_PROTOCOL =
            "envoy.extensions.transport_sockets.proxy_protocol.v3.ProxyProtocolUpstreamTransport";
    private static final String HTTP1 = "HTTP/1 is spoken where nothing else is asked for";
    private static final String POLICIES = "envoy.extensions.load_balancing_policies.";

    static final ImplementedFields ENDPOINTS = ImplementedFields.builder()
            .include(CommonFields.LIST)
            .message(
                    "envoy.config.endpoint.v3.ClusterLoadAssignment",
                    "cluster_name",
                    "endpoints",
                    "named_endpoints",
                    "policy")
            .message("envoy.config.endpoint.v3.ClusterLoadAssignment.Policy", "overprovisioning_factor")
            .message(
                    "envoy.config.endpoint.v3.LocalityLbEndpoints",
                    "locality",
                    "metadata",
                    "lb_endpoints",
                    "load_balancer_endpoints",
                    "load_balancing_weight",
                    "priority")
            .message("envoy.config.endpoint.v3.LocalityLbEndpoints.LbEndpointList", "lb_endpoints")
            .message(
                    "envoy.config.endpoint.v3.LbEndpoint",
                    "endpoint",
                    "endpoint_name",
                    "health_status",
                    "metadata",
                    "load_balancing_weight")
            .message("envoy.config.endpoint.v3.Endpoint", "address", "hostname", "health_check_config")
            .message(
                    "envoy.config.endpoint.v3.Endpoint.HealthCheckConfig",
                    "port_value",
                    "hostname",
                    "address",
                    "disable_active_health_check")
            .build();

    /// Which servers are asked is this machine's business.
    static final ImplementedFields RESOLVERS = ImplementedFields.builder()
            .harmless(
                    "envoy.extensions.network.dns_resolver.cares.v3.CaresDnsResolverConfig",
                    "how the servers of this machine are asked",
                    "udp_max_queries",
                    "query_timeout_seconds",
                    "query_tries",
                    "rotate_nameservers",
                    "edns0_max_payload_size",
                    "max_udp_channel_duration",
                    "reinit_channel_on_timeout")
            .build();

    static final ImplementedFields CLUSTERS = ImplementedFields.builder()
            .include(ENDPOINTS)
            .message(
                    CLUSTER,
                    "name",
                    "alt_stat_name",
                    "type",
                    "cluster_type",
                    "eds_cluster_config",
                    "connect_timeout",
                    "per_connection_buffer_limit_bytes",
                    "lb_policy",
                    "load_assignment",
                    "max_requests_per_connection",
                    "circuit_breakers",
                    "outlier_detection",
                    "health_checks",
                    "wait_for_warm_on_init",
                    "ignore_health_on_host_removal",
                    "http2_protocol_options",
                    "common_http_protocol_options",
                    "upstream_http_protocol_options",
                    "protocol_selection",
                    "typed_extension_protocol_options",
                    "dns_refresh_rate",
                    "dns_lookup_family",
                    "cleanup_interval",
                    "upstream_bind_config",
                    "ring_hash_lb_config",
                    "maglev_lb_config",
                    "original_dst_lb_config",
                    "least_request_lb_config",
                    "round_robin_lb_config",
                    "common_lb_config",
                    "transport_socket",
                    "transport_socket_matches",
                    "metadata",
                    "upstream_connection_options",
                    "load_balancing_policy",
                    "filters")
            .harmless(CLUSTER, HTTP1, "http_protocol_options")
            .harmless(
                    CLUSTER,
                    "tuning of name resolution and of what is counted; no request is treated differently",
                    "respect_dns_ttl",
                    "dns_failure_refresh_rate",
                    "dns_jitter",
                    "track_cluster_stats",
                    "lrs_report_endpoint_metrics")
            .message(CLUSTER, "typed_dns_resolver_config")
            .message(CORE + "TypedExtensionConfig", "name", "typed_config")
            .whole(CLUSTER + ".RefreshRate", "envoy.config.cluster.v3.TrackClusterStats")
            .message(CLUSTER + ".EdsClusterConfig", "service_name")
            .harmless(CLUSTER + ".EdsClusterConfig", "it can only be the aggregated stream", "eds_config")
            .message(CLUSTER + ".TransportSocketMatch", "name", "match", "transport_socket")
            .message(CORE + "TransportSocket", "name", "typed_config")
            .message(PROXY_PROTOCOL, "config", "transport_socket")
            .message(CORE + "ProxyProtocolConfig", "version", "added_tlvs")
            .message(CORE + "TlvEntry", "type", "value")
            .message(CLUSTER + ".CustomClusterType", "name", "typed_config")
            .message("envoy.config.cluster.v3.Filter", "name", "typed_config")
            .message(CLUSTER + ".RingHashLbConfig", "minimum_ring_size", "maximum_ring_size", "hash_function")
            .message(CLUSTER + ".MaglevLbConfig", "table_size")
            .message(CLUSTER + ".LeastRequestLbConfig", "choice_count", "active_request_bias", "slow_start_config")
            .message(CLUSTER + ".RoundRobinLbConfig", "slow_start_config")
            .message(CLUSTER + ".SlowStartConfig", "slow_start_window", "aggression", "min_weight_percent")
            .message(CLUSTER + ".OriginalDstLbConfig", "use_http_header")
            .message(
                    CLUSTER + ".CommonLbConfig",
                    "healthy_panic_threshold",
                    "zone_aware_lb_config",
                    "locality_weighted_lb_config",
                    "consistent_hashing_lb_config",
                    "override_host_status")
            .message(CORE + "HealthStatusSet", "statuses")
            .harmless(CLUSTER + ".CommonLbConfig", "updates are applied at once", "update_merge_window")
            .message(CLUSTER + ".CommonLbConfig.LocalityWeightedLbConfig")
            .message(
                    CLUSTER + ".CommonLbConfig.ZoneAwareLbConfig",
                    "routing_enabled",
                    "min_cluster_size",
                    "fail_traffic_on_panic")
            .message(CLUSTER + ".CommonLbConfig.ConsistentHashingLbConfig", "use_hostname_for_hashing")
            .message("envoy.config.cluster.v3.UpstreamConnectionOptions", "tcp_keepalive")
            .message(CORE + "TcpKeepalive", "keepalive_probes", "keepalive_time", "keepalive_interval")
            .message(CORE + "BindConfig", "source_address")
            .message(CORE + "SocketAddress", "protocol", "address", "port_value")
            .message("envoy.config.cluster.v3.CircuitBreakers", "thresholds")
            .message(
                    "envoy.config.cluster.v3.CircuitBreakers.Thresholds",
                    "priority",
                    "max_connections",
                    "max_pending_requests",
                    "max_requests",
                    "max_retries",
                    "retry_budget",
                    "track_remaining")
            .message(
                    "envoy.config.cluster.v3.CircuitBreakers.Thresholds.RetryBudget",
                    "budget_percent",
                    "min_retry_concurrency")
            .message(
                    "envoy.config.cluster.v3.OutlierDetection",
                    "consecutive_5xx",
                    "interval",
                    "base_ejection_time",
                    "max_ejection_percent",
                    "enforcing_consecutive_5xx",
                    "enforcing_success_rate",
                    "success_rate_minimum_hosts",
                    "success_rate_request_volume",
                    "success_rate_stdev_factor",
                    "consecutive_gateway_failure",
                    "enforcing_consecutive_gateway_failure",
                    "split_external_local_origin_errors",
                    "consecutive_local_origin_failure",
                    "enforcing_consecutive_local_origin_failure",
                    "enforcing_local_origin_success_rate",
                    "failure_percentage_threshold",
                    "enforcing_failure_percentage",
                    "enforcing_failure_percentage_local_origin",
                    "failure_percentage_minimum_hosts",
                    "failure_percentage_request_volume",
                    "max_ejection_time",
                    "max_ejection_time_jitter",
                    "always_eject_one_host",
                    "successful_active_health_check_uneject_host")
            .include(HealthCheckDecoder.FIELDS)
            .include(http())
            .include(policies())
            .build();

    private ClusterFields() {}

    private static ImplementedFields http() {
        String options = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
        return ImplementedFields.builder()
                .message(
                        options,
                        "common_http_protocol_options",
                        "upstream_http_protocol_options",
                        "explicit_http_config",
                        "use_downstream_protocol_config",
                        "auto_config")
                .message(options + ".ExplicitHttpConfig", "http2_protocol_options")
                .harmless(options + ".ExplicitHttpConfig", HTTP1, "http_protocol_options")
                .message(options + ".UseDownstreamHttpConfig", "http2_protocol_options")
                .harmless(options + ".UseDownstreamHttpConfig", HTTP1, "http_protocol_options")
                .message(options + ".AutoHttpConfig", "http2_protocol_options")
                .harmless(options + ".AutoHttpConfig", HTTP1, "http_protocol_options")
                .message(
                        CORE + "HttpProtocolOptions",
                        "idle_timeout",
                        "max_connection_duration",
                        "max_requests_per_connection")
                .message(CORE + "UpstreamHttpProtocolOptions", "auto_sni", "auto_san_validation")
                .message(CORE + "Http1ProtocolOptions", "header_key_format")
                .harmless(
                        CORE + "Http1ProtocolOptions",
                        "trailers are always understood; the others are for requests that are received",
                        "enable_trailers",
                        "allow_absolute_url",
                        "use_balsa_parser")
                .whole(CORE + "Http1ProtocolOptions.HeaderKeyFormat")
                .message(
                        CORE + "Http2ProtocolOptions",
                        "max_concurrent_streams",
                        "initial_stream_window_size",
                        "initial_connection_window_size",
                        "connection_keepalive")
                .harmless(
                        CORE + "Http2ProtocolOptions",
                        "limits of the codec that are fixed here, and extended CONNECT, which follows the peer's settings",
                        "hpack_table_size",
                        "allow_connect",
                        "max_outbound_frames",
                        "max_outbound_control_frames",
                        "max_consecutive_inbound_frames_with_empty_payload",
                        "max_inbound_priority_frames_per_stream",
                        "max_inbound_window_update_frames_per_data_frame_sent",
                        "override_stream_error_on_invalid_http_message")
                .message(CORE + "KeepaliveSettings", "interval", "timeout")
                .harmless(CORE + "KeepaliveSettings", "spreads pings", "interval_jitter", "connection_idle_interval")
                .build();
    }

    private static ImplementedFields policies() {
        return ImplementedFields.builder()
                .message("envoy.config.cluster.v3.LoadBalancingPolicy", "policies")
                .message("envoy.config.cluster.v3.LoadBalancingPolicy.Policy", "typed_extension_config")
                .message(POLICIES + "round_robin.v3.RoundRobin", "locality_lb_config", "slow_start_config")
                .message(
                        POLICIES + "least_request.v3.LeastRequest",
                        "choice_count",
                        "active_request_bias",
                        "locality_lb_config",
                        "slow_start_config")
                .message(
                        POLICIES + "common.v3.SlowStartConfig", "slow_start_window", "aggression", "min_weight_percent")
                .message(POLICIES + "random.v3.Random", "locality_lb_config")
                .message(
                        POLICIES + "ring_hash.v3.RingHash",
                        "hash_function",
                        "minimum_ring_size",
                        "maximum_ring_size",
                        "use_hostname_for_hashing",
                        "consistent_hashing_lb_config",
                        "locality_weighted_lb_config")
                .message(
                        POLICIES + "maglev.v3.Maglev",
                        "table_size",
                        "consistent_hashing_lb_config",
                        "locality_weighted_lb_config")
                .message(POLICIES + "cluster_provided.v3.ClusterProvided")
                .message(POLICIES + "wrr_locality.v3.WrrLocality", "endpoint_picking_policy")
                .message(POLICIES + "common.v3.LocalityLbConfig", "zone_aware_lb_config", "locality_weighted_lb_config")
                .message(
                        POLICIES + "common.v3.LocalityLbConfig.ZoneAwareLbConfig",
                        "routing_enabled",
                        "min_cluster_size",
                        "fail_traffic_on_panic")
                .message(POLICIES + "common.v3.LocalityLbConfig.LocalityWeightedLbConfig")
                .message(POLICIES + "common.v3.ConsistentHashingLbConfig", "use_hostname_for_hashing")
                .build();
    }
}
