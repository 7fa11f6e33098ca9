package dev.lateen.model.validate;

import java.util.HashSet;
import java.util.Set;

/// Istio's rules for a DestinationRule. Thread: any one. Source: Istio's reference of DestinationRule.
final class DestinationRuleRules {
    private final Report report;
    private final Subject subject;

    DestinationRuleRules(Report report, Subject subject) {
        this.report = report;
        this.subject = subject;
    }

    void check(View spec) {
        Checks.wildcardHost(report, spec.spot("host"));
        spec.object("trafficPolicy").ifPresent(TrafficPolicyRules::check);
        Set<String> names = new HashSet<>();
        for (View subset : spec.objects("subsets")) {
            subset(subset, names);
        }
        Checks.exportTo(spec, subject.namespace());
        boolean elsewhere = spec.items("exportTo").stream()
                .anyMatch(item -> !item.value().equals(".") && !item.value().equals(subject.namespace()));
        if (spec.has("workloadSelector") && elsewhere) {
            spec.error("exportTo", "conflict", "a rule for selected workloads stays in its namespace", "exportTo: [.]");
        }
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
