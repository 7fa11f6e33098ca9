package dev.lateen.model.mesh;

import dev.lateen.model.istio.Origin;
import dev.lateen.model.kubernetes.EndpointSlice;
import dev.lateen.model.kubernetes.Service;
import dev.lateen.model.mesh.Endpoint.Health;
import dev.lateen.model.mesh.Endpoint.Owner;
import dev.lateen.model.mesh.MeshService.Created;
import dev.lateen.model.mesh.MeshService.KubernetesFacts;
import dev.lateen.model.resource.ResourceKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/// Turns Kubernetes services and what stands behind them into services and endpoints of the mesh.
final class KubernetesServices {
    private KubernetesServices() {}

    static MeshService toMesh(Service service, MeshSettings settings) {
        List<ServicePort> ports = new ArrayList<>();
        for (Service.Port port : service.ports()) {
            ports.add(new ServicePort(
                    port.name(),
                    port.port(),
                    Protocol.ofKubernetesPort(port.port(), port.name(), port.protocol(), port.appProtocol()),
                    port.targetPort()));
        }
        var metadata = service.metadata();
        String host = metadata.name() + "." + metadata.namespace() + ".svc." + settings.clusterDomain();
        return new MeshService(
                new ServiceId(host, metadata.namespace()),
                metadata.name(),
                ports,
                service.isHeadless() ? List.of() : service.clusterAddresses(),
                "",
                resolution(service),
                MeshService.Registry.KUBERNETES,
                false,
                exportTo(metadata.annotations()),
                metadata.labels(),
                service.selector(),
                List.of(),
                List.of(),
                new Created(metadata.creationTimestamp(), metadata.order()),
                new KubernetesFacts(
                        service.type(),
                        service.externalName(),
                        service.externalAddresses(),
                        service.publishNotReadyAddresses(),
                        service.nodePorts()),
                TrafficDistribution.of(service.trafficDistribution(), metadata.annotations()),
                new Origin(
                        new ResourceKey("", "Service", metadata.namespace(), metadata.name()), "v1", service.at(), ""));
    }

    private static Resolution resolution(Service service) {
        if (service.type().equals("ExternalName")) {
            return Resolution.ALIAS;
        }
        return service.isHeadless() ? Resolution.PASSTHROUGH : Resolution.STATIC;
    }

    private static List<String> exportTo(Map<String, String> annotations) {
        String text = annotations.getOrDefault("networking.istio.io/exportTo", "");
        return text.isEmpty() ? List.of() : List.of(text.split("\\s*,\\s*"));
    }

    /// Endpoints named by slices.
    static List<Endpoint> fromSlices(
            MeshService service, Collection<EndpointSlice> slices, WorkloadIndex workloads, MeshSettings settings) {
        LinkedHashSet<Endpoint> found = new LinkedHashSet<>();
        for (EndpointSlice slice : slices) {
            for (EndpointSlice.Port port : slice.ports()) {
                for (EndpointSlice.Address address : slice.addresses()) {
                    if (address.ready() || service.kubernetes().publishNotReady()) {
                        found.add(fromSlice(service, address, port, workloads, settings));
                    }
                }
            }
        }
        // The cluster's own controller knows of no workload outside.
        found.addAll(selected(service, workloads, workload -> workload.entry().isPresent(), settings));
        return List.copyOf(found);
    }

    private static Endpoint fromSlice(
            MeshService service,
            EndpointSlice.Address address,
            EndpointSlice.Port port,
            WorkloadIndex workloads,
            MeshSettings settings) {
        Optional<Workload> workload = workloads
                .byName(service.namespace(), address.podName())
                .or(() -> workloads.byAddress(address.address()));
        return workload.map(w -> of(w, List.of(address.address()), port.port(), port.name(), settings))
                .orElseGet(() -> new Endpoint(
                        List.of(address.address()),
                        port.port(),
                        port.name(),
                        0,
                        "",
                        Health.HEALTHY,
                        new Locality("", address.zone(), ""),
                        "",
                        settings.clusterId(),
                        new Owner("", service.namespace(), "", Map.of(), address.nodeName())));
    }

    /// Endpoints of the workloads that the service selects, as Kubernetes' own controller would find them.
    static List<Endpoint> fromWorkloads(MeshService service, WorkloadIndex workloads, MeshSettings settings) {
        return selected(
                service,
                workloads,
                workload -> workload.ready() || service.kubernetes().publishNotReady(),
                settings);
    }

    private static List<Endpoint> selected(
            MeshService service, WorkloadIndex workloads, Predicate<Workload> which, MeshSettings settings) {
        List<Endpoint> found = new ArrayList<>();
        for (Workload workload : workloads.selected(service.namespace(), service.selector())) {
            if (!which.test(workload)) {
                continue;
            }
            for (ServicePort port : service.ports()) {
                int target = targetPort(port, workload);
                if (target > 0 && !workload.addresses().isEmpty()) {
                    found.add(of(workload, workload.addresses(), target, port.name(), settings));
                }
            }
        }
        return List.copyOf(found);
    }

    static Endpoint of(Workload workload, List<String> addresses, int port, String servicePort, MeshSettings settings) {
        return new Endpoint(
                addresses,
                port,
                servicePort,
                workload.entry().map(Workload.Entry::weight).orElse(0),
                workload.tlsMode(),
                workload.entry().map(Workload.Entry::health).orElse(Health.HEALTHY),
                workload.locality(),
                workload.network(),
                settings.clusterId(),
                new Owner(
                        workload.workload(),
                        workload.namespace(),
                        workload.serviceAccount(),
                        workload.labels(),
                        workload.node()));
    }

    /// 0 where a named port does not exist. A name may begin with a digit. A workload entry says by the name of the
    /// service's port where it serves it.
    static int targetPort(ServicePort port, Workload workload) {
        Integer own = workload.namedPorts().get(port.name());
        if (workload.entry().isPresent() && own != null) {
            return own;
        }
        String target = port.targetPort();
        if (target.isEmpty()) {
            return port.port();
        }
        return Service.Port.number(target).orElseGet(() -> workload.namedPorts().getOrDefault(target, 0));
    }
}
