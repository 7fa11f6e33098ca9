package dev.lateen.model.mesh;

import dev.lateen.model.istio.DestinationRule;
import dev.lateen.model.istio.Sidecar;
import dev.lateen.model.istio.VirtualService;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What workloads of one namespace, under one `Sidecar` or none, may reach. One instance serves all proxies that it
/// holds for, until a service or a routing resource changes.
///
/// Thread: control loop.
public final class OutboundScope {
    private final String namespace;
    private final Optional<Sidecar> sidecar;
    private final List<EgressListener> egress;
    private final List<MeshService> services;
    private final List<VirtualService> virtualServices;
    private final Map<String, MeshService> byHost = new LinkedHashMap<>();
    private final DestinationRules rules;
    private final MeshConfig mesh;
    private final Map<ServiceId, Optional<DestinationRule>> plainRules = new HashMap<>();

    OutboundScope(
            String namespace,
            Optional<Sidecar> sidecar,
            List<EgressListener> egress,
            Selected selected,
            DestinationRules rules,
            MeshConfig mesh) {
        this.namespace = namespace;
        this.sidecar = sidecar;
        this.egress = List.copyOf(egress);
        this.services = List.copyOf(selected.services);
        this.virtualServices = List.copyOf(selected.virtualServices);
        this.rules = rules;
        this.mesh = mesh;
        for (MeshService service : services) {
            byHost.merge(service.hostname(), service, OutboundScope::prefer);
        }
    }

    record Selected(List<MeshService> services, List<VirtualService> virtualServices) {}

    private static MeshService prefer(MeshService first, MeshService later) {
        boolean laterWins = later.registry() == MeshService.Registry.KUBERNETES
                && first.registry() != MeshService.Registry.KUBERNETES;
        return laterWins ? later : first;
    }

    public String namespace() {
        return namespace;
    }

    public Optional<Sidecar> sidecar() {
        return sidecar;
    }

    public List<EgressListener> egress() {
        return egress;
    }

    /// Every service that may be reached, eldest first.
    public List<MeshService> services() {
        return services;
    }

    /// Every virtual service that the namespace sees, for whichever gateway.
    public List<VirtualService> virtualServices() {
        return virtualServices;
    }

    public Optional<MeshService> service(String hostname) {
        return Optional.ofNullable(byHost.get(hostname));
    }

    /// The rule for traffic to a service from a workload with those labels.
    public Optional<DestinationRule> destinationRule(MeshService service, Map<String, String> labels) {
        if (labels.isEmpty() || !rules.selective()) {
            return plainRules.computeIfAbsent(
                    service.id(), id -> rules.find(namespace, Map.of(), id.hostname(), id.namespace()));
        }
        return rules.find(namespace, labels, service.hostname(), service.namespace());
    }

    /// Whether plain HTTP to hosts that no registry knows goes to the names that it asks for, wherever it was sent.
    /// A `Sidecar` with a policy of its own cannot say so, and takes the place of the mesh's.
    public boolean looksUpAny() {
        return sidecar.flatMap(Sidecar::outboundTrafficPolicy).isEmpty() && mesh.looksUpAnyOutbound();
    }

    /// Whether traffic to hosts that no registry knows may leave.
    public boolean allowsAny() {
        return sidecar.flatMap(Sidecar::outboundTrafficPolicy)
                .map(Sidecar.OutboundPolicy::mode)
                .filter(mode -> !mode.isEmpty())
                .map(MeshConfig::allowsAny)
                .orElseGet(() -> sidecar.flatMap(Sidecar::outboundTrafficPolicy).isEmpty() && mesh.allowsAnyOutbound());
    }
}
