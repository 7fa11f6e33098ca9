package dev.lateen.model.validate;

import java.util.HashSet;
import java.util.Set;

/// Istio's rules for a DestinationRule. Thread: any one. Source: Istio's reference of DestinationRule.
final class DestinationRuleRules {
    private final Report report;

    DestinationRuleRules(Report report) {
        this.report = report;
    }

    void check(View spec) {
        Checks.wildcardHost(report, spec.spot("host"));
        spec.object("trafficPolicy").ifPresent(TrafficPolicyRules::check);
        Set<String> names = new HashSet<>();
        for (View subset : spec.objects("subsets")) {
            subset(subset, names);
        }
        Checks.exportTo(spec);
        Checks.selector(spec, "workloadSelector", "matchLabels");
    }

    private void subset(View subset, Set<String> names) {
        if (!subset.filled("name")) {
            subset.error("name", "missing-required", "subset has no name");
        } else {
            DestinationRules.subsetName(subset, "name");
            if (!names.add(subset.text("name"))) {
                subset.error("name", "duplicate", "subset name is given twice");
            }
        }
        Checks.labels(subset, "labels");
        subset.object("trafficPolicy").ifPresent(TrafficPolicyRules::check);
    }
}
