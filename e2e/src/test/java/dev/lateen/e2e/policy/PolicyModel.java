package dev.lateen.e2e.policy;

import dev.lateen.e2e.policy.WrittenPolicy.Rule;
import dev.lateen.e2e.policy.WrittenPolicy.When;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// What a workload's policies say about a caller, by the words of Istio's reference and nothing else: refused where a
/// policy denies; then let through where none allows anything, or where one that allows matches.
///
/// @param namespace of the workload
/// @param root namespace of policies that hold everywhere
/// @param domains the mesh's trust domain and its aliases
record PolicyModel(String namespace, String root, List<String> domains) {
    private static final Set<String> HTTP_FIELDS = Set.of("requestPrincipals", "hosts", "methods", "paths");

    boolean allows(List<WrittenPolicy> policies, Caller caller) {
        List<WrittenPolicy> held = policies.stream()
                .filter(p -> p.selects() && !p.dryRun())
                .filter(p -> p.namespace().equals(namespace) || p.namespace().equals(root))
                .toList();
        if (held.stream().filter(p -> p.action().equals("DENY")).anyMatch(p -> matches(p, caller))) {
            return false;
        }
        List<WrittenPolicy> allowing =
                held.stream().filter(p -> p.action().equals("ALLOW")).toList();
        return allowing.isEmpty() || allowing.stream().anyMatch(p -> matches(p, caller));
    }

    private boolean matches(WrittenPolicy policy, Caller caller) {
        return policy.rules().stream().anyMatch(rule -> matches(policy, rule, caller));
    }

    private boolean matches(WrittenPolicy policy, Rule rule, Caller caller) {
        if (!caller.http() && policy.action().equals("ALLOW") && asksForHttp(rule)) {
            return false;
        }
        return (rule.from().isEmpty() || rule.from().stream().anyMatch(s -> allFields(policy, s, caller)))
                && (rule.to().isEmpty() || rule.to().stream().anyMatch(o -> allFields(policy, o, caller)))
                && rule.when().stream().allMatch(w -> matches(policy, w, caller));
    }

    private static boolean asksForHttp(Rule rule) {
        return rule.from().stream().anyMatch(PolicyModel::hasHttpField)
                || rule.to().stream().anyMatch(PolicyModel::hasHttpField)
                || rule.when().stream().anyMatch(w -> w.key().startsWith("request."));
    }

    private static boolean hasHttpField(Map<String, List<String>> fields) {
        return fields.keySet().stream().anyMatch(name -> HTTP_FIELDS.contains(positive(name)));
    }

    private static boolean isNot(String field) {
        return field.startsWith("not");
    }

    private static String positive(String field) {
        return isNot(field) ? field.substring(3, 4).toLowerCase(Locale.ROOT) + field.substring(4) : field;
    }

    private boolean allFields(WrittenPolicy policy, Map<String, List<String>> fields, Caller caller) {
        return fields.entrySet().stream()
                .allMatch(e -> !caller.http() && HTTP_FIELDS.contains(positive(e.getKey()))
                        || e.getValue().stream().anyMatch(v -> field(policy, positive(e.getKey()), v, caller))
                                != isNot(e.getKey()));
    }

    private boolean matches(WrittenPolicy policy, When when, Caller caller) {
        if (!caller.http() && when.key().startsWith("request.")) {
            return true;
        }
        return (when.values().isEmpty() || when.values().stream().anyMatch(v -> key(policy, when.key(), v, caller)))
                && when.notValues().stream().noneMatch(v -> key(policy, when.key(), v, caller));
    }

    private boolean field(WrittenPolicy policy, String field, String value, Caller caller) {
        return switch (field) {
            case "principals" -> principal(value, caller);
            case "requestPrincipals" -> requestPrincipal(value, caller);
            case "namespaces" -> part(caller, 2).filter(ns -> text(value, ns)).isPresent();
            case "serviceAccounts" -> account(policy, value, caller);
            case "trustDomains" -> trustDomain(value, caller);
            case "ipBlocks" -> within(value, caller.direct());
            case "remoteIpBlocks" -> within(value, caller.remote());
            case "hosts" -> text(value.toLowerCase(Locale.ROOT), caller.host().toLowerCase(Locale.ROOT));
            case "ports" -> Integer.parseInt(value) == caller.port();
            case "methods" -> text(value, caller.method());
            case "paths" -> path(value, caller.path());
            default -> throw new AssertionError(field);
        };
    }

    private boolean key(WrittenPolicy policy, String key, String value, Caller caller) {
        if (key.startsWith("request.headers[")) {
            String name = key.substring(16, key.length() - 1);
            return caller.headers().containsKey(name)
                    && (value.equals("*") || text(value, caller.headers().get(name)));
        }
        if (key.startsWith("request.auth.claims[")) {
            return claim(List.of(key.substring(20, key.length() - 1).split("]\\[")), value, caller);
        }
        return switch (key) {
            case "source.ip" -> within(value, caller.direct());
            case "remote.ip" -> within(value, caller.remote());
            case "source.namespace" -> field(policy, "namespaces", value, caller);
            case "source.principal" -> principal(value, caller);
            case "source.serviceAccount" -> account(policy, value, caller);
            case "request.auth.principal" -> requestPrincipal(value, caller);
            case "request.auth.audiences" -> claim(List.of("aud"), value, caller);
            case "request.auth.presenter" -> claim(List.of("azp"), value, caller);
            case "destination.ip" -> within(value, caller.destination());
            case "destination.port" -> Integer.parseInt(value) == caller.port();
            case "connection.sni" -> text(value, caller.sni());
            default -> throw new AssertionError(key);
        };
    }

    /// Exact, or with `*` at one end; `*` alone wants any text but the empty one.
    private static boolean text(String pattern, String text) {
        if (pattern.equals("*")) {
            return !text.isEmpty();
        }
        if (pattern.startsWith("*")) {
            return text.endsWith(pattern.substring(1));
        }
        return pattern.endsWith("*")
                ? text.startsWith(pattern.substring(0, pattern.length() - 1))
                : text.equals(pattern);
    }

    /// Of `domain/ns/namespace/sa/account`.
    private static Optional<String> part(Caller caller, int index) {
        return caller.peer().map(peer -> peer.split("/")[index]);
    }

    /// A name of the mesh's own trust domain, or `cluster.local`, stands for all names of it.
    private boolean principal(String value, Caller caller) {
        String[] parts = value.split("/");
        boolean namesDomain = parts.length == 5 && !parts[0].equals("*");
        if (!namesDomain) {
            return caller.peer().filter(peer -> text(value, peer)).isPresent();
        }
        boolean own = parts[0].equals("cluster.local") || domains.stream().anyMatch(d -> text(parts[0], d));
        String rest = String.join("/", Arrays.asList(parts).subList(1, 5));
        return caller.peer()
                .filter(peer -> {
                    int slash = peer.indexOf('/');
                    String domain = peer.substring(0, slash);
                    boolean sameDomain = own
                            ? domains.contains(domain) || parts[0].startsWith("*") && text(parts[0], domain)
                            : text(parts[0], domain);
                    return sameDomain && text(rest, peer.substring(slash + 1));
                })
                .isPresent();
    }

    private boolean trustDomain(String value, Caller caller) {
        return part(caller, 0)
                .filter(d -> text(value, d) || domains.contains(value) && domains.contains(d))
                .isPresent();
    }

    private static boolean account(WrittenPolicy policy, String value, Caller caller) {
        String whole = value.contains("/") ? value : policy.namespace() + "/" + value;
        return part(caller, 2)
                .filter(ns -> whole.equals(ns + "/" + part(caller, 4).orElseThrow()))
                .isPresent();
    }

    private static boolean requestPrincipal(String value, Caller caller) {
        return caller.claim("iss")
                .flatMap(iss -> caller.claim("sub").map(sub -> iss + "/" + sub))
                .filter(principal -> text(value, principal))
                .isPresent();
    }

    private static boolean claim(List<String> path, String value, Caller caller) {
        return caller.claimValues(path).stream().anyMatch(v -> text(value, v));
    }

    /// Without the query. `{*}` is one segment, `{**}` any rest.
    private static boolean path(String value, String path) {
        int query = path.indexOf('?');
        String plain = query < 0 ? path : path.substring(0, query);
        if (!value.contains("{")) {
            return text(value, plain);
        }
        StringBuilder regex = new StringBuilder();
        for (String segment : value.substring(1).split("/")) {
            regex.append('/')
                    .append(
                            switch (segment) {
                                case "{*}" -> "[^/]+";
                                case "{**}" -> ".*";
                                default -> Pattern.quote(segment);
                            });
        }
        return plain.matches(regex.toString());
    }

    private static boolean within(String block, String address) {
        String[] parts = block.split("/");
        byte[] net = bytes(parts[0]);
        byte[] own = bytes(address);
        if (net.length != own.length) {
            return false;
        }
        int bits = net.length * 8;
        int free = bits - (parts.length == 1 ? bits : Integer.parseInt(parts[1]));
        return new BigInteger(1, net).shiftRight(free).equals(new BigInteger(1, own).shiftRight(free));
    }

    private static byte[] bytes(String address) {
        try {
            return InetAddress.getByName(address).getAddress();
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }
}
