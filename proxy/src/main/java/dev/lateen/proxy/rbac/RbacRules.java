package dev.lateen.proxy.rbac;

import dev.lateen.proxy.stream.StreamInfo;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Policies of access: a request or connection matches a policy when one of its permissions and one of its principals
/// match.
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

    public record Policy(String name, RbacTest permission, RbacTest principal) {
        boolean matches(StreamInfo info) {
            return permission.matches(info) && principal.matches(info);
        }
    }

    /// The first policy that matches, or null.
    public @Nullable Policy matching(StreamInfo info) {
        for (int index = 0; index < policies.size(); index++) {
            Policy policy = policies.get(index);
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
}
