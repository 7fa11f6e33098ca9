package dev.lateen.model.validate;

import dev.lateen.model.resource.MeshConfigReader;
import dev.lateen.model.resource.RawResource;

/// Picks the rules of a kind. Thread: any.
final class KindRules {
    private KindRules() {}

    static void check(RawResource resource, Report report) {
        View root = new View(resource.root(), "", report);
        if (MeshConfigReader.isConfigMap(resource.key())) {
            new InstallRules(report).configMap(resource);
        }
        View spec = root.object("spec").orElse(null);
        if (spec == null) {
            return;
        }
        Subject subject = new Subject(
                resource.metadata().name(),
                resource.metadata().namespace(),
                resource.metadata().labels(),
                resource.metadata().annotations());
        String named = resource.key().group() + "/" + resource.key().kind();
        switch (named) {
            case "networking.istio.io/VirtualService" -> new VirtualServiceRules(report, subject).check(spec);
            case "networking.istio.io/DestinationRule" -> new DestinationRuleRules(report, subject).check(spec);
            case "networking.istio.io/Gateway" -> new GatewayRules(report, subject).check(spec);
            case "networking.istio.io/ServiceEntry" -> new ServiceEntryRules(report, subject).check(spec);
            case "networking.istio.io/WorkloadEntry" -> WorkloadEntryRules.check(spec);
            case "networking.istio.io/WorkloadGroup" -> WorkloadGroupRules.check(spec);
            case "networking.istio.io/Sidecar" -> new SidecarRules(report, subject).check(spec);
            case "networking.istio.io/EnvoyFilter" -> EnvoyFilterRules.check(spec);
            case "networking.istio.io/ProxyConfig" -> ProxyConfigRules.check(spec);
            case "security.istio.io/PeerAuthentication" -> PeerAuthenticationRules.check(spec);
            case "security.istio.io/AuthorizationPolicy" -> new AuthorizationPolicyRules(report, subject).check(spec);
            case "security.istio.io/RequestAuthentication" -> RequestAuthenticationRules.check(spec);
            case "telemetry.istio.io/Telemetry" -> TelemetryRules.check(spec);
            case "extensions.istio.io/WasmPlugin" -> ExtensionRules.wasmPlugin(spec);
            case "extensions.istio.io/TrafficExtension" -> ExtensionRules.trafficExtension(spec);
            case "policy.lateen.dev/RateLimit" -> PolicyKindRules.rateLimit(spec);
            case "policy.lateen.dev/Quota" -> PolicyKindRules.quota(spec);
            case "policy.lateen.dev/AccessList" -> AccessListRules.check(spec);
            case "install.istio.io/IstioOperator" -> new InstallRules(report).operator(spec);
            case "networking.k8s.io/Ingress" -> IngressRules.check(spec);
            default -> WorkloadRules.check(resource, spec);
        }
    }

    static void checkSettings(String kind, View settings) {
        switch (kind) {
            case "MeshConfig" -> MeshConfigRules.check(settings);
            case "MeshProxyConfig" -> MeshProxyConfigRules.check(settings);
            case "MeshNetworks" -> MeshNetworksRules.check(settings);
            default -> {}
        }
    }
}
