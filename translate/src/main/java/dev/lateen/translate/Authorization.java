package dev.lateen.translate;

import dev.lateen.model.istio.AuthorizationPolicy;
import dev.lateen.model.istio.AuthorizationPolicy.Action;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.rbac.v3.RBAC;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import java.util.ArrayList;
import java.util.List;

/// The filters that decide who may do what at this proxy: tokens first, then what is audited, denied, allowed.
///
/// A policy that asks an external server denies what it would ask about, until such servers are supported.
final class Authorization {
    private static final String ALLOW_PREFIX = "istio_dry_run_allow_";
    private static final String DENY_PREFIX = "istio_dry_run_deny_";

    private Authorization() {}

    static List<HttpFilter> httpFilters(Scene scene) {
        List<HttpFilter> filters = new ArrayList<>(JwtFilters.of(scene));
        for (Rules rules : rules(scene, true)) {
            var config = io.envoyproxy
                    .envoy
                    .extensions
                    .filters
                    .http
                    .rbac
                    .v3
                    .RBAC
                    .newBuilder()
                    .setShadowRulesStatPrefix(rules.prefix());
            if (rules.hasEnforced()) {
                config.setRules(rules.enforced());
            }
            if (rules.hasShadow()) {
                config.setShadowRules(rules.shadow());
            }
            filters.add(HttpFilter.newBuilder()
                    .setName("envoy.filters.http.rbac")
                    .setTypedConfig(Protos.any(config.build()))
                    .build());
        }
        return filters;
    }

    static List<Filter> tcpFilters(Scene scene) {
        List<Filter> filters = new ArrayList<>();
        for (Rules rules : rules(scene, false)) {
            var config = io.envoyproxy
                    .envoy
                    .extensions
                    .filters
                    .network
                    .rbac
                    .v3
                    .RBAC
                    .newBuilder()
                    .setStatPrefix("tcp.")
                    .setShadowRulesStatPrefix(rules.prefix());
            if (rules.hasEnforced()) {
                config.setRules(rules.enforced());
            }
            if (rules.hasShadow()) {
                config.setShadowRules(rules.shadow());
            }
            filters.add(Filter.newBuilder()
                    .setName("envoy.filters.network.rbac")
                    .setTypedConfig(Protos.any(config.build()))
                    .build());
        }
        return filters;
    }

    /// Rules of one action. Without policies an enforced set that is there refuses everybody.
    private record Rules(boolean hasEnforced, RBAC enforced, boolean hasShadow, RBAC shadow, String prefix) {}

    private static List<Rules> rules(Scene scene, boolean http) {
        List<AuthorizationPolicy> applying = applying(scene);
        List<String> domains = new ArrayList<>();
        domains.add(scene.mesh().identity().trustDomain());
        domains.addAll(scene.mesh().identity().trustDomainAliases());
        List<Rules> all = new ArrayList<>();
        for (Action action : List.of(Action.CUSTOM, Action.AUDIT, Action.DENY, Action.ALLOW)) {
            List<AuthorizationPolicy> of =
                    applying.stream().filter(p -> p.action() == action).toList();
            if (!of.isEmpty()) {
                all.add(rules(action, of, new RbacRules(http, domains)));
            }
        }
        return all;
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
            RBAC.Builder into = policy.dryRun() ? shadow : enforced;
            anyShadow |= policy.dryRun();
            anyEnforced |= !policy.dryRun();
            String name = "ns[" + policy.metadata().namespace() + "]-policy["
                    + policy.metadata().name() + "]-rule[";
            if (policy.rules().isEmpty()) {
                into.putPolicies(name + "0]", RbacRules.never());
            }
            for (int i = 0; i < policy.rules().size(); i++) {
                String rule = name + i + "]";
                translate.of(policy, policy.rules().get(i)).ifPresent(p -> into.putPolicies(rule, p));
            }
        }
        String prefix = anyShadow && to == RBAC.Action.DENY ? DENY_PREFIX : ALLOW_PREFIX;
        return new Rules(anyEnforced, enforced.build(), anyShadow, shadow.build(), prefix);
    }

    /// Policies of the mesh and of the namespace that select the workload.
    private static List<AuthorizationPolicy> applying(Scene scene) {
        String root = scene.mesh().identity().rootNamespace();
        List<AuthorizationPolicy> found = new ArrayList<>();
        for (AuthorizationPolicy policy : scene.snapshot().security().authorizationPolicies()) {
            String namespace = policy.metadata().namespace();
            boolean near =
                    namespace.equals(root) || namespace.equals(scene.node().namespace());
            if (near
                    && policy.targetRefs().isEmpty()
                    && policy.selector().matches(scene.node().labels())) {
                found.add(policy);
            }
        }
        return found;
    }
}
