package dev.lateen.proxy.rbac;

import dev.lateen.proxy.stream.StreamInfo;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Writes down why rules refused: which policy matched, or how near each one came that could have let it pass.
///
/// Limits: the first `MOST_SHOWN` policies. Thread: event loop of the request or connection.
final class Denial {
    private static final int MOST_SHOWN = 6;

    private Denial() {}

    static void note(StreamInfo info, RbacRules rules, RbacRules.@Nullable Policy matched) {
        if (matched != null) {
            info.evidence().note("policy", matched.name());
            return;
        }
        List<RbacRules.Policy> policies = rules.policies();
        for (int index = 0; index < policies.size() && index < MOST_SHOWN; index++) {
            RbacRules.Policy policy = policies.get(index);
            boolean operation = policy.permission().matches(info);
            boolean caller = policy.principal().matches(info);
            info.evidence()
                    .note(
                            "nearlyAllowed",
                            policy.name() + ": the operation " + (operation ? "matches" : "does not match")
                                    + ", the caller " + (caller ? "matches" : "does not match"));
        }
        if (policies.isEmpty()) {
            info.evidence().note("nearlyAllowed", "no rule allows anything");
        }
    }
}
