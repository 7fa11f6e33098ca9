package dev.lateen.model.validate;

/// Istio's rules for a PeerAuthentication. Thread: any. Source: Istio's reference of PeerAuthentication.
final class PeerAuthenticationRules {
    private PeerAuthenticationRules() {}

    static void check(View spec) {
        Checks.selector(spec, "selector", "matchLabels");
        boolean selects = spec.object("selector")
                .map(selector -> selector.filled("matchLabels"))
                .orElse(false);
        if (spec.has("portLevelMtls") && spec.entries("portLevelMtls").isEmpty()) {
            spec.error("portLevelMtls", "missing-required", "no port is named");
        }
        if (!selects && spec.filled("portLevelMtls")) {
            spec.error(
                    "portLevelMtls",
                    "conflict",
                    "ports belong to workloads, so a selector is needed",
                    "selector.matchLabels");
        }
        for (View.Entry port : spec.entries("portLevelMtls")) {
            ConditionRules.port(spec.report(), port.key());
        }
    }
}
