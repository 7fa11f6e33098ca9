package dev.lateen.model.analyze;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/// One question that is asked of a whole mesh.
///
/// @param name Istio's name of it, by which it can be chosen
/// @param byDefault whether it is asked where none is chosen
public record Analyzer(String name, String description, boolean byDefault, Check check) {
    /// A pure function of what there is.
    interface Check {
        void run(MeshContents mesh, Messages messages);
    }

    private static final Set<String> POD_CHECKS = Set.of(
            "auth.AuthorizationPoliciesAnalyzer",
            "destinationrule.SubsetSelectPodAnalyzer",
            "gateway.IngressGatewayPortAnalyzer",
            "gateway.SecretAnalyzer",
            "sidecar.SelectorAnalyzer",
            "telemetry.SelectorAnalyzer");

    private static final List<Analyzer> ALL = List.of(
            of("annotations.K8sAnalyzer", "Istio's annotations: unknown, misplaced, invalid", AnnotationChecks::check),
            new Analyzer(
                    "annotations.AlphaAnalyzer",
                    "Annotations of features in their alpha phase",
                    false,
                    AnnotationChecks::alpha),
            of("applicationUID.Analyzer", "Pods that run as the proxy's user", WorkloadChecks::users),
            of(
                    "auth.AuthorizationPoliciesAnalyzer",
                    "Workloads and namespaces of authorization policies",
                    PolicyChecks::authorization),
            of(
                    "authn.BlockedCIDRsAnalyzer",
                    "Whether the control plane fetches keys from anywhere",
                    PolicyChecks::fetchedKeys),
            of("conditions.ConditionAnalyzer", "Conditions that do not hold", ResourceChecks::conditions),
            of("deployment.MultiServiceAnalyzer", "Services that select a Deployment", WorkloadChecks::services),
            of("deprecation.DeprecationAnalyzer", "Kinds and fields that are deprecated", ResourceChecks::deprecated),
            of(
                    "destinationrule.CaCertificateAnalyzer",
                    "Whether DestinationRules verify servers",
                    DestinationRuleChecks::certificates),
            of(
                    "destinationrule.SubsetSelectPodAnalyzer",
                    "Hosts of DestinationRules, and the pods of their subsets",
                    DestinationRuleChecks::subsets),
            of("envoyfilter.EnvoyPatchAnalyzer", "Operations of EnvoyFilters", EnvoyFilterChecks::check),
            of(
                    "externalcontrolplane.ExternalControlPlaneAnalyzer",
                    "Addresses of a control plane elsewhere",
                    WebhookChecks::externalControlPlane),
            of("gateway.CertificateAnalyzer", "Certificates that Gateways share", GatewayChecks::certificates),
            of("gateway.ConflictingGatewayAnalyzer", "Gateways for the same host and port", GatewayChecks::conflicts),
            of("gateway.IngressGatewayPortAnalyzer", "Ports of Gateways and their services", GatewayChecks::ports),
            of("gateway.SecretAnalyzer", "Secrets that Gateways name", GatewaySecrets::check),
            of("injection.Analyzer", "Pods and namespaces without sidecars", InjectionChecks::namespaces),
            of("injection.ImageAnalyzer", "Sidecars of another version", InjectionChecks::images),
            of("injection.ImageAutoAnalyzer", "Pods that wait for an image", InjectionChecks::automatic),
            of("k8sgateway.CRDVersionAnalyzer", "Versions of the Gateway API", ResourceChecks::gatewayApi),
            of("k8sgateway.SelectorAnalyzer", "Selectors that Gateways ignore", SelectorChecks::ofGatewayApi),
            of("meshnetworks.MeshNetworksAnalyzer", "Registries of networks", ResourceChecks::networks),
            of("service.PortNameAnalyzer", "Protocols of services' ports", ServiceChecks::portNames),
            of("serviceentry.Analyzer", "Addresses of service entries", ServiceChecks::addresses),
            of(
                    "serviceentry.ConflictingServiceEntryProtocolAnalyzer",
                    "Service entries with one port and several protocols",
                    ServiceChecks::protocols),
            of(
                    "sidecar.DefaultSelectorAnalyzer",
                    "Several Sidecars for a namespace",
                    SelectorChecks::sidecarsOfNamespaces),
            of("sidecar.SelectorAnalyzer", "Workloads of Sidecars", SelectorChecks::sidecars),
            of(
                    "telemetry.DefaultSelectorAnalyzer",
                    "Several Telemetries for a namespace",
                    SelectorChecks::telemetriesOfNamespaces),
            of("telemetry.LightstepAnalyzer", "Telemetry for Lightstep", PolicyChecks::lightstep),
            of("telemetry.ProviderAnalyzer", "Access logs that go nowhere", PolicyChecks::providers),
            of("telemetry.SelectorAnalyzer", "Workloads of Telemetries", SelectorChecks::telemetries),
            of(
                    "virtualservice.ConflictingMeshGatewayHostsAnalyzer",
                    "Hosts that several VirtualServices claim in sidecars",
                    MeshGatewayHosts::check),
            of(
                    "virtualservice.DestinationHostAnalyzer",
                    "Hosts and ports that VirtualServices send to",
                    RouteDestinations::hosts),
            of(
                    "virtualservice.DestinationRuleAnalyzer",
                    "Subsets that VirtualServices send to",
                    RouteDestinations::subsets),
            of("virtualservice.GatewayAnalyzer", "Gateways of VirtualServices", RouteGateways::gateways),
            of("virtualservice.JWTClaimRouteAnalyzer", "Routes by claims of tokens", RouteGateways::claims),
            of("virtualservice.RegexAnalyzer", "Expressions of routes", RouteMatches::expressions),
            of("schema.ValidationAnalyzer.VirtualService", "Routes that nothing reaches", RouteMatches::unreachable),
            of("webhook.Analyzer", "Webhooks that inject twice, or ask nobody", WebhookChecks::injectors));

    /// Whether it compares with pods, so that it has nothing to go by where none are in view.
    public boolean needsPods() {
        return POD_CHECKS.contains(name);
    }

    private static Analyzer of(String name, String description, Check check) {
        return new Analyzer(name, description, true, check);
    }

    /// All of them.
    public static List<Analyzer> all() {
        return ALL;
    }

    public static Optional<Analyzer> named(String name) {
        return ALL.stream().filter(analyzer -> analyzer.name().equals(name)).findFirst();
    }
}
