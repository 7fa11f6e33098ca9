package dev.lateen.translate.proxyless;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.lateen.translate.policy.RegexText;
import io.envoyproxy.envoy.config.rbac.v3.Permission;
import io.envoyproxy.envoy.config.rbac.v3.Policy;
import io.envoyproxy.envoy.config.rbac.v3.Principal;
import io.envoyproxy.envoy.config.rbac.v3.RBAC;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.envoyproxy.envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig;
import io.envoyproxy.envoy.type.matcher.v3.PathMatcher;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Filters of authorization policies as gRPC takes them. A condition that gRPC refuses is answered so that the policy
/// errs to the safe side: it does not hold where it would allow, and holds where it would deny.
///
/// Limits: policies on trial and audits have no effect in gRPC and are left out.
///
/// Thread: any.
///
/// Source: gRFC A41.
public final class RbacSubset {
    private static final String RBAC_FILTER = "envoy.filters.http.rbac";

    private RbacSubset() {}

    /// Those of the filters that gRPC has, each under a name of its own.
    public static List<HttpFilter> of(List<HttpFilter> filters) {
        List<HttpFilter> kept = new ArrayList<>();
        for (HttpFilter filter : filters) {
            if (filter.getName().equals(RBAC_FILTER)) {
                var config = unpack(filter.getTypedConfig());
                if (config.hasRules() && config.getRules().getAction() != RBAC.Action.LOG) {
                    kept.add(HttpFilter.newBuilder()
                            .setName(RBAC_FILTER + "." + kept.size())
                            .setTypedConfig(Any.pack(io.envoyproxy
                                    .envoy
                                    .extensions
                                    .filters
                                    .http
                                    .rbac
                                    .v3
                                    .RBAC
                                    .newBuilder()
                                    .setRules(rules(config.getRules()))
                                    .build()))
                            .build());
                }
            }
        }
        return kept;
    }

    private static io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBAC unpack(Any config) {
        try {
            return config.unpack(io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBAC.class);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("a filter of our own making", e);
        }
    }

    static RBAC rules(RBAC from) {
        boolean safe = from.getAction() == RBAC.Action.DENY;
        RBAC.Builder to = RBAC.newBuilder().setAction(from.getAction());
        for (Map.Entry<String, Policy> policy : from.getPoliciesMap().entrySet()) {
            Policy.Builder kept = Policy.newBuilder();
            policy.getValue().getPermissionsList().forEach(p -> kept.addPermissions(permission(p, safe)));
            policy.getValue().getPrincipalsList().forEach(p -> kept.addPrincipals(principal(p, safe)));
            to.putPolicies(policy.getKey(), kept.build());
        }
        return to.build();
    }

    /// @param safe the answer of what cannot be asked
    private static Permission permission(Permission from, boolean safe) {
        return switch (from.getRuleCase()) {
            case AND_RULES ->
                Permission.newBuilder()
                        .setAndRules(all(from.getAndRules(), safe))
                        .build();
            case OR_RULES ->
                Permission.newBuilder().setOrRules(all(from.getOrRules(), safe)).build();
            case NOT_RULE ->
                Permission.newBuilder()
                        .setNotRule(permission(from.getNotRule(), !safe))
                        .build();
            case HEADER -> isShown(from.getHeader()) ? from : always(safe);
            case URI_TEMPLATE -> template(from.getUriTemplate().getTypedConfig());
            case ANY, URL_PATH, DESTINATION_IP, DESTINATION_PORT, METADATA, REQUESTED_SERVER_NAME -> from;
            case DESTINATION_PORT_RANGE, MATCHER, SOURCED_METADATA, RULE_NOT_SET -> always(safe);
        };
    }

    private static Permission.Set all(Permission.Set from, boolean safe) {
        Permission.Set.Builder to = Permission.Set.newBuilder();
        from.getRulesList().forEach(rule -> to.addRules(permission(rule, safe)));
        return to.build();
    }

    private static Principal principal(Principal from, boolean safe) {
        return switch (from.getIdentifierCase()) {
            case AND_IDS ->
                Principal.newBuilder().setAndIds(all(from.getAndIds(), safe)).build();
            case OR_IDS ->
                Principal.newBuilder().setOrIds(all(from.getOrIds(), safe)).build();
            case NOT_ID ->
                Principal.newBuilder()
                        .setNotId(principal(from.getNotId(), !safe))
                        .build();
            case HEADER -> isShown(from.getHeader()) ? from : anybody(safe);
            case ANY, AUTHENTICATED, SOURCE_IP, DIRECT_REMOTE_IP, REMOTE_IP, URL_PATH, METADATA -> from;
            case FILTER_STATE, SOURCED_METADATA, CUSTOM, IDENTIFIER_NOT_SET -> anybody(safe);
        };
    }

    private static Principal.Set all(Principal.Set from, boolean safe) {
        Principal.Set.Builder to = Principal.Set.newBuilder();
        from.getIdsList().forEach(id -> to.addIds(principal(id, safe)));
        return to.build();
    }

    private static boolean isShown(HeaderMatcher header) {
        return !header.getName().equals(":scheme") && !header.getName().startsWith("grpc-");
    }

    private static Permission always(boolean answer) {
        Permission any = Permission.newBuilder().setAny(true).build();
        return answer ? any : Permission.newBuilder().setNotRule(any).build();
    }

    private static Principal anybody(boolean answer) {
        Principal any = Principal.newBuilder().setAny(true).build();
        return answer ? any : Principal.newBuilder().setNotId(any).build();
    }

    /// `*` is one segment of a path, `**` any number.
    private static Permission template(Any config) {
        String template;
        try {
            template = config.unpack(UriTemplateMatchConfig.class).getPathTemplate();
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("a template of our own making", e);
        }
        StringBuilder regex = new StringBuilder();
        for (int i = 0; i < template.length(); i++) {
            if (template.charAt(i) != '*') {
                regex.append(RegexText.quote(template.substring(i, i + 1)));
            } else if (template.startsWith("**", i)) {
                regex.append(".*");
                i++;
            } else {
                regex.append("[^/]+");
            }
        }
        return Permission.newBuilder()
                .setUrlPath(PathMatcher.newBuilder()
                        .setPath(StringMatcher.newBuilder()
                                .setSafeRegex(RegexMatcher.newBuilder().setRegex(regex.toString()))))
                .build();
    }
}
