package dev.lateen.model.validate;

import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.resource.ResourceKey;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Checks what resources say about each other: hosts, subsets, gateways, secrets and providers that do not exist,
/// names given twice, hosts claimed twice.
///
/// A reference to something missing is an error where the set holds others of its kind, and a warning where it holds
/// none: a single file is often checked without the mesh around it. Thread: any.
public final class ReferenceChecker {
    private final String rootNamespace;

    /// @param rootNamespace the namespace whose policies hold for the whole mesh: `istio-system`
    public ReferenceChecker(String rootNamespace) {
        this.rootNamespace = rootNamespace;
    }

    /// All findings over the whole set, each at the place of the reference.
    public List<Diagnostic> check(Collection<RawResource> resources) {
        Report report = new Report();
        MeshIndex index = new MeshIndex(resources);
        duplicates(resources, report);
        References references = new References(index, report);
        RouteReferences routes = new RouteReferences(references);
        GatewayReferences gateways = new GatewayReferences(references);
        PolicyReferences policies = new PolicyReferences(references, rootNamespace);
        for (RawResource resource : resources) {
            View spec = new View(resource.root(), "", report).object("spec").orElse(null);
            if (spec != null) {
                check(resource, spec, routes, gateways, policies);
            }
        }
        new RivalRules(report).check(resources);
        return report.findings();
    }

    private static void check(
            RawResource resource,
            View spec,
            RouteReferences routes,
            GatewayReferences gateways,
            PolicyReferences policies) {
        ResourceKey key = resource.key();
        switch (key.group() + "/" + key.kind()) {
            case "networking.istio.io/VirtualService" -> routes.virtualService(key, spec);
            case "networking.istio.io/DestinationRule" -> routes.destinationRule(key, spec);
            case "networking.istio.io/Gateway" -> gateways.gateway(key, spec);
            case "security.istio.io/AuthorizationPolicy" -> policies.authorization(key, spec);
            case "security.istio.io/PeerAuthentication", "security.istio.io/RequestAuthentication" ->
                policies.attachment(key, spec);
            case "telemetry.istio.io/Telemetry" -> policies.telemetry(key, spec);
            case "extensions.istio.io/WasmPlugin", "extensions.istio.io/TrafficExtension" ->
                policies.attachment(key, spec);
            default -> {}
        }
    }

    private static void duplicates(Collection<RawResource> resources, Report report) {
        Map<ResourceKey, RawResource> seen = new HashMap<>();
        for (RawResource resource : resources) {
            RawResource first = seen.putIfAbsent(resource.key(), resource);
            if (first != null && !resource.key().name().isEmpty()) {
                report.add(Diagnostic.error(
                                "duplicate-resource",
                                resource.origin(),
                                "metadata.name",
                                resource.key() + " is given twice")
                        .withValue(resource.key().name())
                        .withAdvice("the first is at " + first.origin() + "; rename or remove one of them"));
            }
        }
    }
}
