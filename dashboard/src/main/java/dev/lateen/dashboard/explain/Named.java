package dev.lateen.dashboard.explain;

import dev.lateen.model.resource.ResourceKey;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A resource, and a field of it, as names within a proxy's configuration tell. Thread: any (immutable).
///
/// @param fields candidates, the most specific first
record Named(ResourceKey resource, List<String> fields) {
    private static final Pattern API_PATH = Pattern.compile("/apis/([^/]*)/[^/]+/namespaces/([^/]*)/([^/]+)/([^/]+)");
    private static final Pattern POLICY =
            Pattern.compile("ns\\[([^]]*)]-(policy|access-list)\\[([^]]*)](?:-rule\\[([0-9]+)])?");
    private static final Pattern RULE =
            Pattern.compile("(RateLimit|Quota)([/.])([^/.]+)\\2(.+?)\\2([0-9]+)(?![0-9A-Za-z-])");
    private static final String SECURITY = "security.istio.io";
    private static final String OWN = "policy.lateen.dev";

    /// From a path such as `/apis/networking.istio.io/v1/namespaces/default/virtual-service/reviews`.
    static Optional<Named> ofPath(String path, List<String> fields) {
        Matcher found = API_PATH.matcher(path);
        return found.matches()
                ? Optional.of(new Named(
                        new ResourceKey(found.group(1), kind(found.group(3)), found.group(2), found.group(4)), fields))
                : Optional.empty();
    }

    private static String kind(String dashed) {
        StringBuilder kind = new StringBuilder();
        for (String word : dashed.split("-", -1)) {
            if (!word.isEmpty()) {
                kind.append(Character.toUpperCase(word.charAt(0))).append(word.substring(1));
            }
        }
        return kind.toString();
    }

    /// From the name of an RBAC policy, such as `ns[default]-policy[strict]-rule[0]`.
    static Optional<Named> ofPolicy(String name) {
        Matcher found = POLICY.matcher(name);
        if (!found.find()) {
            return Optional.empty();
        }
        boolean list = found.group(2).equals("access-list");
        ResourceKey key = new ResourceKey(
                list ? OWN : SECURITY, list ? "AccessList" : "AuthorizationPolicy", found.group(1), found.group(3));
        String rule = found.group(4);
        return Optional.of(
                new Named(key, rule == null ? List.of("spec") : List.of("spec.rules[" + rule + "]", "spec")));
    }

    /// From the name of a limit, such as `RateLimit/default/each-user/0`, or with dots.
    static Optional<Named> ofLimit(String name) {
        Matcher found = RULE.matcher(name);
        if (!found.find()) {
            return Optional.empty();
        }
        ResourceKey key = new ResourceKey(OWN, found.group(1), found.group(3), found.group(4));
        return Optional.of(new Named(
                key,
                found.group(1).equals("Quota")
                        ? List.of("spec.requests", "spec")
                        : List.of("spec.rules[" + found.group(5) + "].limit", "spec.rules[" + found.group(5) + "]")));
    }
}
