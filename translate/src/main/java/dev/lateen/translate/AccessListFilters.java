package dev.lateen.translate;

import dev.lateen.model.istio.AuthorizationPolicy.Values;
import dev.lateen.model.mesh.MeshConfig;
import dev.lateen.model.mesh.MeshSnapshot.Policies;
import dev.lateen.model.mesh.TrustDomains;
import dev.lateen.model.policy.AccessList;
import dev.lateen.model.policy.AccessList.Header;
import dev.lateen.model.policy.AccessList.Members;
import dev.lateen.translate.policy.ProxyPolicies;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.rbac.v3.Permission;
import io.envoyproxy.envoy.config.rbac.v3.Policy;
import io.envoyproxy.envoy.config.rbac.v3.Principal;
import io.envoyproxy.envoy.config.rbac.v3.RBAC;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Access lists as filters: those that refuse first, then those that let in. Lists may hold thousands of values, so
/// filters are made once for all proxies that the same lists are for.
///
/// Thread: control loop.
// Identity is the point: a part of a snapshot that is the same instance has not changed.
@SuppressWarnings("ReferenceEquality")
final class AccessListFilters {
    private static final String PREFIX = "lateen_access_list_";

    private final Map<List<String>, Made> made = new HashMap<>();
    private @Nullable Policies madeOf;
    private @Nullable MeshConfig madeFor;

    private record Made(List<HttpFilter> http, List<Filter> tcp) {}

    List<HttpFilter> http(Scene scene) {
        return of(scene).http();
    }

    List<Filter> tcp(Scene scene) {
        return of(scene).tcp();
    }

    private Made of(Scene scene) {
        if (madeOf != scene.snapshot().policies() || madeFor != scene.mesh()) {
            made.clear();
            madeOf = scene.snapshot().policies();
            madeFor = scene.mesh();
        }
        List<AccessList> lists =
                ProxyPolicies.of(scene.snapshot(), scene.node()).accessLists();
        List<String> names = lists.stream().map(list -> list.to().path()).toList();
        return made.computeIfAbsent(names, _ -> make(lists, TrustDomains.of(scene.mesh())));
    }

    private static Made make(List<AccessList> lists, TrustDomains domains) {
        List<HttpFilter> http = new ArrayList<>();
        List<Filter> tcp = new ArrayList<>();
        for (RBAC.Action action : List.of(RBAC.Action.DENY, RBAC.Action.ALLOW)) {
            List<AccessList> of = lists.stream()
                    .filter(list -> list.deny() == (action == RBAC.Action.DENY))
                    .toList();
            if (of.isEmpty()) {
                continue;
            }
            String prefix = PREFIX + (action == RBAC.Action.DENY ? "deny_" : "allow_");
            var ofRequests = RbacFilterConfigs.http().setShadowRulesStatPrefix(prefix);
            rules(of, action, false, true, domains).ifPresent(ofRequests::setRules);
            rules(of, action, true, true, domains).ifPresent(ofRequests::setShadowRules);
            http.add(Authorization.http(ofRequests.build()));
            var ofConnections = RbacFilterConfigs.tcp().setShadowRulesStatPrefix(prefix);
            rules(of, action, false, false, domains).ifPresent(ofConnections::setRules);
            rules(of, action, true, false, domains).ifPresent(ofConnections::setShadowRules);
            tcp.add(Authorization.tcp(ofConnections.build()));
        }
        return new Made(List.copyOf(http), List.copyOf(tcp));
    }

    /// Empty where no list is of this sort. A list without members lets nobody in, and refuses nobody.
    private static Optional<RBAC> rules(
            List<AccessList> lists, RBAC.Action action, boolean shadow, boolean http, TrustDomains domains) {
        RBAC.Builder rules = RBAC.newBuilder().setAction(action);
        boolean any = false;
        for (AccessList list : lists) {
            if (list.shadow() == shadow) {
                any = true;
                rules.putPolicies(name(list), policy(list.members(), http, domains));
            }
        }
        return any ? Optional.of(rules.build()) : Optional.empty();
    }

    private static String name(AccessList list) {
        return "ns[" + list.metadata().namespace() + "]-access-list["
                + list.metadata().name() + "]";
    }

    private static Policy policy(Members members, boolean http, TrustDomains domains) {
        Principal.Set.Builder any = Principal.Set.newBuilder();
        members.ipBlocks()
                .forEach(block -> any.addIds(Principal.newBuilder().setDirectRemoteIp(TcpChains.cidr(block))));
        members.remoteIpBlocks()
                .forEach(block -> any.addIds(Principal.newBuilder().setRemoteIp(TcpChains.cidr(block))));
        domains.principals(new Values(members.principals(), List.of()))
                .in()
                .forEach(principal -> any.addIds(RbacValues.principal(principal)));
        if (http) {
            for (Header header : members.headers()) {
                header.values().forEach(value -> any.addIds(RbacValues.headerOf(header.name(), value)));
            }
        }
        if (any.getIdsCount() == 0) {
            return RbacRules.never();
        }
        return Policy.newBuilder()
                .addPermissions(Permission.newBuilder().setAny(true))
                .addPrincipals(Principal.newBuilder().setOrIds(any))
                .build();
    }
}
