package dev.lateen.proxy.rbac;

import dev.lateen.proxy.config.CommonDecoder;
import dev.lateen.proxy.config.MetadataMatcherDecoder;
import dev.lateen.proxy.config.Place;
import dev.lateen.proxy.config.StringMatcher;
import dev.lateen.proxy.config.TypedConfig;
import dev.lateen.proxy.route.PathTemplate;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.config.rbac.v3.MetadataSource;
import io.envoyproxy.envoy.config.rbac.v3.Permission;
import io.envoyproxy.envoy.config.rbac.v3.Policy;
import io.envoyproxy.envoy.config.rbac.v3.Principal;
import io.envoyproxy.envoy.config.rbac.v3.SourcedMetadata;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBAC;
import io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBACPerRoute;
import io.envoyproxy.envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig;
import io.envoyproxy.envoy.type.matcher.v3.MetadataMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Decodes the configuration of both RBAC filters, for requests and for connections.
///
/// Thread: main.
public final class RbacDecoder {
    public static final String NETWORK = "envoy.extensions.filters.network.rbac.v3.RBAC";
    private static final String URI_TEMPLATE = "envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig";
    private static final String PEER_PRINCIPAL = "io.istio.peer_principal";
    private static final int MAX_PORT = 65_535;

    private final boolean http;

    private RbacDecoder(boolean http) {
        this.http = http;
    }

    /// The filter for requests.
    public static RbacConfig http(TypedConfig config, Place at) {
        return http(config.unpack(RBAC.parser(), RbacFields.LIST, at), at);
    }

    /// What a route says in its place.
    public static RbacConfig route(TypedConfig config, Place at) {
        return http(config.unpack(RBACPerRoute.parser(), RbacFields.LIST, at).getRbac(), at.field("rbac"));
    }

    private static RbacConfig http(RBAC rbac, Place at) {
        RbacDecoder decoder = new RbacDecoder(true);
        return new RbacConfig(
                rbac.hasRules() ? Optional.of(decoder.rules(rbac.getRules(), at.field("rules"))) : Optional.empty(),
                rbac.hasShadowRules()
                        ? Optional.of(decoder.rules(rbac.getShadowRules(), at.field("shadow_rules")))
                        : Optional.empty(),
                rbac.getRulesStatPrefix(),
                rbac.getShadowRulesStatPrefix(),
                rbac.getTrackPerRuleStats());
    }

    /// The filter for connections.
    public static NetworkRbacConfig network(TypedConfig config, Place at) {
        var rbac = config.unpack(
                io.envoyproxy.envoy.extensions.filters.network.rbac.v3.RBAC.parser(), RbacFields.LIST, at);
        at.field("stat_prefix").require(!rbac.getStatPrefix().isEmpty(), "is empty");
        RbacDecoder decoder = new RbacDecoder(false);
        return new NetworkRbacConfig(
                new RbacConfig(
                        rbac.hasRules()
                                ? Optional.of(decoder.rules(rbac.getRules(), at.field("rules")))
                                : Optional.empty(),
                        rbac.hasShadowRules()
                                ? Optional.of(decoder.rules(rbac.getShadowRules(), at.field("shadow_rules")))
                                : Optional.empty(),
                        "",
                        rbac.getShadowRulesStatPrefix(),
                        false),
                rbac.getStatPrefix(),
                CommonDecoder.duration(rbac.getDelayDeny(), at.field("delay_deny")));
    }

    private RbacRules rules(io.envoyproxy.envoy.config.rbac.v3.RBAC rbac, Place at) {
        List<RbacRules.Policy> policies = new ArrayList<>();
        for (Map.Entry<String, Policy> entry : new TreeMap<>(rbac.getPoliciesMap()).entrySet()) {
            policies.add(policy(
                    entry.getKey(), entry.getValue(), at.field("policies").key(entry.getKey())));
        }
        return new RbacRules(
                switch (rbac.getAction()) {
                    case ALLOW -> RbacRules.Action.ALLOW;
                    case DENY -> RbacRules.Action.DENY;
                    case LOG -> RbacRules.Action.LOG;
                    case UNRECOGNIZED -> throw at.field("action").refuse(rbac.getActionValue(), "ALLOW, DENY or LOG");
                },
                policies);
    }

    private RbacRules.Policy policy(String name, Policy policy, Place at) {
        return new RbacRules.Policy(
                name,
                RbacTest.any(permissions(policy.getPermissionsList(), at.field("permissions"))),
                RbacTest.any(principals(policy.getPrincipalsList(), at.field("principals"))));
    }

    private List<RbacTest> permissions(List<Permission> list, Place at) {
        at.require(!list.isEmpty(), "is empty (expected: at least one)");
        List<RbacTest> tests = new ArrayList<>();
        for (int index = 0; index < list.size(); index++) {
            tests.add(permission(list.get(index), at.index(index)));
        }
        return List.copyOf(tests);
    }

    @SuppressWarnings("deprecation") // metadata is still sent.
    private RbacTest permission(Permission permission, Place at) {
        return switch (permission.getRuleCase()) {
            case ANY -> any(permission.getAny(), at);
            case AND_RULES ->
                RbacTest.all(permissions(
                        permission.getAndRules().getRulesList(),
                        at.field("and_rules").field("rules")));
            case OR_RULES ->
                RbacTest.any(permissions(
                        permission.getOrRules().getRulesList(),
                        at.field("or_rules").field("rules")));
            case NOT_RULE -> new RbacTest.Not(permission(permission.getNotRule(), at.field("not_rule")));
            case HEADER -> header(permission.getHeader(), at.field("header"));
            case URL_PATH ->
                new RbacTest.UrlPath(
                        CommonDecoder.string(permission.getUrlPath().getPath(), at.field("url_path.path")));
            case DESTINATION_IP ->
                new RbacTest.Ip(
                        RbacTest.Ip.Which.DESTINATION,
                        CommonDecoder.cidr(permission.getDestinationIp(), at.field("destination_ip")));
            case DESTINATION_PORT ->
                ports(permission.getDestinationPort(), permission.getDestinationPort(), at.field("destination_port"));
            case DESTINATION_PORT_RANGE ->
                ports(
                        permission.getDestinationPortRange().getStart(),
                        permission.getDestinationPortRange().getEnd() - 1,
                        at.field("destination_port_range"));
            case REQUESTED_SERVER_NAME ->
                new RbacTest.ServerName(
                        CommonDecoder.string(permission.getRequestedServerName(), at.field("requested_server_name")));
            case METADATA -> metadata(permission.getMetadata(), at.field("metadata"));
            case SOURCED_METADATA -> sourced(permission.getSourcedMetadata(), at.field("sourced_metadata"));
            case URI_TEMPLATE -> template(permission.getUriTemplate(), at.field("uri_template"));
            case MATCHER -> throw at.field("matcher").unsupported();
            case RULE_NOT_SET -> throw at.refuse("is empty (expected: a rule)");
        };
    }

    private List<RbacTest> principals(List<Principal> list, Place at) {
        at.require(!list.isEmpty(), "is empty (expected: at least one)");
        List<RbacTest> tests = new ArrayList<>();
        for (int index = 0; index < list.size(); index++) {
            tests.add(principal(list.get(index), at.index(index)));
        }
        return List.copyOf(tests);
    }

    @SuppressWarnings("deprecation") // source_ip and metadata are still sent.
    private RbacTest principal(Principal principal, Place at) {
        return switch (principal.getIdentifierCase()) {
            case ANY -> any(principal.getAny(), at);
            case AND_IDS ->
                RbacTest.all(principals(
                        principal.getAndIds().getIdsList(), at.field("and_ids").field("ids")));
            case OR_IDS ->
                RbacTest.any(principals(
                        principal.getOrIds().getIdsList(), at.field("or_ids").field("ids")));
            case NOT_ID -> new RbacTest.Not(principal(principal.getNotId(), at.field("not_id")));
            case AUTHENTICATED -> authenticated(principal.getAuthenticated(), at.field("authenticated"));
            case SOURCE_IP ->
                new RbacTest.Ip(
                        RbacTest.Ip.Which.DIRECT, CommonDecoder.cidr(principal.getSourceIp(), at.field("source_ip")));
            case DIRECT_REMOTE_IP ->
                new RbacTest.Ip(
                        RbacTest.Ip.Which.DIRECT,
                        CommonDecoder.cidr(principal.getDirectRemoteIp(), at.field("direct_remote_ip")));
            case REMOTE_IP ->
                new RbacTest.Ip(
                        RbacTest.Ip.Which.REMOTE, CommonDecoder.cidr(principal.getRemoteIp(), at.field("remote_ip")));
            case HEADER -> header(principal.getHeader(), at.field("header"));
            case URL_PATH ->
                new RbacTest.UrlPath(CommonDecoder.string(principal.getUrlPath().getPath(), at.field("url_path.path")));
            case FILTER_STATE -> {
                var state = principal.getFilterState();
                at.field("filter_state.key")
                        .require(
                                state.getKey().equals(PEER_PRINCIPAL),
                                "'" + state.getKey() + "' is not supported by this proxy yet (expected: "
                                        + PEER_PRINCIPAL + ")");
                yield new RbacTest.PeerPrincipal(
                        CommonDecoder.string(state.getStringMatch(), at.field("filter_state.string_match")));
            }
            case METADATA -> metadata(principal.getMetadata(), at.field("metadata"));
            case SOURCED_METADATA -> sourced(principal.getSourcedMetadata(), at.field("sourced_metadata"));
            case CUSTOM -> throw at.field("custom").unsupported();
            case IDENTIFIER_NOT_SET -> throw at.refuse("is empty (expected: an identifier)");
        };
    }

    private static RbacTest any(boolean any, Place at) {
        at.field("any").require(any, "value: false (expected: true; use not_rule or not_id for nobody)");
        return RbacTest.Any.INSTANCE;
    }

    private RbacTest header(HeaderMatcher matcher, Place at) {
        at.require(http, "connections have no headers; only the RBAC filter for HTTP can look at them");
        return new RbacTest.Header(CommonDecoder.header(matcher, at));
    }

    private static RbacTest ports(int first, int last, Place at) {
        at.require(first >= 0 && first <= last && last <= MAX_PORT, "expected: ports from 0 to 65535");
        return new RbacTest.DestinationPort(first, last);
    }

    private static RbacTest metadata(MetadataMatcher matcher, Place at) {
        return new RbacTest.Metadata(MetadataMatcherDecoder.decode(matcher, at));
    }

    private static RbacTest sourced(SourcedMetadata sourced, Place at) {
        if (sourced.getMetadataSource() != MetadataSource.DYNAMIC) {
            throw at.field("metadata_source").refuse(sourced.getMetadataSource(), "DYNAMIC; others are not supported");
        }
        return metadata(sourced.getMetadataMatcher(), at.field("metadata_matcher"));
    }

    private static RbacTest template(TypedExtensionConfig extension, Place at) {
        Place place = at.field("typed_config");
        TypedConfig config = TypedConfig.of(extension.getTypedConfig(), place);
        place.require(config.type().equals(URI_TEMPLATE), "'" + config.type() + "' is not supported by this proxy yet");
        String template = config.unpack(UriTemplateMatchConfig.parser(), RbacFields.LIST, place)
                .getPathTemplate();
        return new RbacTest.UrlPath(
                new StringMatcher.Regex(PathTemplate.compile(template, place.field("path_template"))));
    }

    private static RbacTest authenticated(Principal.Authenticated authenticated, Place at) {
        Optional<StringMatcher> name = authenticated.hasPrincipalName()
                ? Optional.of(CommonDecoder.string(authenticated.getPrincipalName(), at.field("principal_name")))
                : Optional.empty();
        return new RbacTest.Authenticated(name);
    }
}
