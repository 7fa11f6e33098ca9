package dev.lateen.model.access;

import dev.lateen.model.access.AccessReport.Step;
import dev.lateen.model.istio.RequestAuthentication;
import dev.lateen.model.istio.RequestAuthentication.JwtRule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What becomes of a token with good signature and dates at a workload.
///
/// @param claims that policies may ask for
/// @param status `401` or `403` where it is refused
record TokenCheck(Map<String, Object> claims, Optional<String> status, String by, String at, Step step) {
    private static final String STAGE = "token";
    private static final Set<String> WORDS = Set.of("permission", "scope");

    /// @param policies that hold for the workload
    /// @param presented empty for no token
    static TokenCheck of(List<RequestAuthentication> policies, Map<String, Object> presented) {
        List<JwtRule> rules =
                policies.stream().flatMap(p -> p.jwtRules().stream()).toList();
        if (presented.isEmpty()) {
            return passed(Map.of(), "no token: none is demanded before policies are asked", "");
        }
        if (rules.isEmpty()) {
            return passed(Map.of(), "no RequestAuthentication checks tokens here: the token counts for nothing", "");
        }
        String issuer = String.valueOf(presented.getOrDefault("iss", ""));
        for (RequestAuthentication policy : policies) {
            for (JwtRule rule : policy.jwtRules()) {
                if (rule.issuer().equals(issuer)) {
                    return ofRule(policy, rule, presented);
                }
            }
        }
        RequestAuthentication first = policies.getFirst();
        List<String> known = rules.stream().map(JwtRule::issuer).distinct().toList();
        return refused("401", first, Places.of(first.origin()), "issuer '" + issuer + "' is none of " + known);
    }

    private static TokenCheck ofRule(RequestAuthentication policy, JwtRule rule, Map<String, Object> presented) {
        List<String> audiences = texts(presented.getOrDefault("aud", ""));
        String at = Places.of(rule.origin());
        if (!rule.audiences().isEmpty() && audiences.stream().noneMatch(audience -> accepts(rule, audience))) {
            return refused("403", policy, at, "audiences " + audiences + " have none of " + rule.audiences());
        }
        Map<String, Object> claims = new HashMap<>(presented);
        Set<String> words = new HashSet<>(WORDS);
        words.addAll(rule.output().spaceDelimited());
        for (String name : words) {
            if (claims.get(name) instanceof String text) {
                claims.put(name, List.of(text.split(" ")));
            }
        }
        return passed(Map.copyOf(claims), "accepted by " + named(policy), at);
    }

    /// As proxies compare them: `https://` before and `/` behind do not count.
    private static boolean accepts(JwtRule rule, String audience) {
        return rule.audiences().stream().anyMatch(accepted -> plain(accepted).equals(plain(audience)));
    }

    private static String plain(String audience) {
        return audience.replaceFirst("^https?://", "").replaceFirst("/$", "");
    }

    private static List<String> texts(Object value) {
        List<String> found = new ArrayList<>();
        if (value instanceof List<?> list) {
            list.forEach(one -> found.add(String.valueOf(one)));
        } else if (value instanceof String text && !text.isEmpty()) {
            found.add(text);
        }
        return found;
    }

    private static TokenCheck passed(Map<String, Object> claims, String outcome, String at) {
        return new TokenCheck(claims, Optional.empty(), "", at, new Step(STAGE, "", outcome, at));
    }

    private static TokenCheck refused(String status, RequestAuthentication policy, String at, String why) {
        return new TokenCheck(
                Map.of(),
                Optional.of(status),
                named(policy),
                at,
                new Step(STAGE, named(policy), "refused: " + why, at));
    }

    private static String named(RequestAuthentication policy) {
        return "RequestAuthentication " + policy.metadata().name() + "."
                + policy.metadata().namespace();
    }
}
