package dev.lateen.proxy.route;

import dev.lateen.proxy.config.CommonFields;
import dev.lateen.proxy.config.ImplementedFields;
import dev.lateen.proxy.config.MetadataMatcherDecoder;

/// The fields of route configurations that are implemented.
public final class RouteFields {
    private static final String V3 = "envoy.config.route.v3.";

    public static final ImplementedFields LIST = ImplementedFields.builder()
            .include(CommonFields.LIST)
            .include(MetadataMatcherDecoder.FIELDS)
            .include(RateLimitPolicyDecoder.FIELDS)
            .message(
                    V3 + "RouteConfiguration",
                    "name",
                    "virtual_hosts",
                    "internal_only_headers",
                    "response_headers_to_add",
                    "response_headers_to_remove",
                    "request_headers_to_add",
                    "request_headers_to_remove",
                    "most_specific_header_mutations_wins",
                    "ignore_port_in_host_matching",
                    "request_mirror_policies",
                    "max_direct_response_body_size_bytes",
                    "typed_per_filter_config")
            .harmless(
                    V3 + "RouteConfiguration",
                    "a missing cluster is answered at run time; provenance",
                    "validate_clusters",
                    "metadata")
            .message(
                    V3 + "VirtualHost",
                    "name",
                    "domains",
                    "routes",
                    "require_tls",
                    "request_headers_to_add",
                    "request_headers_to_remove",
                    "response_headers_to_add",
                    "response_headers_to_remove",
                    "typed_per_filter_config",
                    "include_request_attempt_count",
                    "include_attempt_count_in_response",
                    "retry_policy",
                    "per_request_buffer_limit_bytes",
                    "request_mirror_policies",
                    "rate_limits")
            .harmless(V3 + "VirtualHost", "for people", "metadata")
            .message(
                    V3 + "Route",
                    "name",
                    "match",
                    "route",
                    "redirect",
                    "direct_response",
                    "decorator",
                    "typed_per_filter_config",
                    "request_headers_to_add",
                    "request_headers_to_remove",
                    "response_headers_to_add",
                    "response_headers_to_remove",
                    "per_request_buffer_limit_bytes",
                    "stat_prefix")
            .harmless(V3 + "Route", "provenance", "metadata")
            .message(V3 + "Decorator", "operation", "propagate")
            .message(
                    V3 + "RouteMatch",
                    "prefix",
                    "path",
                    "safe_regex",
                    "path_separated_prefix",
                    "connect_matcher",
                    "case_sensitive",
                    "runtime_fraction",
                    "headers",
                    "query_parameters",
                    "dynamic_metadata",
                    "grpc")
            .message(V3 + "RouteMatch.ConnectMatcher")
            .message(V3 + "RouteMatch.GrpcRouteMatchOptions")
            .message(V3 + "QueryParameterMatcher", "name", "string_match", "present_match")
            .message(
                    V3 + "RouteAction",
                    "cluster",
                    "cluster_header",
                    "weighted_clusters",
                    "cluster_not_found_response_code",
                    "prefix_rewrite",
                    "regex_rewrite",
                    "host_rewrite_literal",
                    "auto_host_rewrite",
                    "host_rewrite_header",
                    "host_rewrite_path_regex",
                    "append_x_forwarded_host",
                    "timeout",
                    "idle_timeout",
                    "retry_policy",
                    "request_mirror_policies",
                    "priority",
                    "hash_policy",
                    "upgrade_configs",
                    "max_stream_duration",
                    "max_grpc_timeout",
                    "grpc_timeout_offset",
                    "rate_limits",
                    "include_vh_rate_limits")
            .message(V3 + "RouteAction.UpgradeConfig", "upgrade_type", "enabled", "connect_config")
            .message(V3 + "RouteAction.UpgradeConfig.ConnectConfig", "allow_post")
            .message(
                    V3 + "RouteAction.MaxStreamDuration",
                    "max_stream_duration",
                    "grpc_timeout_header_max",
                    "grpc_timeout_header_offset")
            .message(
                    V3 + "RouteAction.RequestMirrorPolicy",
                    "cluster",
                    "runtime_fraction",
                    "disable_shadow_host_suffix_append")
            .harmless(V3 + "RouteAction.RequestMirrorPolicy", "copies carry no span", "trace_sampled")
            .message(
                    V3 + "RouteAction.HashPolicy",
                    "header",
                    "cookie",
                    "connection_properties",
                    "query_parameter",
                    "terminal")
            .message(V3 + "RouteAction.HashPolicy.Header", "header_name")
            .message(V3 + "RouteAction.HashPolicy.Cookie", "name", "ttl", "path", "attributes")
            .message(V3 + "RouteAction.HashPolicy.CookieAttribute", "name", "value")
            .message(V3 + "RouteAction.HashPolicy.ConnectionProperties", "source_ip")
            .message(V3 + "RouteAction.HashPolicy.QueryParameter", "name")
            .message(V3 + "WeightedCluster", "clusters", "total_weight", "header_name")
            .harmless(V3 + "WeightedCluster", "there is no runtime layer", "runtime_key_prefix")
            .message(
                    V3 + "WeightedCluster.ClusterWeight",
                    "name",
                    "cluster_header",
                    "weight",
                    "request_headers_to_add",
                    "request_headers_to_remove",
                    "response_headers_to_add",
                    "response_headers_to_remove",
                    "typed_per_filter_config",
                    "host_rewrite_literal")
            .message(
                    V3 + "RetryPolicy",
                    "retry_on",
                    "num_retries",
                    "per_try_timeout",
                    "per_try_idle_timeout",
                    "retry_host_predicate",
                    "retry_priority",
                    "host_selection_retry_max_attempts",
                    "retriable_status_codes",
                    "retry_back_off",
                    "retriable_headers",
                    "retriable_request_headers")
            .message(V3 + "RetryPolicy.RetryHostPredicate", "name", "typed_config")
            .message(V3 + "RetryPolicy.RetryPriority", "name", "typed_config")
            .message(
                    "envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig",
                    "update_frequency")
            .message(V3 + "RetryPolicy.RetryBackOff", "base_interval", "max_interval")
            .message(
                    V3 + "RedirectAction",
                    "https_redirect",
                    "scheme_redirect",
                    "host_redirect",
                    "port_redirect",
                    "path_redirect",
                    "prefix_rewrite",
                    "regex_rewrite",
                    "response_code",
                    "strip_query")
            .message(V3 + "DirectResponseAction", "status", "body")
            .message(V3 + "FilterConfig", "config", "disabled")
            .harmless(V3 + "FilterConfig", "what is not known is refused by its type either way", "is_optional")
            .message("envoy.config.core.v3.HeaderValueOption", "header", "append", "append_action", "keep_empty_value")
            .message("envoy.type.matcher.v3.RegexMatchAndSubstitute", "pattern", "substitution")
            .build();

    private RouteFields() {}
}
