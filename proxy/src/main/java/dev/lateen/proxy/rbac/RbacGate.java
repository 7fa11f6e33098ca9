package dev.lateen.proxy.rbac;

import dev.lateen.proxy.stream.StreamInfo;
import dev.lateen.proxy.telemetry.Counter;
import dev.lateen.proxy.telemetry.Stats;
import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;

/// Asks the policies of one RBAC filter, counts their verdicts and leaves those of shadow rules in the metadata.
///
/// Differs: verdicts of enforced rules are not written to the metadata (`enforced_engine_result`); they are in the
/// response code details where they refuse.
///
/// Source: Envoy's RBAC filters. Thread: event loop of the request or connection.
public final class RbacGate {
    private static final String COMMON = "envoy.common";

    private final RbacConfig own;
    private final String namespace;
    private final Stats stats;
    private final String rulesName;
    private final String shadowName;
    private final Counter allowed;
    private final Counter denied;
    private final Counter shadowAllowed;
    private final Counter shadowDenied;
    /// By identity: comparing two policies would compare all their rules.
    private final IdentityHashMap<RbacRules.Policy, Counter> byPolicy = new IdentityHashMap<>();

    /// @param prefix of statistics, such as `http.a.`
    /// @param namespace of the metadata: Envoy's name of the filter
    public RbacGate(RbacConfig own, Stats stats, String prefix, String namespace) {
        this.own = own;
        this.stats = stats;
        this.namespace = namespace;
        this.rulesName = joined(joined(prefix) + "rbac." + own.rulesPrefix());
        this.shadowName = joined(joined(prefix) + "rbac." + own.shadowPrefix());
        this.allowed = stats.counter(rulesName + "allowed");
        this.denied = stats.counter(rulesName + "denied");
        this.shadowAllowed = stats.counter(shadowName + "shadow_allowed");
        this.shadowDenied = stats.counter(shadowName + "shadow_denied");
        if (own.countsPolicies()) {
            own.rules().ifPresent(rules -> nameCounters(rules, rulesName, "."));
            own.shadow().ifPresent(rules -> nameCounters(rules, shadowName, ".shadow_"));
        }
    }

    /// What a policy means when it matches depends on nothing but the action.
    private void nameCounters(RbacRules rules, String prefix, String verdict) {
        for (RbacRules.Policy policy : rules.policies()) {
            String end = verdict + (rules.allows(policy) ? "allowed" : "denied");
            byPolicy.put(policy, stats.counter(prefix + "policy." + policy.name() + end));
        }
    }

    private static String joined(String prefix) {
        return prefix.isEmpty() || prefix.endsWith(".") ? prefix : prefix + ".";
    }

    /// The verdict of the filter's own rules.
    public @Nullable String refusal(StreamInfo info) {
        return refusal(own, info);
    }

    /// Null where the request or connection may pass; else what access logs say of the refusal.
    ///
    /// @param rules a route's, in place of the filter's own
    public @Nullable String refusal(RbacConfig rules, StreamInfo info) {
        if (rules.shadow().isPresent()) {
            shadow(rules.shadow().get(), info);
        }
        return rules.rules().isPresent() ? enforce(rules.rules().get(), info) : null;
    }

    private void shadow(RbacRules rules, StreamInfo info) {
        RbacRules.Policy matched = rules.matching(info);
        boolean allows = rules.allows(matched);
        (allows ? shadowAllowed : shadowDenied).increment();
        var metadata = info.metadata();
        metadata.put(namespace, own.shadowPrefix() + "shadow_engine_result", allows ? "allowed" : "denied");
        if (matched != null) {
            metadata.put(namespace, own.shadowPrefix() + "shadow_effective_policy_id", matched.name());
            count(matched, shadowName, allows ? ".shadow_allowed" : ".shadow_denied");
        }
    }

    private @Nullable String enforce(RbacRules rules, StreamInfo info) {
        RbacRules.Policy matched = rules.matching(info);
        if (rules.action() == RbacRules.Action.LOG) {
            info.metadata().put(COMMON, "access_log_hint", matched != null);
        }
        boolean allows = rules.allows(matched);
        (allows ? allowed : denied).increment();
        if (matched != null) {
            count(matched, rulesName, allows ? ".allowed" : ".denied");
        }
        if (allows) {
            return null;
        }
        Denial.note(info, rules, matched);
        return details(matched);
    }

    /// Policies of a route, which stand in for the filter's own, are looked up by name.
    private void count(RbacRules.Policy matched, String name, String verdict) {
        Counter known = byPolicy.get(matched);
        if (known != null) {
            known.increment();
        } else if (own.countsPolicies()) {
            stats.counter(name + "policy." + matched.name() + verdict).increment();
        }
    }

    private static String details(RbacRules.@Nullable Policy matched) {
        return "rbac_access_denied_matched_policy["
                + (matched == null ? "none" : matched.name().replace(' ', '_')) + "]";
    }
}
