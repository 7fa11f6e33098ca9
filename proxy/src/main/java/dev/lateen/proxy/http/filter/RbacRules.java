package dev.lateen.proxy.http.filter;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Policies of access: a request matches a policy when one of its permissions and one of its principals match.
///
/// Source: envoy.config.rbac.v3.RBAC. Thread: any (immutable).
public record RbacRules(Action action, List<Policy> policies) {
    public RbacRules {
        policies = List.copyOf(policies);
    }

    /// What a match means.
    public enum Action {
        ALLOW,
        DENY,
        /// Only noted.
        LOG
    }

    public record Policy(String name, List<RbacTest> permissions, List<RbacTest> principals) {
        boolean matches(Exchange exchange) {
            return any(permissions, exchange) && any(principals, exchange);
        }
    }

    private static boolean any(List<RbacTest> tests, Exchange exchange) {
        for (int index = 0; index < tests.size(); index++) {
            if (tests.get(index).matches(exchange)) {
                return true;
            }
        }
        return false;
    }

    /// The first policy that matches, or null.
    @Nullable
    Policy matching(Exchange exchange) {
        for (int index = 0; index < policies.size(); index++) {
            if (policies.get(index).matches(exchange)) {
                return policies.get(index);
            }
        }
        return null;
    }

    boolean allows(@Nullable Policy matched) {
        return switch (action) {
            case ALLOW -> matched != null;
            case DENY -> matched == null;
            case LOG -> true;
        };
    }
}
