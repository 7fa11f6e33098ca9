package dev.lateen.proxy.http.filter;

import dev.lateen.proxy.config.CommonFields;
import dev.lateen.proxy.config.ImplementedFields;

/// The fields of filter configurations that are implemented.
final class FilterFields {
    private static final String HTTP = "envoy.extensions.filters.http.";

    static final ImplementedFields LIST = ImplementedFields.builder()
            .include(CommonFields.LIST)
            .message(HTTP + "router.v3.Router", "suppress_envoy_headers")
            .harmless(HTTP + "router.v3.Router", "statistics and spans only", "dynamic_stats", "start_child_span")
            .message(HTTP + "fault.v3.HTTPFault", "delay", "abort", "headers")
            .message(HTTP + "fault.v3.FaultAbort", "http_status", "grpc_status", "header_abort", "percentage")
            .message(HTTP + "fault.v3.FaultAbort.HeaderAbort")
            .message("envoy.extensions.filters.common.fault.v3.FaultDelay", "fixed_delay", "header_delay", "percentage")
            .message("envoy.extensions.filters.common.fault.v3.FaultDelay.HeaderDelay")
            .message(HTTP + "cors.v3.Cors")
            .message(
                    HTTP + "cors.v3.CorsPolicy",
                    "allow_origin_string_match",
                    "allow_methods",
                    "allow_headers",
                    "expose_headers",
                    "max_age",
                    "allow_credentials",
                    "filter_enabled",
                    "forward_not_matching_preflights")
            .message("envoy.type.v3.HttpStatus", "code")
            .message("envoy.config.core.v3.HeaderValueOption", "header", "append", "append_action", "keep_empty_value")
            .harmless(
                    HTTP + "grpc_stats.v3.FilterConfig",
                    "messages are counted for the standard metrics",
                    "emit_filter_state",
                    "stats_for_all_methods",
                    "individual_method_stats_allowlist",
                    "enable_upstream_stats",
                    "replace_dots_in_grpc_service_name")
            .build();

    private FilterFields() {}
}
