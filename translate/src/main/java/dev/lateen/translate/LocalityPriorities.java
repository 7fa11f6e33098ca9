package dev.lateen.translate;

import dev.lateen.model.istio.TrafficPolicy.Distribute;
import dev.lateen.model.istio.TrafficPolicy.Failover;
import dev.lateen.model.istio.TrafficPolicy.LocalityLb;
import dev.lateen.model.mesh.Endpoint;
import dev.lateen.model.mesh.Locality;
import dev.lateen.model.mesh.ProxyNode;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/// Prefers endpoints that are near: by shares where a rule distributes traffic, else by priorities, which need outlier
/// detection to tell that the near ones have failed.
final class LocalityPriorities {
    private final LocalityLb setting;
    private final ProxyNode node;
    private final boolean failover;

    LocalityPriorities(LocalityLb setting, ProxyNode node, boolean hasOutlierDetection) {
        this.setting = setting;
        this.node = node;
        this.failover = hasOutlierDetection;
    }

    List<LocalityLbEndpoints> apply(List<LocalityLbEndpoints> groups, List<List<Endpoint>> members) {
        if (!setting.distribute().isEmpty()) {
            return distribute(groups);
        }
        if (!failover) {
            return groups;
        }
        if (!setting.failoverPriority().isEmpty()) {
            return byLabels(groups, members);
        }
        if (node.locality().equals(Locality.NONE)) {
            return groups;
        }
        return byDistance(groups);
    }

    private List<LocalityLbEndpoints> distribute(List<LocalityLbEndpoints> groups) {
        for (Distribute rule : setting.distribute()) {
            if (!matches(node.locality(), rule.from())) {
                continue;
            }
            int[] shares = new int[groups.size()];
            rule.to().forEach((where, share) -> assign(groups, where, share, shares));
            List<LocalityLbEndpoints> weighted = new ArrayList<>();
            for (int i = 0; i < groups.size(); i++) {
                if (shares[i] > 0) {
                    weighted.add(groups.get(i).toBuilder()
                            .setLoadBalancingWeight(Protos.uint(shares[i]))
                            .build());
                }
            }
            return weighted;
        }
        return groups;
    }

    /// Splits one rule's share among the localities that it names, by their weights.
    private static void assign(List<LocalityLbEndpoints> groups, String where, int share, int[] shares) {
        long total = 0;
        List<Integer> chosen = new ArrayList<>();
        for (int i = 0; i < groups.size(); i++) {
            if (shares[i] == 0 && matches(localityOf(groups.get(i)), where)) {
                chosen.add(i);
                total += groups.get(i).getLoadBalancingWeight().getValue();
            }
        }
        for (int i : chosen) {
            double weight = groups.get(i).getLoadBalancingWeight().getValue();
            shares[i] = (int) Math.ceil(weight * share / total);
        }
    }

    private static Locality localityOf(LocalityLbEndpoints group) {
        return new Locality(
                group.getLocality().getRegion(),
                group.getLocality().getZone(),
                group.getLocality().getSubZone());
    }

    private static boolean matches(Locality locality, String pattern) {
        String[] parts = pattern.split("/", 3);
        String[] actual = {locality.region(), locality.zone(), locality.subZone()};
        for (int i = 0; i < parts.length; i++) {
            if (parts[i].equals("*")) {
                return true;
            }
            if (!parts[i].equals(actual[i])) {
                return false;
            }
        }
        return true;
    }

    private List<LocalityLbEndpoints> byDistance(List<LocalityLbEndpoints> groups) {
        TreeSet<Integer> used = new TreeSet<>();
        int[] distances = new int[groups.size()];
        for (int i = 0; i < groups.size(); i++) {
            distances[i] = distance(localityOf(groups.get(i)));
            used.add(distances[i]);
        }
        List<Integer> ranks = List.copyOf(used);
        List<LocalityLbEndpoints> placed = new ArrayList<>();
        for (int i = 0; i < groups.size(); i++) {
            placed.add(groups.get(i).toBuilder()
                    .setPriority(ranks.indexOf(distances[i]))
                    .build());
        }
        return placed;
    }

    private int distance(Locality locality) {
        Locality own = node.locality();
        if (!locality.region().equals(own.region())) {
            for (Failover rule : setting.failover()) {
                if (rule.from().equals(own.region()) && !rule.to().equals(locality.region())) {
                    return 4;
                }
            }
            return 3;
        }
        if (!locality.zone().equals(own.zone())) {
            return 2;
        }
        return locality.subZone().equals(own.subZone()) ? 0 : 1;
    }

    /// The more labels in a row an endpoint shares with the proxy, the sooner it is used.
    private List<LocalityLbEndpoints> byLabels(List<LocalityLbEndpoints> groups, List<List<Endpoint>> members) {
        TreeMap<Integer, List<LocalityLbEndpoints>> byRank = new TreeMap<>();
        for (int g = 0; g < groups.size(); g++) {
            Map<Integer, LocalityLbEndpoints.Builder> parts = new TreeMap<>();
            for (int e = 0; e < members.get(g).size(); e++) {
                LbEndpoint lb = groups.get(g).getLbEndpoints(e);
                int rank = rank(members.get(g).get(e));
                LocalityLbEndpoints group = groups.get(g);
                parts.computeIfAbsent(
                                rank, _ -> LocalityLbEndpoints.newBuilder().setLocality(group.getLocality()))
                        .addLbEndpoints(lb);
            }
            parts.forEach((rank, part) -> byRank.computeIfAbsent(rank, _ -> new ArrayList<>())
                    .add(part.setLoadBalancingWeight(Protos.uint(weight(part))).build()));
        }
        List<LocalityLbEndpoints> placed = new ArrayList<>();
        int priority = 0;
        for (List<LocalityLbEndpoints> same : byRank.values()) {
            for (LocalityLbEndpoints group : same) {
                placed.add(group.toBuilder().setPriority(priority).build());
            }
            priority++;
        }
        return placed;
    }

    private static int weight(LocalityLbEndpoints.Builder part) {
        int weight = 0;
        for (LbEndpoint endpoint : part.getLbEndpointsList()) {
            weight += endpoint.getLoadBalancingWeight().getValue();
        }
        return weight;
    }

    private int rank(Endpoint endpoint) {
        List<String> wanted = setting.failoverPriority();
        for (int i = 0; i < wanted.size(); i++) {
            String[] pair = wanted.get(i).split("=", 2);
            String expected = pair.length == 2 ? pair[1] : node.labels().getOrDefault(pair[0], "");
            if (!expected.equals(endpoint.labels().getOrDefault(pair[0], ""))) {
                return wanted.size() - i;
            }
        }
        return 0;
    }
}
