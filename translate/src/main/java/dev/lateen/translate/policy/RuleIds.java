package dev.lateen.translate.policy;

import dev.lateen.model.policy.Quota;
import dev.lateen.model.policy.RateLimit;

/// Names of rules, by which proxies and the rate-limit service mean the same one.
final class RuleIds {
    private RuleIds() {}

    static String of(RateLimit policy, int index) {
        return "RateLimit/" + policy.to().path() + "/" + index;
    }

    static String of(Quota quota) {
        return "Quota/" + quota.to().path() + "/0";
    }
}
