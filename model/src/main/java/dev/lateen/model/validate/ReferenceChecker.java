package dev.lateen.model.validate;

import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.istio.VirtualService;
import dev.lateen.model.mesh.VirtualServiceDelegation;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.resource.ResourceKey;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Checks what resources say about each other: hosts, subsets, gateways, secrets and providers that do not exist,
/// names given twice, hosts and paths claimed twice.
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
        for (RawResource resource : resources) {
            check(resource, index, rootNamespace).forEach(report::add);
        }
        rivals(resources, index).forEach(report::add);
        return report.findings();
    }

    /// What hosts, and what workloads, are claimed twice.
    static List<Diagnostic> rivals(Collection<RawResource> resources, MeshIndex among) {
        Report report = new Report();
        new RivalRules(report, among.ruleExports()).check(resources);
        delegation(resources, among, report);
        PeerAuthenticationUse.rivals(resources, among, report);
        IngressReferences.together(among, report);
        return report.findings();
    }

    private static void delegation(Collection<RawResource> resources, MeshIndex among, Report report) {
        List<VirtualService> routes = resources.stream()
                .filter(resource -> resource.key().kind().equals("VirtualService"))
                .filter(ReferenceChecker::isDelegatedOrDelegates)
                .map(resource -> VirtualService.bind(resource).value())
                .toList();
        VirtualServiceDelegation.findings(routes, among.routeExports()).forEach(report::add);
    }

    /// Of such virtual services everything matters to others.
    static boolean isDelegatedOrDelegates(RawResource virtualService) {
        View spec =
                new View(virtualService.root(), "", new Report()).object("spec").orElse(null);
        return spec != null
                && (spec.size("hosts") == 0 || spec.objects("http").stream().anyMatch(route -> route.has("delegate")));
    }

    /// What one resource refers to and is not among the others.
    static List<Diagnostic> check(RawResource resource, MeshIndex among, String rootNamespace) {
        Report report = new Report();
        View spec = new View(resource.root(), "", report).object("spec").orElse(null);
        if (spec == null) {
            return List.of();
        }
        References references = new References(among, report);
        ResourceKey key = resource.key();
        switch (key.group() + "/" + key.kind()) {
            case "networking.istio.io/VirtualService" -> new RouteReferences(references).virtualService(key, spec);
            case "networking.istio.io/DestinationRule" -> {
                new RouteReferences(references).destinationRule(key, spec);
                new CredentialReferences(references).destinationRule(key, spec);
            }
            case "networking.istio.io/Gateway" -> new CredentialReferences(references).gateway(key, spec);
            case "networking.k8s.io/Ingress" -> new IngressReferences(references, rootNamespace).check(resource, spec);
            case "security.istio.io/AuthorizationPolicy" ->
                new PolicyReferences(references, rootNamespace).authorization(key, spec);
            case "telemetry.istio.io/Telemetry" -> new PolicyReferences(references, rootNamespace).telemetry(key, spec);
            case "security.istio.io/PeerAuthentication" -> {
                new PolicyReferences(references, rootNamespace).attachment(key, spec);
                PeerAuthenticationUse.check(key, spec, rootNamespace);
            }
            case "policy.lateen.dev/RateLimit" -> new PolicyReferences(references, rootNamespace).rateLimit(key, spec);
            case "policy.lateen.dev/Quota" -> new PolicyReferences(references, rootNamespace).quota(key, spec);
            case "security.istio.io/RequestAuthentication",
                    "policy.lateen.dev/AccessList",
                    "extensions.istio.io/WasmPlugin",
                    "extensions.istio.io/TrafficExtension" ->
                new PolicyReferences(references, rootNamespace).attachment(key, spec);
            default -> {}
        }
        return report.findings();
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
