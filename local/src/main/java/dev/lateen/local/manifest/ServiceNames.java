package dev.lateen.local.manifest;

import dev.lateen.model.mesh.Endpoint;
import dev.lateen.model.mesh.MeshService;
import dev.lateen.model.mesh.MeshService.Registry;
import dev.lateen.model.mesh.MeshSettings;
import dev.lateen.model.mesh.MeshSnapshot;
import dev.lateen.model.mesh.SnapshotBuilder;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// The names under which pods know services, and the addresses that they connect to: what a cluster's DNS would answer.
/// They are read from the same registry as the control plane's, so that both agree on every address.
///
/// Limits: aliases (`ExternalName`) of names outside and ranges of addresses are left to the system's own resolver. A
/// cluster's DNS knows
/// nothing of service entries: their names are answered by the proxies, which themselves have to find what is really
/// behind them.
///
/// Thread: any.
public final class ServiceNames {
    private static final Set<String> KINDS =
            Set.of("Service", "Pod", "Endpoints", "EndpointSlice", "ServiceEntry", "WorkloadEntry");

    private final MeshSnapshot mesh;

    private ServiceNames(MeshSnapshot mesh) {
        this.mesh = mesh;
    }

    public static ServiceNames of(ManifestSet manifests) {
        SnapshotBuilder builder = new SnapshotBuilder(MeshSettings.DEFAULT.assigningClusterAddresses());
        builder.put(manifests.resources().stream()
                .filter(resource -> KINDS.contains(resource.key().kind()))
                .toList());
        return new ServiceNames(builder.build());
    }

    /// Names and addresses as seen from a namespace, where a service of that namespace has its short name too. Only a
    /// headless service has more than one address: those of its ready pods.
    public Map<String, List<String>> in(String namespace) {
        Map<String, List<String>> names = new TreeMap<>();
        for (MeshService service : mesh.services().all()) {
            List<String> addresses = addressesOf(behind(service));
            if (service.registry() == Registry.KUBERNETES && !addresses.isEmpty()) {
                namesOf(service, namespace).forEach(name -> names.putIfAbsent(name, addresses));
            }
        }
        return names;
    }

    /// The service whose addresses an alias has; an alias of a name outside has none.
    private MeshService behind(MeshService service) {
        return mesh.services().byNamespace(mesh.services().behind(service.hostname())).values().stream()
                .filter(one -> one.registry() == Registry.KUBERNETES)
                .findFirst()
                .orElse(service);
    }

    private List<String> namesOf(MeshService service, String viewer) {
        String qualified = service.name() + "." + service.namespace();
        List<String> names = new ArrayList<>(List.of(qualified, qualified + ".svc", service.hostname()));
        if (service.namespace().equals(viewer)) {
            names.add(service.name());
        }
        return names;
    }

    private List<String> addressesOf(MeshService service) {
        if (service.isHeadless()) {
            LinkedHashSet<String> all = new LinkedHashSet<>();
            for (Endpoint endpoint : mesh.endpointsOf(service.id())) {
                all.add(endpoint.address());
            }
            return List.copyOf(all);
        }
        return service.addresses().stream()
                .filter(one -> !one.contains("/"))
                .limit(1)
                .toList();
    }
}
