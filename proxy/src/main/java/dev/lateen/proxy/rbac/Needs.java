package dev.lateen.proxy.rbac;

import dev.lateen.proxy.config.StringMatcher;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a request must have for a policy to match it: never more than that, often less.
///
/// Thread: main.
final class Needs {
    /// Reads one kind of need off a single test; null where it needs nothing of that kind.
    private interface Kind {
        @Nullable
        Set<String> of(RbacTest test);
    }

    private Needs() {}

    /// One of these the path must begin with; null where any path may do.
    static @Nullable Set<String> paths(RbacRules.Policy policy) {
        return of(policy, Needs::path);
    }

    /// One of these must be a name of the caller, in full or without `spiffe://`; null where any caller may do.
    static @Nullable Set<String> names(RbacRules.Policy policy) {
        return of(policy, Needs::name);
    }

    private static @Nullable Set<String> of(RbacRules.Policy policy, Kind kind) {
        Set<String> permission = of(policy.permission(), kind);
        return permission == null ? of(policy.principal(), kind) : permission;
    }

    private static @Nullable Set<String> of(RbacTest test, Kind kind) {
        return switch (test) {
            case RbacTest.And(List<RbacTest> all) -> ofAll(all, kind);
            case RbacTest.Or(List<RbacTest> any) -> ofAny(any, kind);
            case RbacTest.UrlPath _, RbacTest.Authenticated _, RbacTest.PeerPrincipal _ -> kind.of(test);
            case RbacTest.Any _,
                    RbacTest.Not _,
                    RbacTest.Header _,
                    RbacTest.DestinationPort _,
                    RbacTest.Ip _,
                    RbacTest.IpIn _,
                    RbacTest.ServerName _,
                    RbacTest.Metadata _ -> null;
        };
    }

    /// Every test has to match: the needs of one of them are enough to know.
    private static @Nullable Set<String> ofAll(List<RbacTest> tests, Kind kind) {
        Set<String> fewest = null;
        for (RbacTest test : tests) {
            Set<String> needs = of(test, kind);
            if (needs != null && (fewest == null || needs.size() < fewest.size())) {
                fewest = needs;
            }
        }
        return fewest;
    }

    private static @Nullable Set<String> ofAny(List<RbacTest> tests, Kind kind) {
        Set<String> together = new HashSet<>();
        for (RbacTest test : tests) {
            Set<String> needs = of(test, kind);
            if (needs == null) {
                return null;
            }
            together.addAll(needs);
        }
        return together;
    }

    private static @Nullable Set<String> path(RbacTest test) {
        if (!(test instanceof RbacTest.UrlPath(StringMatcher matcher))) {
            return null;
        }
        return matcher instanceof StringMatcher.Prefix(String value, boolean ignoreCase) && !ignoreCase
                ? Set.of(value)
                : exact(matcher);
    }

    private static @Nullable Set<String> name(RbacTest test) {
        return switch (test) {
            case RbacTest.Authenticated(Optional<StringMatcher> name) when name.isPresent() -> exact(name.get());
            case RbacTest.PeerPrincipal(StringMatcher name) -> exact(name);
            default -> null;
        };
    }

    private static @Nullable Set<String> exact(StringMatcher matcher) {
        return switch (matcher) {
            case StringMatcher.Exact(String value, boolean ignoreCase) when !ignoreCase -> Set.of(value);
            case StringMatcher.Among(Set<String> values, boolean ignoreCase) when !ignoreCase -> values;
            default -> null;
        };
    }
}
