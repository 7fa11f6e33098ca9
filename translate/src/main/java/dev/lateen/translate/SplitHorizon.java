package dev.lateen.translate;

import dev.lateen.model.mesh.Endpoint;
import dev.lateen.model.mesh.NetworkGateway;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/// Endpoints as a proxy of one network reaches them: those of other networks through these networks' gateways, which
/// stand for as much as all that is behind them. Only mutual TLS gets through, since gateways tell connections apart by
/// its server name.
///
/// Source: Istio, "Split Horizon EDS". Thread: any.
final class SplitHorizon {
    private final List<NetworkGateway> gateways;
    private final NetworkView view;
    private final Predicate<Endpoint> reachable;
    private final int scale;

    /// @param reachable whether an address is one that the proxy can call
    SplitHorizon(Scene scene, Predicate<Endpoint> reachable) {
        this.gateways = scene.snapshot().networkGateways();
        this.view = NetworkView.of(scene.node());
        this.reachable = reachable;
        this.scale = scale(gateways);
    }

    /// An endpoint and whether it is called by mutual TLS.
    record Seen(Endpoint endpoint, boolean mutual) {}

    /// Whether there is more than one network to tell apart.
    boolean isDivided() {
        return !gateways.isEmpty();
    }

    boolean takes(Endpoint endpoint) {
        return view.sees(endpoint) && (isDivided() || reachable.test(endpoint));
    }

    /// @param all of one locality and port
    List<Seen> of(List<Endpoint> all, Predicate<Endpoint> mutual) {
        List<Seen> seen = new ArrayList<>(all.size());
        Map<NetworkGateway, Integer> weights = new TreeMap<>();
        for (Endpoint endpoint : all) {
            int weight = Math.multiplyExact(Math.max(1, endpoint.weight()), scale);
            List<NetworkGateway> through =
                    view.isWithin(endpoint.network()) ? List.of() : into(endpoint.network(), endpoint.clusterId());
            boolean takesMutual = mutual.test(endpoint);
            if (through.isEmpty()) {
                if (reachable.test(endpoint)) {
                    seen.add(new Seen(scale == 1 ? endpoint : endpoint.weighing(weight), takesMutual));
                }
            } else if (takesMutual) {
                through.forEach(gateway -> weights.merge(gateway, weight / through.size(), Integer::sum));
            }
        }
        weights.forEach((gateway, weight) -> seen.add(new Seen(standIn(all.getFirst(), gateway, weight), true)));
        return seen;
    }

    private List<NetworkGateway> into(String network, String clusterId) {
        List<NetworkGateway> all =
                gateways.stream().filter(g -> g.network().equals(network)).toList();
        List<NetworkGateway> own =
                all.stream().filter(g -> g.clusterId().equals(clusterId)).toList();
        return own.isEmpty() ? all : own;
    }

    private static Endpoint standIn(Endpoint like, NetworkGateway gateway, int weight) {
        return new Endpoint(
                List.of(gateway.address()),
                gateway.port(),
                like.servicePort(),
                weight,
                "istio",
                Endpoint.Health.HEALTHY,
                like.locality(),
                gateway.network(),
                gateway.clusterId(),
                Endpoint.Owner.NONE);
    }

    /// What makes every weight divisible by the number of gateways that may share it.
    private static int scale(List<NetworkGateway> gateways) {
        Map<String, Integer> counts = new HashMap<>();
        for (NetworkGateway gateway : gateways) {
            counts.merge(gateway.network(), 1, Integer::sum);
            counts.merge(gateway.network() + "\n" + gateway.clusterId(), 1, Integer::sum);
        }
        int multiple = 1;
        for (int count : counts.values()) {
            multiple = Math.multiplyExact(multiple / gcd(multiple, count), count);
        }
        return multiple;
    }

    private static int gcd(int a, int b) {
        return b == 0 ? a : gcd(b, a % b);
    }
}
