package dev.lateen.e2e.policy;

import dev.lateen.e2e.policy.WrittenPolicy.Rule;
import dev.lateen.e2e.policy.WrittenPolicy.When;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// Policies and callers out of one small vocabulary, so that they meet.
final class Generator {
    private static final List<String> DOMAINS = List.of("new.example", "old.example", "cluster.local", "far.test");
    private static final List<String> NAMESPACES = List.of("default", "other", "istio-system");
    private static final List<String> ACCOUNTS = List.of("stock", "shop", "stock-2");
    private static final List<String> ADDRESSES =
            List.of("10.1.0.1", "10.1.200.7", "192.0.2.9", "2001:db8::1", "2001:db8:1::1");
    private static final List<String> BLOCKS = List.of(
            "10.1.0.1", "10.1.0.0/16", "10.0.0.0/8", "192.0.2.8/29", "0.0.0.0/0", "2001:db8::/32", "2001:db8::1");
    private static final List<String> PRINCIPALS = List.of(
            "*",
            "new.example/ns/default/sa/stock",
            "old.example/ns/other/sa/shop",
            "cluster.local/ns/default/sa/stock",
            "far.test/ns/default/sa/stock",
            "*/ns/default/sa/shop",
            "*.example/ns/default/sa/stock",
            "*/sa/stock",
            "new.example/*",
            "new.example/ns/default/*",
            "new.example/ns/default/sa/s*",
            "*stock");
    private static final List<String> TOKENS = List.of(
            "*", "https://a.test/ann", "https://a.test/*", "*/ann", "https://b.test/bob", "https://a.test/a*", "*bob");
    private static final Map<String, List<String>> SOURCES = Map.of(
            "principals", PRINCIPALS,
            "requestPrincipals", TOKENS,
            "namespaces", List.of("default", "other", "ot*", "*system", "*"),
            "ipBlocks", BLOCKS,
            "remoteIpBlocks", BLOCKS);
    private static final Map<String, List<String>> ACCOUNT_SOURCES =
            Map.of("serviceAccounts", List.of("stock", "other/shop", "default/stock"), "ipBlocks", BLOCKS);
    private static final Map<String, List<String>> OPERATIONS = Map.of(
            "hosts", List.of("shop.test", "SHOP.test", "*.test", "shop*", "*"),
            "ports", List.of("8080", "7000", "9"),
            "methods", List.of("GET", "POST", "P*", "*T", "*"),
            "paths", List.of("/a", "/a/*", "*/c", "*", "/{*}/b", "/a/{**}", "/a/{*}/c", "/{*}/b/{**}", "/a.b"));
    private static final Map<String, List<String>> CONDITIONS = Map.ofEntries(
            Map.entry("request.headers[x-a]", List.of("one", "t*", "*ee", "*")),
            Map.entry("request.headers[x-b]", List.of("one", "*")),
            Map.entry("source.ip", BLOCKS),
            Map.entry("remote.ip", BLOCKS),
            Map.entry("source.namespace", List.of("default", "o*")),
            Map.entry("source.principal", PRINCIPALS),
            Map.entry("source.serviceAccount", List.of("stock", "other/shop")),
            Map.entry("request.auth.principal", TOKENS),
            Map.entry("request.auth.audiences", List.of("x", "y*", "*")),
            Map.entry("request.auth.presenter", List.of("app", "*")),
            Map.entry("request.auth.claims[groups]", List.of("admin", "us*", "*")),
            Map.entry("request.auth.claims[org][team]", List.of("red", "*e")),
            Map.entry("destination.ip", BLOCKS),
            Map.entry("destination.port", List.of("8080", "7000")),
            Map.entry("connection.sni", List.of("shop.test", "*.test", "outbound*", "*")));

    private final RandomGenerator random;

    Generator(RandomGenerator random) {
        this.random = random;
    }

    List<WrittenPolicy> policies() {
        List<WrittenPolicy> all = new ArrayList<>();
        int count = 1 + random.nextInt(3);
        for (int i = 0; i < count; i++) {
            String action = one(List.of("ALLOW", "ALLOW", "DENY", "AUDIT"));
            all.add(new WrittenPolicy(
                    one(List.of("default", "default", "istio-system", "other")),
                    "p" + i,
                    random.nextInt(8) != 0,
                    // Audits cannot be tried.
                    !action.equals("AUDIT") && random.nextInt(8) == 0,
                    action,
                    rules(action.equals("ALLOW") ? 0 : 1)));
        }
        return all;
    }

    private List<Rule> rules(int least) {
        List<Rule> rules = new ArrayList<>();
        int count = Math.max(least, random.nextInt(4));
        for (int i = 0; i < count; i++) {
            List<Map<String, List<String>>> from = new ArrayList<>();
            for (int n = random.nextInt(3); n > 0; n--) {
                // Accounts exclude principals and namespaces.
                from.add(fields(random.nextInt(5) == 0 ? ACCOUNT_SOURCES : SOURCES, 2));
            }
            List<Map<String, List<String>>> to = new ArrayList<>();
            for (int n = random.nextInt(3); n > 0; n--) {
                to.add(fields(OPERATIONS, 2));
            }
            rules.add(new Rule(from, to, conditions(from.isEmpty() && to.isEmpty() ? 1 : 0)));
        }
        return rules;
    }

    private Map<String, List<String>> fields(Map<String, List<String>> known, int most) {
        List<String> names = known.keySet().stream().sorted().toList();
        Map<String, List<String>> fields = new LinkedHashMap<>();
        for (int n = 1 + random.nextInt(most); n > 0; n--) {
            String name = one(names);
            boolean not = random.nextInt(4) == 0;
            fields.put(
                    not ? "not" + Character.toUpperCase(name.charAt(0)) + name.substring(1) : name,
                    some(known.get(name)));
        }
        return fields;
    }

    private List<When> conditions(int least) {
        List<String> keys = CONDITIONS.keySet().stream().sorted().toList();
        List<When> conditions = new ArrayList<>();
        for (int n = Math.max(least, random.nextInt(3) - 1); n > 0; n--) {
            String key = one(keys);
            boolean not = random.nextInt(3) == 0;
            conditions.add(new When(
                    key,
                    not && random.nextBoolean() ? List.of() : some(CONDITIONS.get(key)),
                    not ? some(CONDITIONS.get(key)) : List.of()));
        }
        return conditions;
    }

    Caller caller() {
        String peer = one(DOMAINS) + "/ns/" + one(NAMESPACES) + "/sa/" + one(ACCOUNTS);
        Map<String, String> headers = new LinkedHashMap<>();
        if (random.nextBoolean()) {
            headers.put("x-a", one(List.of("one", "two", "three")));
        }
        if (random.nextInt(4) == 0) {
            headers.put("x-b", one(List.of("one", "two")));
        }
        return new Caller(
                random.nextInt(5) != 0,
                random.nextInt(6) == 0 ? Optional.empty() : Optional.of(peer),
                random.nextInt(3) == 0 ? Map.of() : claims(),
                one(ADDRESSES),
                one(ADDRESSES),
                one(ADDRESSES),
                one(List.of(8080, 7000)),
                one(List.of("", "shop.test", "outbound_.80_._.shop")),
                one(List.of("GET", "POST", "PUT", "get")),
                one(List.of("shop.test", "Shop.TEST", "shop", "a.test", "shop.test:80")),
                one(List.of("/a", "/a/b", "/a/b/c", "/x/b", "/x/b/c/d", "/a/c", "/a?b=/c", "/aXb", "/a.b", "/A")),
                headers);
    }

    private Map<String, Object> claims() {
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("iss", one(List.of("https://a.test", "https://b.test")));
        claims.put("sub", one(List.of("ann", "bob")));
        claims.put("aud", random.nextBoolean() ? one(List.of("x", "yy")) : List.of("x", "z"));
        if (random.nextBoolean()) {
            claims.put("azp", one(List.of("app", "web")));
            claims.put("groups", one(List.of(List.of("admin", "users"), List.of("users"), List.of())));
            claims.put("org", Map.of("team", one(List.of("red", "blue"))));
        }
        return claims;
    }

    private List<String> some(List<String> of) {
        List<String> chosen = new ArrayList<>();
        for (int n = 1 + random.nextInt(2); n > 0; n--) {
            String next = one(of);
            if (!chosen.contains(next)) {
                chosen.add(next);
            }
        }
        return chosen;
    }

    private <T> T one(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }
}
