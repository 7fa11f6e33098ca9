package dev.lateen.control.status;

import dev.lateen.model.istio.DestinationRule;
import dev.lateen.model.istio.Gateway;
import dev.lateen.model.istio.HttpRoute;
import dev.lateen.model.istio.VirtualService;
import dev.lateen.model.mesh.MeshSnapshot;
import dev.lateen.model.mesh.ProxyNode;
import dev.lateen.model.mesh.ProxyScope;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.resource.ResourceKey;
import dev.lateen.model.tree.Position;
import dev.lateen.translate.policy.CarriedPolicies;
import dev.lateen.xds.EncodedResource;
import dev.lateen.xds.ResourceType;
import dev.lateen.xds.server.ProxyConnection;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/// Which proxies a resource concerns, for reports: routes and rules those whose own resources name them as where they
/// come from, gateways and policies those that they are for.
///
/// Limits: that is not known of other kinds and of gateways that were made for certain services.
///
/// Thread: any; one report.
public final class CarriedConfig {
    private static final List<ResourceType> NAMING =
            List.of(ResourceType.CLUSTER, ResourceType.LISTENER, ResourceType.ROUTE);
    private static final String NETWORKING = "networking.istio.io";
    private static final BitSet NOBODY = new BitSet(0);

    /// By resource, a bit for each proxy that it concerns.
    private final Map<ResourceKey, BitSet> carriers = new HashMap<>();

    private final Map<ProxyConnection, Integer> places = new HashMap<>();
    private final Set<ResourceKey> unknown = new HashSet<>();

    /// @param resources all that the proxies' own may come from
    public CarriedConfig(
            MeshSnapshot snapshot, Map<ProxyConnection, ProxyNode> proxies, Collection<RawResource> resources) {
        ResourceLines lines = new ResourceLines(resources);
        IdentityHashMap<Object, Set<ResourceKey>> byResource = new IdentityHashMap<>();
        Function<EncodedResource, Set<ResourceKey>> read = resource -> byResource.computeIfAbsent(resource, _ -> {
            Set<ResourceKey> named = new HashSet<>();
            for (Position place : Origins.all(resource)) {
                lines.at(place).ifPresent(named::add);
            }
            return named;
        });
        proxies.forEach((proxy, node) -> {
            int place = places.size();
            places.put(proxy, place);
            for (ResourceType type : NAMING) {
                for (EncodedResource given : proxy.resources().ofType(type).values()) {
                    read.apply(given).forEach(key -> carried(key, place));
                }
            }
            CarriedPolicies.of(snapshot, node).forEach(key -> carried(key, place));
            gateways(snapshot, place, node);
        });
        routes(snapshot);
        joinedRules(snapshot);
    }

    private void carried(ResourceKey key, int place) {
        carriers.computeIfAbsent(key, _ -> new BitSet()).set(place);
    }

    private void gateways(MeshSnapshot snapshot, int place, ProxyNode node) {
        for (Gateway gateway : snapshot.traffic().gateways()) {
            if (ProxyScope.servicesOf(gateway).isPresent()) {
                unknown.add(gateway.origin().resource());
            } else if (node.isRouter() && gateway.selector().matches(node.labels())) {
                carried(gateway.origin().resource(), place);
            }
        }
    }

    /// Of a route that delegates, proxies know where the delegate's own stands alone.
    private void routes(MeshSnapshot snapshot) {
        for (VirtualService root : snapshot.traffic().virtualServices()) {
            for (HttpRoute route : root.http()) {
                ResourceKey from = route.origin().resource();
                if (!from.equals(root.origin().resource())) {
                    addAll(root.origin().resource(), carriers.getOrDefault(from, NOBODY));
                }
            }
        }
    }

    /// Rules that are joined bear the eldest one's name.
    private void joinedRules(MeshSnapshot snapshot) {
        Map<String, List<ResourceKey>> byHost = new HashMap<>();
        for (DestinationRule rule : snapshot.traffic().destinationRules()) {
            byHost.computeIfAbsent(rule.metadata().namespace() + "/" + rule.host(), _ -> new ArrayList<>(1))
                    .add(rule.origin().resource());
        }
        for (List<ResourceKey> joined : byHost.values()) {
            BitSet all = new BitSet();
            joined.forEach(key -> all.or(carriers.getOrDefault(key, NOBODY)));
            joined.forEach(key -> addAll(key, all));
        }
    }

    private void addAll(ResourceKey key, BitSet more) {
        if (!more.isEmpty()) {
            carriers.computeIfAbsent(key, _ -> new BitSet()).or(more);
        }
    }

    /// Whether it is known which proxies a resource concerns.
    public boolean knows(ResourceKey key) {
        boolean named = key.group().equals(NETWORKING)
                && Set.of("VirtualService", "DestinationRule", "Gateway").contains(key.kind());
        return (named || CarriedPolicies.isPolicy(key)) && !unknown.contains(key);
    }

    /// Whether a resource concerns the proxy, as far as is known.
    public boolean concerns(ResourceKey key, ProxyConnection proxy) {
        Integer place = places.get(proxy);
        return place != null && carriers.getOrDefault(key, NOBODY).get(place);
    }
}
