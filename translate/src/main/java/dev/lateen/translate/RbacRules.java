package dev.lateen.translate;

import dev.lateen.model.istio.AuthorizationPolicy;
import dev.lateen.model.istio.AuthorizationPolicy.Action;
import dev.lateen.model.istio.AuthorizationPolicy.Condition;
import dev.lateen.model.istio.AuthorizationPolicy.Operation;
import dev.lateen.model.istio.AuthorizationPolicy.Rule;
import dev.lateen.model.istio.AuthorizationPolicy.Source;
import dev.lateen.model.istio.AuthorizationPolicy.Values;
import dev.lateen.model.mesh.TrustDomains;
import io.envoyproxy.envoy.config.rbac.v3.Permission;
import io.envoyproxy.envoy.config.rbac.v3.Policy;
import io.envoyproxy.envoy.config.rbac.v3.Principal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// One rule of an authorization policy as Envoy's RBAC has it. On plain TCP, what only HTTP has cannot be checked:
/// there a rule that allows falls away whole, while a rule of another action keeps its other parts, so that both err
/// to the safe side.
final class RbacRules {
    private static final Permission ANY = Permission.newBuilder().setAny(true).build();
    private static final Principal ANYBODY = Principal.newBuilder().setAny(true).build();
    private static final String FILTERS = "experimental.";

    private final boolean http;
    private final TrustDomains domains;
    private boolean uncheckable;

    RbacRules(boolean http, TrustDomains domains) {
        this.http = http;
        this.domains = domains;
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
        addHttp(all, operation.paths(), RbacValues::path);
        add(all, operation.ports(), RbacRules::port);
        for (Condition condition : conditions) {
            permission(all, condition.key(), condition.values());
        }
        Permission.Set.Builder set = Permission.Set.newBuilder();
        if (all.isEmpty()) {
            set.addRules(ANY);
        }
        return Permission.newBuilder().setAndRules(set.addAllRules(all)).build();
    }

    /// A condition about what is asked for; those about who asks are left to `principal`.
    private static void permission(List<Permission> all, String key, Values values) {
        if (key.startsWith(FILTERS)) {
            List<String> path = RbacValues.path(key.substring(FILTERS.length()), 0);
            addOne(all, values, list -> RbacValues.filterMetadata(path, list));
            return;
        }
        switch (key) {
            case "destination.ip" -> add(all, values, RbacRules::destination);
            case "destination.port" -> add(all, values, RbacRules::port);
            case "connection.sni" ->
                add(
                        all,
                        values,
                        v -> Permission.newBuilder()
                                .setRequestedServerName(RbacValues.text(v))
                                .build());
            default -> {}
        }
    }

    private static Permission header(String name, String value) {
        return Permission.newBuilder().setHeader(RbacValues.header(name, value)).build();
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
        addOne(all, values, list -> {
            Permission.Set.Builder set = Permission.Set.newBuilder();
            list.forEach(v -> set.addRules(make.apply(v)));
            return Permission.newBuilder().setOrRules(set).build();
        });
    }

    /// @param make one test for any of the values
    private static void addOne(List<Permission> all, Values values, Function<List<String>, Permission> make) {
        if (!values.in().isEmpty()) {
            all.add(make.apply(values.in()));
        }
        if (!values.notIn().isEmpty()) {
            all.add(Permission.newBuilder()
                    .setNotRule(make.apply(values.notIn()))
                    .build());
        }
    }

    private Principal principal(Source source, List<Condition> conditions, String namespace) {
        List<Principal> all = new ArrayList<>();
        addId(all, domains.principals(source.principals()), RbacValues::principal);
        addHttpId(all, source.requestPrincipals(), RbacValues::requestPrincipals);
        addId(all, source.serviceAccounts(), v -> RbacValues.serviceAccount(v, namespace));
        addId(all, source.namespaces(), RbacValues::namespace);
        addId(all, domains.domains(source.trustDomains()), RbacValues::trustDomain);
        addId(all, source.remoteIpBlocks(), RbacRules::remote);
        addId(all, source.ipBlocks(), RbacRules::direct);
        for (Condition condition : conditions) {
            principal(all, condition, namespace);
        }
        Principal.Set.Builder set = Principal.Set.newBuilder();
        if (all.isEmpty()) {
            set.addIds(ANYBODY);
        }
        return Principal.newBuilder().setAndIds(set.addAllIds(all)).build();
    }

    private void principal(List<Principal> all, Condition condition, String namespace) {
        String key = condition.key();
        Values values = condition.values();
        if (key.startsWith("request.headers[")) {
            String name = key.substring("request.headers[".length(), key.length() - 1);
            addHttpId(all, values, list -> anyId(list, v -> RbacValues.headerOf(name, v)));
            return;
        }
        if (key.startsWith("request.auth.claims[")) {
            List<String> path = RbacValues.path(key, "request.auth.claims".length());
            addHttpId(all, values, list -> RbacValues.claim(path, list));
            return;
        }
        if (key.startsWith(FILTERS)) {
            return;
        }
        switch (key) {
            case "source.ip" -> addId(all, values, RbacRules::direct);
            case "remote.ip" -> addId(all, values, RbacRules::remote);
            case "source.namespace" -> addId(all, values, RbacValues::namespace);
            case "source.principal" -> addId(all, domains.principals(values), RbacValues::principal);
            case "source.trustDomain" -> addId(all, domains.domains(values), RbacValues::trustDomain);
            case "source.serviceAccount" -> addId(all, values, v -> RbacValues.serviceAccount(v, namespace));
            case "request.auth.principal" -> addHttpId(all, values, RbacValues::requestPrincipals);
            case "request.auth.audiences" -> addHttpId(all, values, list -> RbacValues.claim(List.of("aud"), list));
            case "request.auth.presenter" -> addHttpId(all, values, list -> RbacValues.claim(List.of("azp"), list));
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

    /// @param make one test for any of the values
    private void addHttpId(List<Principal> all, Values values, Function<List<String>, Principal> make) {
        if (http) {
            addOneId(all, values, make);
        } else {
            uncheckable |= !values.isEmpty();
        }
    }

    private static void addId(List<Principal> all, Values values, Function<String, Principal> make) {
        addOneId(all, values, list -> anyId(list, make));
    }

    private static void addOneId(List<Principal> all, Values values, Function<List<String>, Principal> make) {
        if (!values.in().isEmpty()) {
            all.add(make.apply(values.in()));
        }
        if (!values.notIn().isEmpty()) {
            all.add(Principal.newBuilder().setNotId(make.apply(values.notIn())).build());
        }
    }

    static Principal anyId(List<String> values, Function<String, Principal> make) {
        Principal.Set.Builder set = Principal.Set.newBuilder();
        values.forEach(v -> set.addIds(make.apply(v)));
        return Principal.newBuilder().setOrIds(set).build();
    }
}
