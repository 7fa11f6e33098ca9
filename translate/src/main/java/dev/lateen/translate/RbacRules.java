package dev.lateen.translate;

import dev.lateen.model.istio.AuthorizationPolicy;
import dev.lateen.model.istio.AuthorizationPolicy.Action;
import dev.lateen.model.istio.AuthorizationPolicy.Condition;
import dev.lateen.model.istio.AuthorizationPolicy.Operation;
import dev.lateen.model.istio.AuthorizationPolicy.Rule;
import dev.lateen.model.istio.AuthorizationPolicy.Source;
import dev.lateen.model.istio.AuthorizationPolicy.Values;
import io.envoyproxy.envoy.config.rbac.v3.Permission;
import io.envoyproxy.envoy.config.rbac.v3.Policy;
import io.envoyproxy.envoy.config.rbac.v3.Principal;
import io.envoyproxy.envoy.type.matcher.v3.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// One rule of an authorization policy as Envoy's RBAC has it. On plain TCP, what only HTTP has cannot be checked:
/// there a rule that allows falls away whole, while a rule that denies keeps its other parts, so that both err to the
/// safe side.
final class RbacRules {
    private static final Permission ANY = Permission.newBuilder().setAny(true).build();
    private static final Principal ANYBODY = Principal.newBuilder().setAny(true).build();

    private final boolean http;
    private final List<String> trustDomains;
    private boolean uncheckable;

    /// @param trustDomains of this mesh, with aliases
    RbacRules(boolean http, List<String> trustDomains) {
        this.http = http;
        this.trustDomains = trustDomains;
    }

    static Policy never() {
        return Policy.newBuilder()
                .addPermissions(Permission.newBuilder().setNotRule(ANY))
                .addPrincipals(Principal.newBuilder().setNotId(ANYBODY))
                .build();
    }

    /// Empty where the rule cannot be checked and must not allow anything.
    Optional<Policy> of(AuthorizationPolicy policy, Rule rule) {
        uncheckable = false;
        String namespace = policy.metadata().namespace();
        Policy.Builder to = Policy.newBuilder();
        for (Operation operation : rule.to().isEmpty() ? List.of(none()) : rule.to()) {
            to.addPermissions(permission(operation, rule.when()));
        }
        for (Source source : rule.from().isEmpty() ? List.of(anyone()) : rule.from()) {
            to.addPrincipals(principal(source, rule.when(), namespace));
        }
        return uncheckable && policy.action() == Action.ALLOW ? Optional.empty() : Optional.of(to.build());
    }

    private static Operation none() {
        return new Operation(Values.ANY, Values.ANY, Values.ANY, Values.ANY);
    }

    private static Source anyone() {
        return new Source(Values.ANY, Values.ANY, Values.ANY, Values.ANY, Values.ANY, Values.ANY, Values.ANY);
    }

    private Permission permission(Operation operation, List<Condition> conditions) {
        List<Permission> all = new ArrayList<>();
        addHttp(all, operation.hosts(), v -> header(":authority", v));
        addHttp(all, operation.methods(), v -> header(":method", v));
        addHttp(all, operation.paths(), RbacRules::path);
        add(all, operation.ports(), RbacRules::port);
        for (Condition condition : conditions) {
            switch (condition.key()) {
                case "destination.ip" -> add(all, condition.values(), RbacRules::destination);
                case "destination.port" -> add(all, condition.values(), RbacRules::port);
                case "connection.sni" ->
                    add(
                            all,
                            condition.values(),
                            v -> Permission.newBuilder()
                                    .setRequestedServerName(RbacValues.text(v))
                                    .build());
                default -> {}
            }
        }
        Permission.Set.Builder set = Permission.Set.newBuilder();
        if (all.isEmpty()) {
            set.addRules(ANY);
        }
        return Permission.newBuilder().setAndRules(set.addAllRules(all)).build();
    }

    private static Permission header(String name, String value) {
        return Permission.newBuilder().setHeader(RbacValues.header(name, value)).build();
    }

    private static Permission path(String value) {
        return Permission.newBuilder()
                .setUrlPath(PathMatcher.newBuilder().setPath(RbacValues.text(value)))
                .build();
    }

    private static Permission port(String value) {
        return Permission.newBuilder()
                .setDestinationPort(Integer.parseInt(value))
                .build();
    }

    private static Permission destination(String value) {
        return Permission.newBuilder().setDestinationIp(TcpChains.cidr(value)).build();
    }

    private void addHttp(List<Permission> all, Values values, Function<String, Permission> make) {
        if (http) {
            add(all, values, make);
        } else {
            uncheckable |= !values.isEmpty();
        }
    }

    private static void add(List<Permission> all, Values values, Function<String, Permission> make) {
        if (!values.in().isEmpty()) {
            all.add(any(values.in(), make));
        }
        if (!values.notIn().isEmpty()) {
            all.add(Permission.newBuilder()
                    .setNotRule(any(values.notIn(), make))
                    .build());
        }
    }

    private static Permission any(List<String> values, Function<String, Permission> make) {
        Permission.Set.Builder set = Permission.Set.newBuilder();
        values.forEach(v -> set.addRules(make.apply(v)));
        return Permission.newBuilder().setOrRules(set).build();
    }

    private Principal principal(Source source, List<Condition> conditions, String namespace) {
        List<Principal> all = new ArrayList<>();
        addId(all, aliased(source.principals()), RbacValues::principal);
        addHttpId(all, source.requestPrincipals(), RbacValues::requestPrincipal);
        addId(all, source.namespaces(), RbacValues::namespace);
        addId(all, source.serviceAccounts(), v -> RbacValues.serviceAccount(v, namespace));
        addId(all, source.trustDomains(), RbacValues::trustDomain);
        addId(all, source.remoteIpBlocks(), RbacRules::remote);
        addId(all, source.ipBlocks(), RbacRules::direct);
        for (Condition condition : conditions) {
            condition(all, condition, namespace);
        }
        Principal.Set.Builder set = Principal.Set.newBuilder();
        if (all.isEmpty()) {
            set.addIds(ANYBODY);
        }
        return Principal.newBuilder().setAndIds(set.addAllIds(all)).build();
    }

    private void condition(List<Principal> all, Condition condition, String namespace) {
        String key = condition.key();
        Values values = condition.values();
        if (key.startsWith("request.headers[")) {
            String name = key.substring("request.headers[".length(), key.length() - 1);
            addHttpId(
                    all,
                    values,
                    v -> Principal.newBuilder()
                            .setHeader(RbacValues.header(name, v))
                            .build());
            return;
        }
        if (key.startsWith("request.auth.claims[")) {
            List<String> path = new ArrayList<>(List.of("payload"));
            for (String part : key.substring("request.auth.claims[".length(), key.length() - 1)
                    .split("]\\[")) {
                path.add(part);
            }
            addHttpId(all, values, v -> RbacValues.claim(path, v));
            return;
        }
        switch (key) {
            case "source.ip" -> addId(all, values, RbacRules::direct);
            case "remote.ip" -> addId(all, values, RbacRules::remote);
            case "source.namespace" -> addId(all, values, RbacValues::namespace);
            case "source.principal" -> addId(all, aliased(values), RbacValues::principal);
            case "source.serviceAccount" -> addId(all, values, v -> RbacValues.serviceAccount(v, namespace));
            case "request.auth.principal" -> addHttpId(all, values, RbacValues::requestPrincipal);
            case "request.auth.audiences" ->
                addHttpId(all, values, v -> RbacValues.claim(List.of("payload", "aud"), v));
            case "request.auth.presenter" ->
                addHttpId(all, values, v -> RbacValues.claim(List.of("payload", "azp"), v));
            case "destination.ip", "destination.port", "connection.sni" -> {}
            // What is not understood must not widen what is allowed.
            default -> uncheckable = true;
        }
    }

    private static Principal direct(String value) {
        return Principal.newBuilder().setDirectRemoteIp(TcpChains.cidr(value)).build();
    }

    private static Principal remote(String value) {
        return Principal.newBuilder().setRemoteIp(TcpChains.cidr(value)).build();
    }

    private void addHttpId(List<Principal> all, Values values, Function<String, Principal> make) {
        if (http) {
            addId(all, values, make);
        } else {
            uncheckable |= !values.isEmpty();
        }
    }

    private static void addId(List<Principal> all, Values values, Function<String, Principal> make) {
        if (!values.in().isEmpty()) {
            all.add(anyId(values.in(), make));
        }
        if (!values.notIn().isEmpty()) {
            all.add(Principal.newBuilder().setNotId(anyId(values.notIn(), make)).build());
        }
    }

    private static Principal anyId(List<String> values, Function<String, Principal> make) {
        Principal.Set.Builder set = Principal.Set.newBuilder();
        values.forEach(v -> set.addIds(make.apply(v)));
        return Principal.newBuilder().setOrIds(set).build();
    }

    /// A principal under one name of the mesh's trust domain stands for the same under all of them.
    private Values aliased(Values values) {
        return new Values(aliased(values.in()), aliased(values.notIn()));
    }

    private List<String> aliased(List<String> principals) {
        List<String> all = new ArrayList<>();
        for (String principal : principals) {
            int slash = principal.indexOf('/');
            boolean own = slash > 0 && trustDomains.contains(principal.substring(0, slash));
            if (own && trustDomains.size() > 1) {
                trustDomains.forEach(domain -> all.add(domain + principal.substring(slash)));
            } else {
                all.add(principal);
            }
        }
        return all;
    }
}
