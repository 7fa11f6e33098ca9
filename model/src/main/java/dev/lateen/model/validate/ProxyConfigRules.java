package dev.lateen.model.validate;

/// Istio's rules for a ProxyConfig. Thread: any. Source: Istio's reference of ProxyConfig.
final class ProxyConfigRules {
    private ProxyConfigRules() {}

    static void check(View spec) {
        Checks.selector(spec, "selector", "matchLabels");
        Checks.notNegative(spec, "concurrency");
        for (View.Entry variable : spec.entries("environmentVariables")) {
            if (variable.key().value().isEmpty()) {
                spec.report().error(variable.key(), "missing-required", "variable has no name");
            }
        }
    }
}
