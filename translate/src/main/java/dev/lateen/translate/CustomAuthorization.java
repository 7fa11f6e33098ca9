package dev.lateen.translate;

import dev.lateen.model.istio.AuthorizationPolicy;
import dev.lateen.model.mesh.TrustDomains;
import dev.lateen.translate.ExternalAuthorizers.Authorizer;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.rbac.v3.RBAC;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.envoyproxy.envoy.type.matcher.v3.MetadataMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.envoyproxy.envoy.type.matcher.v3.ValueMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Policies that ask a server outside. For each server, a filter of policies without force notes which of them match,
/// and the filter after it asks the server where one did. What cannot be asked is refused.
///
/// Differs: policies on trial (`istio.io/dry-run`) are left out, since asking a server is not without effect.
final class CustomAuthorization {
    private static final String NOTES = "istio_ext_authz_";
    private static final String PREFIX = "istio-ext-authz";
    private static final String REFUSED = "-deny-due-to-bad-CUSTOM-action";

    private final Scene scene;
    private final Map<String, RBAC.Builder> byServer = new TreeMap<>();

    CustomAuthorization(Scene scene, boolean http, List<AuthorizationPolicy> policies) {
        this.scene = scene;
        RbacRules translate = new RbacRules(http, TrustDomains.of(scene.mesh()));
        for (AuthorizationPolicy policy : policies) {
            if (policy.dryRun()) {
                continue;
            }
            String server = policy.provider().orElse("");
            RBAC.Builder rules =
                    byServer.computeIfAbsent(server, _ -> RBAC.newBuilder().setAction(RBAC.Action.DENY));
            Authorization.addRules(rules, PREFIX + "-" + (server.isEmpty() ? "" : server + "-"), policy, translate);
        }
    }

    List<HttpFilter> httpFilters() {
        List<HttpFilter> filters = new ArrayList<>();
        byServer.forEach((server, rules) -> {
            Optional<Authorizer> authorizer = authorizer(server);
            if (authorizer.isEmpty()) {
                filters.add(Authorization.http(
                        RbacFilterConfigs.http().setRules(refusing(rules)).build()));
                return;
            }
            filters.add(Authorization.http(RbacFilterConfigs.http()
                    .setShadowRules(rules)
                    .setShadowRulesStatPrefix(NOTES)
                    .build()));
            filters.add(HttpFilter.newBuilder()
                    .setName("envoy.filters.http.ext_authz")
                    .setTypedConfig(Protos.any(authorizer
                            .get()
                            .http()
                            .setFilterEnabledMetadata(noted(Authorization.HTTP_RBAC, server))
                            .build()))
                    .build());
        });
        return filters;
    }

    /// A server that can only be asked about HTTP is not asked here, and refuses nothing.
    List<Filter> tcpFilters() {
        List<Filter> filters = new ArrayList<>();
        byServer.forEach((server, rules) -> {
            Optional<Authorizer> authorizer = authorizer(server);
            if (authorizer.isEmpty()) {
                filters.add(Authorization.tcp(
                        RbacFilterConfigs.tcp().setRules(refusing(rules)).build()));
                return;
            }
            authorizer.flatMap(Authorizer::tcp).ifPresent(ask -> {
                filters.add(Authorization.tcp(RbacFilterConfigs.tcp()
                        .setShadowRules(rules)
                        .setShadowRulesStatPrefix(NOTES)
                        .build()));
                filters.add(Filter.newBuilder()
                        .setName("envoy.filters.network.ext_authz")
                        .setTypedConfig(Protos.any(ask.setFilterEnabledMetadata(noted(Authorization.TCP_RBAC, server))
                                .build()))
                        .build());
            });
        });
        return filters;
    }

    /// A workload asks one server only, unless the mesh allows more; one without a proxy can ask none.
    private Optional<Authorizer> authorizer(String server) {
        boolean allowed = !scene.isProxyless()
                && (byServer.size() == 1 || scene.settings().on("EnableMultipleCustomAuthzProviders"));
        return allowed ? ExternalAuthorizers.named(scene, server) : Optional.empty();
    }

    private static RBAC refusing(RBAC.Builder rules) {
        RBAC.Builder refusing = RBAC.newBuilder().setAction(RBAC.Action.DENY);
        rules.getPoliciesMap().forEach((name, policy) -> refusing.putPolicies(name + REFUSED, policy));
        return refusing.build();
    }

    private static MetadataMatcher noted(String filter, String server) {
        return MetadataMatcher.newBuilder()
                .setFilter(filter)
                .addPath(MetadataMatcher.PathSegment.newBuilder().setKey(NOTES + "shadow_effective_policy_id"))
                .setValue(ValueMatcher.newBuilder()
                        .setStringMatch(StringMatcher.newBuilder()
                                .setPrefix(server.isEmpty() ? PREFIX : PREFIX + "-" + server)))
                .build();
    }
}
