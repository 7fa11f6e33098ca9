package dev.lateen.proxy.http.filter;

import dev.lateen.proxy.telemetry.Counter;
import dev.lateen.proxy.telemetry.Stats;

/// Lets requests through or refuses them by who asks for what.
///
/// Source: Envoy's RBAC filter. Thread: event loop of the request.
final class RbacFilter implements RequestFilter {
    private final String name;
    private final FilterConfig.Rbac own;
    private final Counter allowed;
    private final Counter denied;
    private final Counter shadowAllowed;
    private final Counter shadowDenied;

    RbacFilter(String name, FilterConfig.Rbac own, Stats stats, String statPrefix) {
        this.name = name;
        this.own = own;
        String prefix = "http." + statPrefix + ".rbac.";
        this.allowed = stats.counter(prefix + "allowed");
        this.denied = stats.counter(prefix + "denied");
        this.shadowAllowed = stats.counter(prefix + own.shadowPrefix() + "shadow_allowed");
        this.shadowDenied = stats.counter(prefix + own.shadowPrefix() + "shadow_denied");
    }

    @Override
    public Verdict onRequest(Exchange exchange) {
        Object override = exchange.override(name);
        FilterConfig.Rbac rbac = override instanceof FilterConfig.Rbac other ? other : own;
        if (override != null && !(override instanceof FilterConfig.Rbac)) {
            return Verdict.CONTINUE;
        }
        if (rbac.shadow().isPresent()) {
            RbacRules shadow = rbac.shadow().get();
            (shadow.allows(shadow.matching(exchange)) ? shadowAllowed : shadowDenied).increment();
        }
        if (rbac.rules().isEmpty()) {
            return Verdict.CONTINUE;
        }
        RbacRules rules = rbac.rules().get();
        RbacRules.Policy matched = rules.matching(exchange);
        if (rules.allows(matched)) {
            allowed.increment();
            return Verdict.CONTINUE;
        }
        denied.increment();
        String policy = matched == null ? "none" : matched.name().replace(' ', '_');
        exchange.reply(LocalReply.of(403, "RBAC: access denied", "rbac_access_denied_matched_policy[" + policy + "]"));
        return Verdict.STOP;
    }
}
