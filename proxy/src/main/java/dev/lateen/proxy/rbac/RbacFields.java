package dev.lateen.proxy.rbac;

import dev.lateen.proxy.config.CommonFields;
import dev.lateen.proxy.config.ImplementedFields;
import dev.lateen.proxy.config.MetadataMatcherDecoder;

/// The fields of both RBAC filters that are implemented.
final class RbacFields {
    private static final String HTTP = "envoy.extensions.filters.http.rbac.v3.";
    private static final String RULES = "envoy.config.rbac.v3.";

    static final ImplementedFields LIST = ImplementedFields.builder()
            .include(CommonFields.LIST)
            .include(MetadataMatcherDecoder.FIELDS)
            .message(
                    HTTP + "RBAC",
                    "rules",
                    "rules_stat_prefix",
                    "shadow_rules",
                    "shadow_rules_stat_prefix",
                    "track_per_rule_stats")
            .message(HTTP + "RBACPerRoute", "rbac")
            .message(
                    RbacDecoder.NETWORK,
                    "rules",
                    "shadow_rules",
                    "shadow_rules_stat_prefix",
                    "stat_prefix",
                    "delay_deny")
            .harmless(RbacDecoder.NETWORK, "what is known of a connection does not change", "enforcement_type")
            .message(RULES + "RBAC", "action", "policies")
            .message(RULES + "Policy", "permissions", "principals")
            .message(
                    RULES + "Permission",
                    "and_rules",
                    "or_rules",
                    "any",
                    "header",
                    "url_path",
                    "destination_ip",
                    "destination_port",
                    "destination_port_range",
                    "metadata",
                    "not_rule",
                    "requested_server_name",
                    "uri_template",
                    "sourced_metadata")
            .message(RULES + "Permission.Set", "rules")
            .message(
                    RULES + "Principal",
                    "and_ids",
                    "or_ids",
                    "any",
                    "authenticated",
                    "source_ip",
                    "direct_remote_ip",
                    "remote_ip",
                    "header",
                    "url_path",
                    "metadata",
                    "filter_state",
                    "not_id",
                    "sourced_metadata")
            .message(RULES + "Principal.Set", "ids")
            .message(RULES + "Principal.Authenticated", "principal_name")
            .message(RULES + "SourcedMetadata", "metadata_matcher", "metadata_source")
            .message("envoy.type.matcher.v3.PathMatcher", "path")
            .message("envoy.type.matcher.v3.FilterStateMatcher", "key", "string_match")
            .message("envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig", "path_template")
            .build();

    private RbacFields() {}
}
