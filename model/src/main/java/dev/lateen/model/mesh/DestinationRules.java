package dev.lateen.model.mesh;

import dev.lateen.model.istio.DestinationRule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Finds the rule that holds for a service. Rules of one namespace for one host are merged where they are for the same
/// workloads and clients: the eldest top-level policy counts, subsets add up.
///
/// Source: Istio, "Destination Rule" and "Configuration scoping". Thread: control loop.
final class DestinationRules {
    private final Map<String, Map<String, List<DestinationRule>>> byNamespace = new HashMap<>();
    private final Map<String, List<String>> wildcards = new HashMap<>();
    private final List<String> defaultExportTo;
    private final boolean selective;
    private final String rootNamespace;

    DestinationRules(List<DestinationRule> rules, MeshConfig mesh, String shortNames) {
        this.defaultExportTo = mesh.exportTo().destinationRules();
        this.rootNamespace = mesh.identity().rootNamespace();
        this.selective = rules.stream().anyMatch(r -> r.workloadSelector().isPresent());
        for (DestinationRule rule : rules) {
            String namespace = rule.metadata().namespace();
            String host = Hostname.resolve(rule.host(), namespace, shortNames);
            List<DestinationRule> sameHost = byNamespace
                    .computeIfAbsent(namespace, _ -> new LinkedHashMap<>())
                    .computeIfAbsent(host, _ -> new ArrayList<>(1));
            addOrMerge(sameHost, rule);
        }
        byNamespace.forEach((namespace, hosts) -> wildcards.put(
                namespace, hosts.keySet().stream().filter(Hostname::isWildcard).toList()));
    }

    /// Whether it matters which workload asks.
    boolean selective() {
        return selective;
    }

    private static void addOrMerge(List<DestinationRule> sameHost, DestinationRule rule) {
        for (int i = 0; i < sameHost.size(); i++) {
            DestinationRule elder = sameHost.get(i);
            boolean mergeable = elder.workloadSelector().equals(rule.workloadSelector())
                    && (elder.selects() || new HashSet<>(elder.exportTo()).equals(new HashSet<>(rule.exportTo())));
            if (mergeable) {
                sameHost.set(i, elder.mergedWith(rule));
                return;
            }
        }
        sameHost.add(rule);
    }

    /// The rule for traffic from a proxy of `viewer` with those labels to `host`, which `owner` defines. One that
    /// selects workloads reaches those of its own namespace alone.
    Optional<DestinationRule> find(String viewer, Map<String, String> labels, String host, String owner) {
        Optional<DestinationRule> found = Optional.empty();
        if (!viewer.equals(rootNamespace)) {
            found = pick(mostSpecific(viewer, host, viewer, true), viewer, labels);
        }
        if (found.isEmpty() && !owner.isEmpty()) {
            found = pick(mostSpecific(owner, host, viewer, false), viewer, labels);
        }
        if (found.isEmpty()) {
            found = pick(mostSpecific(rootNamespace, host, viewer, false), viewer, labels);
        }
        return found;
    }

    private static Optional<DestinationRule> pick(
            List<DestinationRule> rules, String viewer, Map<String, String> labels) {
        for (DestinationRule rule : rules) {
            if (rule.metadata().namespace().equals(viewer)
                    && rule.selects()
                    && rule.workloadSelector().filter(s -> s.matches(labels)).isPresent()) {
                return Optional.of(rule);
            }
        }
        for (DestinationRule rule : rules) {
            if (!rule.selects()) {
                return Optional.of(rule);
            }
        }
        return Optional.empty();
    }

    private List<DestinationRule> mostSpecific(String namespace, String host, String viewer, boolean local) {
        Map<String, List<DestinationRule>> hosts = byNamespace.getOrDefault(namespace, Map.of());
        List<DestinationRule> exact = visible(hosts.getOrDefault(host, List.of()), viewer, local);
        if (!exact.isEmpty()) {
            return exact;
        }
        String best = "";
        List<DestinationRule> rules = List.of();
        for (String wild : wildcards.getOrDefault(namespace, List.of())) {
            if (wild.length() > best.length() && Hostname.isSubsetOf(host, wild)) {
                List<DestinationRule> seen = visible(hosts.getOrDefault(wild, List.of()), viewer, local);
                if (!seen.isEmpty()) {
                    best = wild;
                    rules = seen;
                }
            }
        }
        return rules;
    }

    /// @param local whether the rules are of the viewer's own namespace, where the mesh's default does not matter
    private List<DestinationRule> visible(List<DestinationRule> rules, String viewer, boolean local) {
        List<DestinationRule> seen = new ArrayList<>(rules.size());
        for (DestinationRule rule : rules) {
            boolean own = local && (rule.exportTo().isEmpty() || rule.selects());
            if (own
                    || Visibility.visible(
                            rule.exportTo(), defaultExportTo, rule.metadata().namespace(), viewer)) {
                seen.add(rule);
            }
        }
        return seen;
    }
}
