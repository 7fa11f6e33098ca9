package dev.lateen.translate.policy;

import dev.lateen.model.resource.ResourceKey;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/// Finds out which policies a proxy's refusal of its configuration is about. Filters do not carry where they came from;
/// but refusals name what is wrong, by the policy's name within a filter, or at least by the kind of filter.
public final class BlamedPolicies {
    private BlamedPolicies() {}

    /// Empty where the refusal is about something else.
    ///
    /// @param carried by the proxy that refuses
    /// @param reason as the proxy gives it, ours or Envoy
    public static Set<ResourceKey> of(Collection<ResourceKey> carried, String reason) {
        Set<ResourceKey> blamed = new TreeSet<>(java.util.Comparator.comparing(ResourceKey::toString));
        for (ResourceKey policy : carried) {
            if (within(policy).stream().anyMatch(reason::contains)) {
                blamed.add(policy);
            }
        }
        if (!blamed.isEmpty()) {
            return blamed;
        }
        String lower = reason.toLowerCase(Locale.ROOT);
        for (ResourceKey policy : carried) {
            if (filters(policy).stream().anyMatch(lower::contains)) {
                blamed.add(policy);
            }
        }
        return blamed;
    }

    /// How filters and routes name what came from the policy; to the end of its name, with which another's may begin.
    private static List<String> within(ResourceKey policy) {
        return switch (policy.kind()) {
            case "AuthorizationPolicy" -> List.of("ns[" + policy.namespace() + "]-policy[" + policy.name() + "]");
            case "AccessList" -> List.of("ns[" + policy.namespace() + "]-access-list[" + policy.name() + "]");
            default ->
                List.of(
                        policy.kind() + "." + policy.namespace() + "." + policy.name() + ".",
                        policy.kind() + "/" + policy.namespace() + "/" + policy.name() + "/");
        };
    }

    private static List<String> filters(ResourceKey policy) {
        return switch (policy.kind()) {
            case "AuthorizationPolicy" -> List.of("rbac", "ext_authz", "extauthz");
            case "AccessList" -> List.of("rbac");
            case "RequestAuthentication" -> List.of("jwt", "jwks");
            default -> List.of("rate_limit", "ratelimit");
        };
    }
}
