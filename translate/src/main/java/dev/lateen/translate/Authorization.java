package dev.lateen.translate;

import com.google.protobuf.Message;
import dev.lateen.model.istio.AuthorizationPolicy;
import dev.lateen.model.istio.AuthorizationPolicy.Action;
import dev.lateen.model.mesh.TrustDomains;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.rbac.v3.RBAC;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import java.util.ArrayList;
import java.util.List;

/// The filters that decide who may do what at this proxy: servers outside first, then tokens, then what is audited,
/// denied, allowed.
final class Authorization {
    static final String HTTP_RBAC = "envoy.filters.http.rbac";
    static final String TCP_RBAC = "envoy.filters.network.rbac";
    private static final String ALLOW_PREFIX = "istio_dry_run_allow_";
    private static final String DENY_PREFIX = "istio_dry_run_deny_";
    private static final List<Action> ORDER = List.of(Action.AUDIT, Action.DENY, Action.ALLOW);

    private Authorization() {}

    static List<HttpFilter> httpFilters(Scene scene) {
        List<AuthorizationPolicy> policies = applying(scene);
        List<HttpFilter> filters =
                new ArrayList<>(new CustomAuthorization(scene, true, of(policies, Action.CUSTOM)).httpFilters());
        filters.addAll(JwtFilters.of(scene));
        for (Rules rules : rules(scene, policies, true)) {
            // Istio's own proxies get what istiod would send; to the others each policy is a statistic.
            var config = RbacFilterConfigs.http()
                    .setShadowRulesStatPrefix(rules.prefix())
                    .setTrackPerRuleStats(!scene.hasIstioFilters());
            if (rules.hasEnforced()) {
                config.setRules(rules.enforced());
            }
            if (rules.hasShadow()) {
                config.setShadowRules(rules.shadow());
            }
            filters.add(http(config.build()));
        }
        return filters;
    }

    static List<Filter> tcpFilters(Scene scene) {
        List<AuthorizationPolicy> policies = applying(scene);
        List<Filter> filters =
                new ArrayList<>(new CustomAuthorization(scene, false, of(policies, Action.CUSTOM)).tcpFilters());
        for (Rules rules : rules(scene, policies, false)) {
            var config = RbacFilterConfigs.tcp().setShadowRulesStatPrefix(rules.prefix());
            if (rules.hasEnforced()) {
                config.setRules(rules.enforced());
            }
            if (rules.hasShadow()) {
                config.setShadowRules(rules.shadow());
            }
            filters.add(tcp(config.build()));
        }
        return filters;
    }

    static HttpFilter http(Message config) {
        return HttpFilter.newBuilder()
                .setName(HTTP_RBAC)
                .setTypedConfig(Protos.any(config))
                .build();
    }

    static Filter tcp(Message config) {
        return Filter.newBuilder()
                .setName(TCP_RBAC)
                .setTypedConfig(Protos.any(config))
                .build();
    }

    /// Rules of one action. Without policies an enforced set that is there refuses everybody.
    private record Rules(boolean hasEnforced, RBAC enforced, boolean hasShadow, RBAC shadow, String prefix) {}

    private static List<Rules> rules(Scene scene, List<AuthorizationPolicy> policies, boolean http) {
        RbacRules translate = new RbacRules(http, TrustDomains.of(scene.mesh()));
        List<Rules> all = new ArrayList<>();
        for (Action action : ORDER) {
            List<AuthorizationPolicy> of = of(policies, action);
            if (!of.isEmpty()) {
                all.add(rules(action, of, translate));
            }
        }
        return all;
    }

    private static List<AuthorizationPolicy> of(List<AuthorizationPolicy> policies, Action action) {
        return policies.stream().filter(p -> p.action() == action).toList();
    }

    private static Rules rules(Action action, List<AuthorizationPolicy> policies, RbacRules translate) {
        RBAC.Action to = switch (action) {
            case ALLOW -> RBAC.Action.ALLOW;
            case AUDIT -> RBAC.Action.LOG;
            case DENY, CUSTOM -> RBAC.Action.DENY;
        };
        RBAC.Builder enforced = RBAC.newBuilder().setAction(to);
        RBAC.Builder shadow = RBAC.newBuilder().setAction(to);
        boolean anyEnforced = false;
        boolean anyShadow = false;
        for (AuthorizationPolicy policy : policies) {
            anyShadow |= policy.dryRun();
            anyEnforced |= !policy.dryRun();
            addRules(policy.dryRun() ? shadow : enforced, "", policy, translate);
        }
        return new Rules(
                anyEnforced, enforced.build(), anyShadow, shadow.build(), anyShadow ? prefix(action) : ALLOW_PREFIX);
    }

    private static String prefix(Action action) {
        return switch (action) {
            case ALLOW -> ALLOW_PREFIX;
            case DENY -> DENY_PREFIX;
            case AUDIT, CUSTOM -> "";
        };
    }

    /// Adds a policy's rules, each under a name that tells where it came from.
    ///
    /// @param prefix before each name
    static void addRules(RBAC.Builder into, String prefix, AuthorizationPolicy policy, RbacRules translate) {
        String name = prefix + "ns[" + policy.metadata().namespace() + "]-policy["
                + policy.metadata().name() + "]-rule[";
        if (policy.rules().isEmpty()) {
            into.putPolicies(name + "0]", RbacRules.never());
        }
        for (int i = 0; i < policy.rules().size(); i++) {
            String rule = name + i + "]";
            translate.of(policy, policy.rules().get(i)).ifPresent(p -> into.putPolicies(rule, p));
        }
    }

    /// Policies of the mesh and of the namespace that are meant for the workload.
    static List<AuthorizationPolicy> applying(Scene scene) {
        List<AuthorizationPolicy> found = new ArrayList<>();
        for (AuthorizationPolicy policy : scene.snapshot().security().authorizationPolicies()) {
            if (Attachment.applies(scene, policy.metadata().namespace(), policy.selector(), policy.targetRefs())) {
                found.add(policy);
            }
        }
        return found;
    }
}
