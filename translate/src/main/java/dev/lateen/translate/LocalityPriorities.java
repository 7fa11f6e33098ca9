package dev.lateen.translate;

import dev.lateen.model.istio.TrafficPolicy.Distribute;
import dev.lateen.model.istio.TrafficPolicy.Failover;
import dev.lateen.model.istio.TrafficPolicy.LocalityLb;
import dev.lateen.model.istio.TrafficPolicy.ZoneAwareLb;
import dev.lateen.model.mesh.Endpoint;
import dev.lateen.model.mesh.Locality;
import dev.lateen.model.mesh.ProxyNode;
import dev.lateen.model.mesh.TrafficDistribution;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToIntFunction;

/// Prefers endpoints that are near: by shares where a rule distributes traffic, else by priorities, which need outlier
/// detection to tell that the near ones have failed. What a service says of itself orders its endpoints in any case.
/// Where zones count, the proxy shares requests out among those of its own region by itself, so that the region is all
/// that priorities tell apart, with or without outlier detection.
final class LocalityPriorities {
    /// How many kinds of regions there are: one's own, the one that takes over, the others.
    private static final int REGIONS = 3;
    /// How many distances there are, from the same sub-zone to a region that a rule passes over.
    private static final int DISTANCES = 5;

    private final LocalityPreference preference;
    private final ProxyNode node;
    private final boolean failover;

    LocalityPriorities(LocalityPreference preference, ProxyNode node, boolean hasOutlierDetection) {
        this.preference = preference;
        this.node = node;
        this.failover = hasOutlierDetection;
    }

    List<LocalityLbEndpoints> apply(List<LocalityLbEndpoints> groups, List<List<Endpoint>> members) {
        return switch (preference) {
            case LocalityPreference.Off _ -> groups;
            case LocalityPreference.ByLocality(LocalityLb setting) -> byLocality(setting, groups, members);
            case LocalityPreference.ByDistribution(TrafficDistribution near) ->
                byRank(groups, members, endpoint -> rank(near.nearness(), endpoint));
            case LocalityPreference.ByZone(ZoneAwareLb setting) -> byRegion(setting, groups, members);
        };
    }

    private List<LocalityLbEndpoints> byLocality(
            LocalityLb setting, List<LocalityLbEndpoints> groups, List<List<Endpoint>> members) {
        if (!setting.distribute().isEmpty()) {
            return distribute(setting.distribute(), groups);
        }
        if (!failover) {
            return groups;
        }
        if (!setting.failoverPriority().isEmpty()) {
            // Among endpoints with the same labels regions count only where a rule names some.
            boolean placed = !setting.failover().isEmpty() && !node.locality().equals(Locality.NONE);
            return byRank(
                    groups,
                    members,
                    endpoint -> DISTANCES * rank(setting.failoverPriority(), endpoint)
                            + (placed ? distance(setting.failover(), endpoint.locality()) : 0));
        }
        return node.locality().equals(Locality.NONE)
                ? groups
                : byDistance(groups, locality -> distance(setting.failover(), locality));
    }

    private List<LocalityLbEndpoints> byRegion(
            ZoneAwareLb setting, List<LocalityLbEndpoints> groups, List<List<Endpoint>> members) {
        boolean placed = !node.locality().region().isEmpty();
        if (!setting.failoverPriority().isEmpty()) {
            return byRank(
                    groups,
                    members,
                    endpoint -> REGIONS * rank(setting.failoverPriority(), endpoint)
                            + (placed ? otherRegion(setting.failover(), endpoint.locality()) : 0));
        }
        return placed ? byDistance(groups, locality -> otherRegion(setting.failover(), locality)) : groups;
    }

    private List<LocalityLbEndpoints> distribute(List<Distribute> rules, List<LocalityLbEndpoints> groups) {
        for (Distribute rule : rules) {
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

    private static List<LocalityLbEndpoints> byDistance(
            List<LocalityLbEndpoints> groups, ToIntFunction<Locality> distance) {
        TreeSet<Integer> used = new TreeSet<>();
        int[] distances = new int[groups.size()];
        for (int i = 0; i < groups.size(); i++) {
            distances[i] = distance.applyAsInt(localityOf(groups.get(i)));
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

    private int distance(List<Failover> rules, Locality locality) {
        Locality own = node.locality();
        if (!locality.region().equals(own.region())) {
            return 2 + otherRegion(rules, locality);
        }
        if (!locality.zone().equals(own.zone())) {
            return 2;
        }
        return locality.subZone().equals(own.subZone()) ? 0 : 1;
    }

    /// 0 for the proxy's own region; 2 for one that a rule passes over, 1 for the others.
    private int otherRegion(List<Failover> rules, Locality locality) {
        String own = node.locality().region();
        if (locality.region().equals(own)) {
            return 0;
        }
        for (Failover rule : rules) {
            if (rule.from().equals(own) && !rule.to().equals(locality.region())) {
                return 2;
            }
        }
        return 1;
    }

    private static List<LocalityLbEndpoints> byRank(
            List<LocalityLbEndpoints> groups, List<List<Endpoint>> members, ToIntFunction<Endpoint> rankOf) {
        TreeMap<Integer, List<LocalityLbEndpoints>> byRank = new TreeMap<>();
        for (int g = 0; g < groups.size(); g++) {
            Map<Integer, LocalityLbEndpoints.Builder> parts = new TreeMap<>();
            for (int e = 0; e < members.get(g).size(); e++) {
                LbEndpoint lb = groups.get(g).getLbEndpoints(e);
                int rank = rankOf.applyAsInt(members.get(g).get(e));
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

    /// The more labels in a row an endpoint shares with the proxy, the sooner it is used.
    private int rank(List<String> wanted, Endpoint endpoint) {
        for (int i = 0; i < wanted.size(); i++) {
            String[] pair = wanted.get(i).split("=", 2);
            String expected = pair.length == 2 ? pair[1] : node.label(pair[0]);
            if (!expected.equals(endpoint.label(pair[0]))) {
                return wanted.size() - i;
            }
        }
        return 0;
    }
}
