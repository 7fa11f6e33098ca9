package dev.lateen.proxy.http;

import dev.lateen.proxy.config.CommonFields;
import dev.lateen.proxy.config.ImplementedFields;

/// The fields of HTTP connection managers that are implemented. Route configurations and filters check their own.
final class HttpConnectionManagerFields {
    private static final String HCM =
            "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager";
    private static final String CORE = "envoy.config.core.v3.";

    static final ImplementedFields LIST = ImplementedFields.builder()
            .include(CommonFields.LIST)
            .message(
                    HCM,
                    "codec_type",
                    "stat_prefix",
                    "rds",
                    "route_config",
                    "http_filters",
                    "common_http_protocol_options",
                    "http_protocol_options",
                    "http2_protocol_options",
                    "server_name",
                    "server_header_transformation",
                    "scheme_header_transformation",
                    "max_request_headers_kb",
                    "stream_idle_timeout",
                    "request_timeout",
                    "request_headers_timeout",
                    "access_log",
                    "tracing",
                    "local_reply_config",
                    "use_remote_address",
                    "xff_num_trusted_hops",
                    "internal_address_config",
                    "skip_xff_append",
                    "via",
                    "generate_request_id",
                    "preserve_external_request_id",
                    "always_set_request_id_in_response",
                    "request_id_extension",
                    "forward_client_cert_details",
                    "set_current_client_cert_details",
                    "proxy_100_continue",
                    "upgrade_configs",
                    "normalize_path",
                    "merge_slashes",
                    "path_with_escaped_slashes_action",
                    "strip_matching_host_port",
                    "strip_any_host_port",
                    "strip_trailing_host_dot",
                    "append_x_forwarded_port")
            .harmless(HCM, "connections end when their exchange has", "drain_timeout", "delayed_close_timeout")
            .harmless(HCM, "answers are ours in either case", "stream_error_on_invalid_http_message")
            .harmless(
                    HCM,
                    "addresses are compared in their IPv4 form already",
                    "represent_ipv4_remote_address_as_ipv4_mapped_ipv6")
            .message(HCM + ".InternalAddressConfig", "cidr_ranges")
            .harmless(HCM + ".InternalAddressConfig", "TCP only", "unix_sockets")
            .message(HCM + ".SetCurrentClientCertDetails", "subject", "cert", "chain", "dns", "uri")
            .message(HCM + ".UpgradeConfig", "upgrade_type", "enabled")
            .message("envoy.extensions.filters.network.http_connection_manager.v3.Rds", "route_config_name")
            .harmless(
                    "envoy.extensions.filters.network.http_connection_manager.v3.Rds",
                    "it can only be the aggregated stream",
                    "config_source")
            .message(
                    "envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter",
                    "name",
                    "typed_config",
                    "disabled")
            .harmless(
                    "envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter",
                    "a filter that is not known is refused by its type either way",
                    "is_optional")
            .message("envoy.extensions.filters.network.http_connection_manager.v3.RequestIDExtension", "typed_config")
            .message(
                    "envoy.extensions.request_id.uuid.v3.UuidRequestIdConfig",
                    "pack_trace_reason",
                    "use_request_id_for_trace_sampling")
            .message(CORE + "SchemeHeaderTransformation", "scheme_to_overwrite")
            .message(
                    CORE + "HttpProtocolOptions",
                    "idle_timeout",
                    "max_connection_duration",
                    "max_headers_count",
                    "max_stream_duration",
                    "max_requests_per_connection",
                    "headers_with_underscores_action")
            .message(CORE + "Http1ProtocolOptions", "accept_http_10", "default_host_for_http_10")
            .harmless(
                    CORE + "Http1ProtocolOptions",
                    "HTTP/1 trailers and absolute targets are always understood",
                    "allow_absolute_url",
                    "enable_trailers")
            .message(
                    CORE + "Http2ProtocolOptions",
                    "max_concurrent_streams",
                    "initial_stream_window_size",
                    "initial_connection_window_size")
            .harmless(CORE + "Http2ProtocolOptions", "upgrade_configs decides", "allow_connect")
            .harmless(
                    CORE + "Http2ProtocolOptions",
                    "floods are limited by the codec's own rules",
                    "max_outbound_frames",
                    "max_outbound_control_frames",
                    "max_consecutive_inbound_frames_with_empty_payload",
                    "max_inbound_priority_frames_per_stream",
                    "max_inbound_window_update_frames_per_data_frame_sent",
                    "override_stream_error_on_invalid_http_message",
                    "stream_error_on_invalid_http_messaging",
                    "hpack_table_size")
            .build();

    private HttpConnectionManagerFields() {}
}
