package dev.lateen.model.validate;

import dev.lateen.model.resource.Metadata;
import dev.lateen.model.resource.RawResource;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Finds VirtualServices and DestinationRules that claim the same host, of which the eldest wins. Thread: any one.
/// Source: Istio, "Traffic Management Best Practices".
final class RivalRules {
    private final Report report;
    private final Map<String, RawResource> routeOwners = new HashMap<>();
    private final Map<String, RawResource> policyOwners = new HashMap<>();

    RivalRules(Report report) {
        this.report = report;
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

    private void destinationRule(RawResource resource, View spec) {
        // A rule without a trafficPolicy only adds subsets, which are joined.
        if (spec.has("workloadSelector") || !spec.has("trafficPolicy")) {
            return;
        }
        String full = MeshIndex.fullHost(spec.text("host"), resource.key().namespace());
        RawResource elder = policyOwners.putIfAbsent(full, resource);
        if (elder != null && !elder.key().equals(resource.key())) {
            report.warning(
                    spec.spot("trafficPolicy"),
                    "rival",
                    "the trafficPolicy of " + elder.key() + " for the same host is older; this one has no effect",
                    "join the policies, the other one is at " + elder.origin());
        }
    }
}
