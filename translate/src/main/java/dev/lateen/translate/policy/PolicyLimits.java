package dev.lateen.translate.policy;

import dev.lateen.model.mesh.MeshSnapshot;
import dev.lateen.model.policy.Quota;
import dev.lateen.model.policy.Quota.Period;
import dev.lateen.model.policy.RateLimit;
import dev.lateen.model.policy.RateLimit.Limit;
import dev.lateen.model.policy.RateLimit.Rule;
import dev.lateen.model.policy.RateLimit.Scope;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// The limits that the rate-limit service counts.
public final class PolicyLimits {
    private PolicyLimits() {}

    /// All rules that are counted for the whole mesh, by their ids.
    public static Map<String, LimitRule> of(MeshSnapshot snapshot) {
        Map<String, LimitRule> rules = new LinkedHashMap<>();
        for (RateLimit policy : snapshot.policies().rateLimits()) {
            if (policy.scope() == Scope.MESH) {
                for (int i = 0; i < policy.rules().size(); i++) {
                    add(rules, of(policy, policy.rules().get(i), RuleIds.of(policy, i)));
                }
            }
        }
        for (Quota quota : snapshot.policies().quotas()) {
            add(rules, of(quota));
        }
        return rules;
    }

    private static void add(Map<String, LimitRule> rules, LimitRule rule) {
        rules.put(rule.id(), rule);
    }

    private static LimitRule of(RateLimit policy, Rule rule, String id) {
        Limit limit = rule.limit();
        return new LimitRule(
                id,
                limit.requests(),
                limit.window(),
                limit.sliding() ? Algorithm.SLIDING_WINDOW : Algorithm.TOKEN_BUCKET,
                limit.sliding() ? limit.requests() : limit.burst(),
                Optional.empty(),
                policy.shadow(),
                Map.of());
    }

    private static LimitRule of(Quota quota) {
        Period period = quota.amount().period();
        long requests = quota.amount().requests();
        return new LimitRule(
                RuleIds.of(quota),
                requests,
                nominal(period),
                Algorithm.CALENDAR,
                requests,
                Optional.of(new CalendarWindow(unit(period), quota.amount().zone())),
                quota.shadow(),
                quota.overrides());
    }

    private static Duration nominal(Period period) {
        return switch (period) {
            case HOUR -> Duration.ofHours(1);
            case DAY -> Duration.ofDays(1);
            case WEEK -> Duration.ofDays(7);
            case MONTH -> Duration.ofDays(30);
            case YEAR -> Duration.ofDays(365);
        };
    }

    private static CalendarWindow.Unit unit(Period period) {
        return switch (period) {
            case HOUR -> CalendarWindow.Unit.HOUR;
            case DAY -> CalendarWindow.Unit.DAY;
            case WEEK -> CalendarWindow.Unit.WEEK;
            case MONTH -> CalendarWindow.Unit.MONTH;
            case YEAR -> CalendarWindow.Unit.YEAR;
        };
    }
}
