package dev.lateen.model.validate;

import dev.lateen.model.resource.Metadata;
import dev.lateen.model.resource.RawResource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// Finds VirtualServices and DestinationRules that claim the same host, of which the eldest wins. Thread: any one.
/// Source: Istio, "Traffic Management Best Practices" and "Configuration Scoping".
final class RivalRules {
    private final Report report;
    private final List<String> exportTo;
    private final Map<String, RawResource> routeOwners = new HashMap<>();
    /// By namespace and host, eldest first.
    private final Map<String, List<Policies>> policies = new HashMap<>();

    /// @param exportTo who sees destination rules that do not say
    RivalRules(Report report, List<String> exportTo) {
        this.report = report;
        this.exportTo = exportTo;
    }

    void check(Collection<RawResource> resources) {
        List<RawResource> byAge = resources.stream()
                .sorted(Comparator.comparing(RawResource::metadata, Metadata.ELDEST_FIRST))
                .toList();
        for (RawResource resource : byAge) {
            View spec = new View(resource.root(), "", report).object("spec").orElse(null);
            if (spec == null || !resource.key().group().equals("networking.istio.io")) {
                continue;
            }
            switch (resource.key().kind()) {
                case "VirtualService" -> virtualService(resource, spec);
                case "DestinationRule" -> destinationRule(resource, spec);
                default -> {}
            }
        }
    }

    private void virtualService(RawResource resource, View spec) {
        boolean atMesh = spec.size("gateways") == 0
                || spec.items("gateways").stream().anyMatch(name -> name.value().equals(GatewayNames.MESH));
        if (!atMesh) {
            return;
        }
        for (Spot host : spec.items("hosts")) {
            String full = MeshIndex.fullHost(host.value(), resource.key().namespace());
            RawResource elder = routeOwners.putIfAbsent(full, resource);
            if (elder != null && !elder.key().equals(resource.key())) {
                report.warning(
                        host,
                        "rival",
                        "sidecars follow " + elder.key()
                                + " for this host, which is older; these rules have no effect there",
                        "join the rules, the other ones are at " + elder.origin());
            }
        }
    }

    /// Rules of one namespace for one host join where they are for the same workloads and clients: the eldest policy
    /// counts, and the eldest subset of each name. Where they do not join, clients follow the eldest that they see.
    /// Rules of other namespaces are for other clients, or stand behind these.
    private void destinationRule(RawResource resource, View spec) {
        String namespace = resource.key().namespace();
        String host = namespace + "/" + MeshIndex.fullHost(spec.text("host"), namespace);
        Policies mine = Policies.of(resource, spec);
        List<Policies> elders = policies.computeIfAbsent(host, _ -> new ArrayList<>(1));
        for (Policies elder : elders) {
            if (elder.joins(mine)) {
                elder.join(resource, spec, report);
                return;
            }
        }
        elders.stream()
                .filter(elder -> elder.hides(mine, clients(elder, namespace), clients(mine, namespace)))
                .findFirst()
                .ifPresent(elder -> report.warning(
                        spec.spot("host"),
                        "rival",
                        elder.resource.key()
                                + " for the same host is older and seen by all clients that see this rule, which has"
                                + " no effect",
                        "give both the same exportTo, so that they are joined; the other one is at "
                                + elder.resource.origin()));
        mine.join(resource, spec, report);
        elders.add(mine);
    }

    /// The namespaces whose clients may follow the rules, `*` for all. Its own namespace sees what says nothing.
    private Set<String> clients(Policies rules, String namespace) {
        Set<String> seen = new HashSet<>();
        if (rules.exportTo().isEmpty()) {
            seen.add(namespace);
        }
        for (String to : rules.exportTo().isEmpty() ? exportTo : rules.exportTo()) {
            seen.add(to.equals(".") ? namespace : to);
        }
        return seen;
    }

    /// Rules that are joined to one.
    ///
    /// @param resource the eldest of them
    /// @param exportTo empty for the mesh's default
    /// @param workloads empty for all
    /// @param subsets by name, with the rule that has defined it
    private record Policies(
            RawResource resource,
            Set<String> exportTo,
            Map<String, String> workloads,
            List<RawResource> policy,
            Map<String, RawResource> subsets) {
        static Policies of(RawResource resource, View spec) {
            return new Policies(
                    resource,
                    spec.items("exportTo").stream().map(Spot::value).collect(Collectors.toSet()),
                    spec.object("workloadSelector")
                            .map(selector -> MeshIndex.textMap(selector, "matchLabels"))
                            .orElse(Map.of()),
                    new ArrayList<>(1),
                    new HashMap<>());
        }

        boolean joins(Policies other) {
            // Rules for some workloads are not exported, whatever they say.
            return workloads.equals(other.workloads) && (!workloads.isEmpty() || exportTo.equals(other.exportTo));
        }

        /// Whether whoever sees the other sees this one before it.
        boolean hides(Policies younger, Set<String> ofThis, Set<String> ofYounger) {
            return workloads.isEmpty()
                    && younger.workloads.isEmpty()
                    && (ofThis.contains("*") || ofThis.containsAll(ofYounger));
        }

        void join(RawResource younger, View spec, Report report) {
            if (spec.has("trafficPolicy")) {
                if (!policy.isEmpty() && !policy.getFirst().key().equals(younger.key())) {
                    report.warning(
                            spec.spot("trafficPolicy"),
                            "rival",
                            "the trafficPolicy of " + policy.getFirst().key()
                                    + " for the same host is older; this one has no effect",
                            "join the policies, the other one is at "
                                    + policy.getFirst().origin());
                }
                policy.add(younger);
            }
            for (View subset : spec.objects("subsets")) {
                RawResource elder = subsets.putIfAbsent(subset.text("name"), younger);
                if (elder != null && !elder.key().equals(younger.key())) {
                    report.warning(
                            subset.spot("name"),
                            "rival",
                            elder.key() + " for the same host is older and has a subset of this name; this one has no"
                                    + " effect",
                            "give it another name, the other one is at " + elder.origin());
                }
            }
        }
    }
}
