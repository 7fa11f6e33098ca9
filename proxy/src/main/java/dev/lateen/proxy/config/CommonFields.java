package dev.lateen.proxy.config;

/// The implemented fields of messages that many resources share and this package decodes.
public final class CommonFields {
    public static final ImplementedFields LIST = ImplementedFields.builder()
            .whole(
                    "envoy.config.core.v3.Metadata",
                    "envoy.config.core.v3.Locality",
                    "envoy.config.core.v3.RuntimeUInt32",
                    "envoy.config.core.v3.RuntimeDouble",
                    "envoy.config.core.v3.RuntimeFeatureFlag",
                    "envoy.config.core.v3.RuntimePercent",
                    "envoy.config.core.v3.RuntimeFractionalPercent",
                    "envoy.type.v3.FractionalPercent",
                    "envoy.type.v3.Percent",
                    "envoy.type.v3.Int64Range",
                    "envoy.type.v3.Int32Range",
                    "envoy.type.v3.DoubleRange",
                    "envoy.config.core.v3.CidrRange",
                    "envoy.config.core.v3.HeaderValue",
                    "envoy.config.core.v3.TypedExtensionConfig",
                    "udpa.type.v1.TypedStruct",
                    "xds.type.v3.TypedStruct")
            .message("envoy.config.core.v3.Address", "socket_address", "pipe")
            .message("envoy.config.core.v3.SocketAddress", "protocol", "address", "port_value")
            .harmless("envoy.config.core.v3.SocketAddress", "`::` takes IPv4 in either case", "ipv4_compat")
            .message("envoy.config.core.v3.Pipe", "path")
            .harmless(
                    "envoy.config.core.v3.ConfigSource",
                    "the only source and version there is; what is referred to is waited for",
                    "ads",
                    "initial_fetch_timeout",
                    "resource_api_version")
            .message("envoy.config.core.v3.AggregatedConfigSource")
            .message(
                    "envoy.config.core.v3.DataSource",
                    "filename",
                    "inline_bytes",
                    "inline_string",
                    "environment_variable")
            .message("envoy.config.core.v3.HttpUri", "uri", "cluster", "timeout")
            .message("envoy.type.matcher.v3.RegexMatcher", "regex")
            .harmless("envoy.type.matcher.v3.RegexMatcher", "there is no other engine", "google_re2")
            .message("envoy.type.matcher.v3.RegexMatcher.GoogleRE2")
            .message(
                    "envoy.type.matcher.v3.StringMatcher",
                    "exact",
                    "prefix",
                    "suffix",
                    "safe_regex",
                    "contains",
                    "ignore_case")
            .message("envoy.type.matcher.v3.ListStringMatcher", "patterns")
            .message(
                    "envoy.config.route.v3.HeaderMatcher",
                    "name",
                    "exact_match",
                    "safe_regex_match",
                    "range_match",
                    "present_match",
                    "prefix_match",
                    "suffix_match",
                    "contains_match",
                    "string_match",
                    "invert_match",
                    "treat_missing_header_as_empty")
            .build();

    private CommonFields() {}
}
