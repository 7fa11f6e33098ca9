package dev.lateen.proxy.rbac;

import dev.lateen.proxy.stream.StreamInfo;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Policies of access: a request or connection matches a policy when one of its permissions and one of its principals
/// match.
///
/// Source: envoy.config.rbac.v3.RBAC. Thread: any (immutable).
public final class RbacRules {
    private final Action action;
    private final List<Policy> policies;
    private final @Nullable PolicyIndex index;

    public RbacRules(Action action, List<Policy> policies) {
        this.action = action;
        this.policies = List.copyOf(policies);
        this.index = PolicyIndex.of(this.policies);
    }

    public Action action() {
        return action;
    }

    public List<Policy> policies() {
        return policies;
    }

    /// What a match means.
    public enum Action {
        ALLOW,
        DENY,
        /// Only noted.
        LOG
    }

    public record Policy(String name, RbacTest permission, RbacTest principal) {
        boolean matches(StreamInfo info) {
            return permission.matches(info) && principal.matches(info);
        }
    }

    /// The first policy that matches, or null.
    public @Nullable Policy matching(StreamInfo info) {
        return index == null ? firstOf(info) : index.matching(info);
    }

    /// As `matching`, by looking at each policy.
    @Nullable
    Policy firstOf(StreamInfo info) {
        for (int each = 0; each < policies.size(); each++) {
            Policy policy = policies.get(each);
            if (policy.matches(info)) {
                return policy;
            }
        }
        return null;
    }

    public boolean allows(@Nullable Policy matched) {
        return switch (action) {
            case ALLOW -> matched != null;
            case DENY -> matched == null;
            case LOG -> true;
        };
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RbacRules that && action == that.action && policies.equals(that.policies);
    }

    @Override
    public int hashCode() {
        return 31 * action.hashCode() + policies.hashCode();
    }
}
