package dev.lateen.model.mesh;

import dev.lateen.model.istio.AuthorizationPolicy;
import dev.lateen.model.istio.DestinationRule;
import dev.lateen.model.istio.EnvoyFilter;
import dev.lateen.model.istio.Gateway;
import dev.lateen.model.istio.PeerAuthentication;
import dev.lateen.model.istio.RequestAuthentication;
import dev.lateen.model.istio.Sidecar;
import dev.lateen.model.istio.Telemetry;
import dev.lateen.model.istio.UnsupportedFeature;
import dev.lateen.model.istio.VirtualService;
import dev.lateen.model.kubernetes.Secret;
import dev.lateen.model.policy.AccessList;
import dev.lateen.model.policy.Quota;
import dev.lateen.model.policy.RateLimit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The mesh at one moment. Parts that a change did not touch are the same instances as in the snapshot before, which is
/// what caches of translations rely on.
///
/// Thread: any (immutable).
///
/// @param generation counts snapshots from 1
/// @param networkGateways sorted; without any, all endpoints are reached directly
/// @param endpoints by service; a service without endpoints may be missing
/// @param moved what tells `endpoints` from those of an earlier snapshot
/// @param structuralEndpoints those among `endpoints` that shape listeners and clusters: of headless services and of
///     those that a proxy resolves by DNS
/// @param unsupported fields that are set but have no effect
public record MeshSnapshot(
        long generation,
        MeshSettings settings,
        MeshConfig mesh,
        List<NetworkGateway> networkGateways,
        ServiceIndex services,
        WorkloadIndex workloads,
        Map<ServiceId, List<Endpoint>> endpoints,
        Moved moved,
        Map<ServiceId, List<Endpoint>> structuralEndpoints,
        Traffic traffic,
        Security security,
        Policies policies,
        List<Telemetry> telemetries,
        ProxyConfigs proxyConfigs,
        Map<String, Secret> secrets,
        List<UnsupportedFeature> unsupported) {

    /// Lists are sorted, eldest first. Routes that delegate have taken in what they delegate to.
    public record Traffic(
            List<VirtualService> virtualServices,
            List<DestinationRule> destinationRules,
            List<Gateway> gateways,
            List<Sidecar> sidecars,
            List<EnvoyFilter> envoyFilters) {}

    public record Security(
            List<PeerAuthentication> peerAuthentications,
            List<AuthorizationPolicy> authorizationPolicies,
            List<RequestAuthentication> requestAuthentications,
            TrustBundles trust) {}

    /// The kinds of our own, sorted, eldest first. Access lists hold what has been read for their sources.
    public record Policies(List<RateLimit> rateLimits, List<Quota> quotas, List<AccessList> accessLists) {
        public static final Policies NONE = new Policies(List.of(), List.of(), List.of());
    }

    /// The last change of endpoints.
    ///
    /// @param from the endpoints before it
    /// @param services all whose endpoints differ from those
    public record Moved(Map<ServiceId, List<Endpoint>> from, Set<ServiceId> services) {
        static final Moved NOTHING = new Moved(Map.of(), Set.of());
    }

    /// The services whose endpoints are others than in a snapshot that had `before`; empty where that takes a look at
    /// all of them.
    // Identity is the point: comparing the content is what this saves.
    @SuppressWarnings("ReferenceEquality")
    public Optional<Set<ServiceId>> movedSince(Map<ServiceId, List<Endpoint>> before) {
        if (before == endpoints) {
            return Optional.of(Set.of());
        }
        return before == moved.from() ? Optional.of(moved.services()) : Optional.empty();
    }

    public List<Endpoint> endpointsOf(ServiceId service) {
        return endpoints.getOrDefault(service, List.of());
    }

    public Optional<Secret> secret(String namespace, String name) {
        return Optional.ofNullable(secrets.get(namespace + "/" + name));
    }
}
