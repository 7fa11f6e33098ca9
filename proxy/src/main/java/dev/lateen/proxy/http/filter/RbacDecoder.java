package dev.lateen.proxy.http.filter;

import dev.lateen.proxy.config.CommonDecoder;
import dev.lateen.proxy.config.Place;
import dev.lateen.proxy.config.StringMatcher;
import io.envoyproxy.envoy.config.rbac.v3.Permission;
import io.envoyproxy.envoy.config.rbac.v3.Policy;
import io.envoyproxy.envoy.config.rbac.v3.Principal;
import io.envoyproxy.envoy.config.rbac.v3.RBAC;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Decodes RBAC policies.
public final class RbacDecoder {
    private static final String PEER_PRINCIPAL = "io.istio.peer_principal";

    private RbacDecoder() {}

    public static RbacRules decode(RBAC rbac, Place at) {
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

    private static RbacRules.Policy policy(String name, Policy policy, Place at) {
        return new RbacRules.Policy(
                name,
                permissions(policy.getPermissionsList(), at.field("permissions")),
                principals(policy.getPrincipalsList(), at.field("principals")));
    }

    private static List<RbacTest> permissions(List<Permission> list, Place at) {
        List<RbacTest> tests = new ArrayList<>();
        for (int index = 0; index < list.size(); index++) {
            tests.add(permission(list.get(index), at.index(index)));
        }
        return List.copyOf(tests);
    }

    private static RbacTest permission(Permission permission, Place at) {
        return switch (permission.getRuleCase()) {
            case ANY -> new RbacTest.Any(permission.getAny());
            case AND_RULES ->
                new RbacTest.And(permissions(permission.getAndRules().getRulesList(), at.field("and_rules")));
            case OR_RULES -> new RbacTest.Or(permissions(permission.getOrRules().getRulesList(), at.field("or_rules")));
            case NOT_RULE -> new RbacTest.Not(permission(permission.getNotRule(), at.field("not_rule")));
            case HEADER -> new RbacTest.Header(CommonDecoder.header(permission.getHeader(), at.field("header")));
            case URL_PATH ->
                new RbacTest.UrlPath(
                        CommonDecoder.string(permission.getUrlPath().getPath(), at.field("url_path.path")));
            case DESTINATION_IP ->
                new RbacTest.Ip(
                        RbacTest.Ip.Which.DESTINATION,
                        CommonDecoder.cidr(permission.getDestinationIp(), at.field("destination_ip")));
            case DESTINATION_PORT ->
                new RbacTest.DestinationPort(permission.getDestinationPort(), permission.getDestinationPort());
            case DESTINATION_PORT_RANGE ->
                new RbacTest.DestinationPort(
                        permission.getDestinationPortRange().getStart(),
                        permission.getDestinationPortRange().getEnd() - 1);
            case REQUESTED_SERVER_NAME ->
                new RbacTest.ServerName(
                        CommonDecoder.string(permission.getRequestedServerName(), at.field("requested_server_name")));
            case METADATA, MATCHER, URI_TEMPLATE, SOURCED_METADATA ->
                throw at.field(permission.getRuleCase().name().toLowerCase(java.util.Locale.ROOT))
                        .unsupported();
            case RULE_NOT_SET -> throw at.refuse("is empty (expected: a rule)");
        };
    }

    private static List<RbacTest> principals(List<Principal> list, Place at) {
        List<RbacTest> tests = new ArrayList<>();
        for (int index = 0; index < list.size(); index++) {
            tests.add(principal(list.get(index), at.index(index)));
        }
        return List.copyOf(tests);
    }

    @SuppressWarnings("deprecation") // source_ip is still sent.
    private static RbacTest principal(Principal principal, Place at) {
        return switch (principal.getIdentifierCase()) {
            case ANY -> new RbacTest.Any(principal.getAny());
            case AND_IDS -> new RbacTest.And(principals(principal.getAndIds().getIdsList(), at.field("and_ids")));
            case OR_IDS -> new RbacTest.Or(principals(principal.getOrIds().getIdsList(), at.field("or_ids")));
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
            case HEADER -> new RbacTest.Header(CommonDecoder.header(principal.getHeader(), at.field("header")));
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
            case METADATA, SOURCED_METADATA, CUSTOM ->
                throw at.field(principal.getIdentifierCase().name().toLowerCase(java.util.Locale.ROOT))
                        .unsupported();
            case IDENTIFIER_NOT_SET -> throw at.refuse("is empty (expected: an identifier)");
        };
    }

    private static RbacTest authenticated(Principal.Authenticated authenticated, Place at) {
        Optional<StringMatcher> name = authenticated.hasPrincipalName()
                ? Optional.of(CommonDecoder.string(authenticated.getPrincipalName(), at.field("principal_name")))
                : Optional.empty();
        return new RbacTest.Authenticated(name);
    }
}
