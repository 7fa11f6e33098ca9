package dev.lateen.model.access;

import dev.lateen.model.istio.AuthorizationPolicy;
import dev.lateen.model.istio.AuthorizationPolicy.Action;
import dev.lateen.model.istio.AuthorizationPolicy.Condition;
import dev.lateen.model.istio.AuthorizationPolicy.Operation;
import dev.lateen.model.istio.AuthorizationPolicy.Rule;
import dev.lateen.model.istio.AuthorizationPolicy.Source;
import dev.lateen.model.istio.AuthorizationPolicy.Values;
import dev.lateen.model.mesh.TrustDomains;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;

/// Why a rule of a policy does not match. What only requests have cannot be checked of connections: there a rule that
/// allows never matches, and other rules are left with the rest of what they say.
final class RuleMatch {
    private static final String HEADER = "request.headers[";
    private static final String CLAIM = "request.auth.claims";
    private static final String FILTERS = "experimental.";

    private final AuthorizationPolicy policy;
    private final TrustDomains domains;
    private final Seen seen;

    RuleMatch(AuthorizationPolicy policy, TrustDomains domains, Seen seen) {
        this.policy = policy;
        this.domains = domains;
        this.seen = seen;
    }

    /// One thing that a rule asks for.
    ///
    /// @param actual what there is, for people
    private record Ask(String name, Values wanted, String actual, boolean httpOnly, Predicate<String> test) {
        Optional<String> obstacle() {
            if (!wanted.in().isEmpty() && wanted.in().stream().noneMatch(test)) {
                return Optional.of(name + ": " + actual + " is none of " + wanted.in());
            }
            return wanted.notIn().stream()
                    .filter(test)
                    .findFirst()
                    .map(value -> name + ": " + actual + " is excluded by '" + value + "'");
        }
    }

    /// The first thing that does not fit; empty where the rule matches.
    Optional<String> obstacle(Rule rule) {
        if (!seen.http() && policy.action() == Action.ALLOW && onlyOfRequests(rule)) {
            return Optional.of("asks for what only requests have, and this is a connection");
        }
        return anyOf(rule.from().stream().map(this::asks).toList())
                .or(() -> anyOf(rule.to().stream().map(this::asks).toList()))
                .or(() -> allOf(rule.when().stream().map(this::ask).toList()));
    }

    private boolean onlyOfRequests(Rule rule) {
        return rule.from().stream().map(this::asks).anyMatch(RuleMatch::hasHttpOnly)
                || rule.to().stream().map(this::asks).anyMatch(RuleMatch::hasHttpOnly)
                || hasHttpOnly(rule.when().stream().map(this::ask).toList());
    }

    private static boolean hasHttpOnly(List<Ask> asks) {
        return asks.stream().anyMatch(ask -> ask.httpOnly() && !ask.wanted().isEmpty());
    }

    private Optional<String> anyOf(List<List<Ask>> alternatives) {
        List<String> obstacles = new ArrayList<>();
        for (List<Ask> one : alternatives) {
            Optional<String> obstacle = allOf(one);
            if (obstacle.isEmpty()) {
                return Optional.empty();
            }
            obstacles.add(obstacle.get());
        }
        return obstacles.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", obstacles));
    }

    private Optional<String> allOf(List<Ask> asks) {
        for (Ask ask : asks) {
            Optional<String> obstacle = ask.httpOnly() && !seen.http() ? Optional.empty() : ask.obstacle();
            if (obstacle.isPresent()) {
                return obstacle;
            }
        }
        return Optional.empty();
    }

    private List<Ask> asks(Source source) {
        return List.of(
                principal("principals", source.principals()),
                requestPrincipal("requestPrincipals", source.requestPrincipals()),
                account("serviceAccounts", source.serviceAccounts()),
                namespace("namespaces", source.namespaces()),
                trustDomain("trustDomains", source.trustDomains()),
                address("remoteIpBlocks", source.remoteIpBlocks(), seen.remote()),
                address("ipBlocks", source.ipBlocks(), seen.direct()));
    }

    private List<Ask> asks(Operation operation) {
        String path = seen.pathWithoutQuery();
        return List.of(
                http("hosts", operation.hosts(), seen.host(), v -> ValueMatch.host(v, seen.host())),
                http(
                        "methods",
                        operation.methods(),
                        seen.method(),
                        v -> v.equals("*") || ValueMatch.text(v, seen.method())),
                http("paths", operation.paths(), path, v -> ValueMatch.path(v, path)),
                port("ports", operation.ports()));
    }

    private Ask ask(Condition condition) {
        String key = condition.key();
        Values values = condition.values();
        if (key.startsWith(HEADER)) {
            return header(key, values);
        }
        if (key.startsWith(CLAIM)) {
            return claim(
                    key,
                    List.of(key.substring(CLAIM.length() + 1, key.length() - 1).split("]\\[", -1)),
                    values);
        }
        if (key.startsWith(FILTERS)) {
            return new Ask(key, values, "what a filter notes (which is not known here)", false, _ -> false);
        }
        return switch (key) {
            case "source.ip" -> address(key, values, seen.direct());
            case "remote.ip" -> address(key, values, seen.remote());
            case "source.namespace" -> namespace(key, values);
            case "source.principal" -> principal(key, values);
            case "source.trustDomain" -> trustDomain(key, values);
            case "source.serviceAccount" -> account(key, values);
            case "request.auth.principal" -> requestPrincipal(key, values);
            case "request.auth.audiences" -> claim(key, List.of("aud"), values);
            case "request.auth.presenter" -> claim(key, List.of("azp"), values);
            case "destination.ip" -> address(key, values, seen.destination());
            case "destination.port" -> port(key, values);
            case "connection.sni" -> plain(key, values, shown(seen.sni()), v -> ValueMatch.text(v, seen.sni()));
            default -> new Ask(key, values, "a key that is not known", true, _ -> false);
        };
    }

    private Ask header(String key, Values values) {
        String name = key.substring(HEADER.length(), key.length() - 1);
        String given = seen.headers().get(name.toLowerCase(Locale.ROOT));
        return http(
                key,
                values,
                given == null ? "" : given,
                v -> given != null && (v.equals("*") || ValueMatch.text(v, given)));
    }

    private Ask claim(String key, List<String> path, Values values) {
        List<String> given = seen.claim(path);
        return http(key, values, String.join(",", given), v -> given.stream().anyMatch(one -> ValueMatch.text(v, one)));
    }

    private Ask principal(String name, Values values) {
        return plain(
                name,
                domains.principals(values),
                peer(),
                v -> !seen.peer().isEmpty() && ValueMatch.text(v, seen.peer()));
    }

    private Ask requestPrincipal(String name, Values values) {
        return http(name, values, seen.requestPrincipal(), v -> ValueMatch.requestPrincipal(v, seen));
    }

    private Ask account(String name, Values values) {
        String home = policy.metadata().namespace();
        return plain(name, values, peer(), v -> ValueMatch.serviceAccount(v, home, seen.peer()));
    }

    private Ask namespace(String name, Values values) {
        return plain(name, values, peer(), v -> ValueMatch.namespace(v, seen.peer()));
    }

    private Ask trustDomain(String name, Values values) {
        return plain(name, domains.domains(values), peer(), v -> ValueMatch.trustDomain(v, seen.peer()));
    }

    private static Ask address(String name, Values values, String actual) {
        String text = actual.isEmpty() ? "an address that is not known" : actual;
        return plain(name, values, text, v -> ValueMatch.within(v, actual));
    }

    private Ask port(String name, Values values) {
        return plain(name, values, Integer.toString(seen.port()), v -> v.equals(Integer.toString(seen.port())));
    }

    private static Ask plain(String name, Values values, String actual, Predicate<String> test) {
        return new Ask(name, values, actual, false, test);
    }

    private static Ask http(String name, Values values, String actual, Predicate<String> test) {
        return new Ask(name, values, shown(actual), true, test);
    }

    private String peer() {
        return seen.peer().isEmpty() ? "a client without identity" : seen.peer();
    }

    private static String shown(String actual) {
        return "'" + actual + "'";
    }
}
