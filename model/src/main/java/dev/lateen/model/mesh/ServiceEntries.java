package dev.lateen.model.mesh;

import dev.lateen.model.istio.ServiceEntry;
import dev.lateen.model.istio.ServiceEntry.WorkloadEntry;
import dev.lateen.model.mesh.Endpoint.Health;
import dev.lateen.model.mesh.Endpoint.Owner;
import dev.lateen.model.mesh.MeshService.Created;
import dev.lateen.model.mesh.MeshService.KubernetesFacts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// Turns service entries and workload entries into services, workloads and endpoints of the mesh.
final class ServiceEntries {
    private ServiceEntries() {}

    /// One service a host, and one a host and address where there are several addresses.
    static List<MeshService> toMesh(ServiceEntry entry) {
        List<ServicePort> ports = new ArrayList<>();
        for (ServiceEntry.Port port : entry.ports()) {
            OptionalInt target = port.targetPort();
            ports.add(new ServicePort(
                    port.name(),
                    port.number(),
                    Protocol.parse(port.protocol()),
                    target.isPresent() ? Integer.toString(target.getAsInt()) : ""));
        }
        List<MeshService> services = new ArrayList<>();
        for (String host : entry.hosts()) {
            services.add(toMesh(entry, host, ports));
        }
        return services;
    }

    private static MeshService toMesh(ServiceEntry entry, String host, List<ServicePort> ports) {
        var metadata = entry.metadata();
        return new MeshService(
                new ServiceId(host, metadata.namespace()),
                host,
                ports,
                entry.addresses(),
                "",
                resolution(entry, host),
                MeshService.Registry.SERVICE_ENTRY,
                !entry.meshInternal(),
                entry.exportTo(),
                metadata.labels(),
                entry.workloadSelector().map(s -> s.labels()).orElse(Map.of()),
                entry.subjectAltNames(),
                List.of(),
                new Created(metadata.creationTimestamp(), metadata.order()),
                KubernetesFacts.NONE,
                TrafficDistribution.of("", metadata.annotations()),
                entry.origin());
    }

    private static Resolution resolution(ServiceEntry entry, String host) {
        return switch (entry.resolution()) {
            case "STATIC" -> Resolution.STATIC;
            case "DNS" ->
                Hostname.isWildcard(host)
                                && entry.endpoints().isEmpty()
                                && entry.workloadSelector().isEmpty()
                        ? Resolution.PASSTHROUGH
                        : Resolution.DNS;
            case "DNS_ROUND_ROBIN" ->
                Hostname.isWildcard(host) && entry.endpoints().isEmpty()
                        ? Resolution.PASSTHROUGH
                        : Resolution.DNS_ROUND_ROBIN;
            case "DYNAMIC_DNS" -> Resolution.DYNAMIC_DNS;
            default -> Resolution.PASSTHROUGH;
        };
    }

    static Workload toWorkload(WorkloadEntry entry) {
        return new Workload(
                entry.metadata().name(),
                entry.metadata().namespace(),
                entry.metadata().name(),
                List.of(entry.address()),
                entry.labels(),
                entry.serviceAccount(),
                entry.ports(),
                true,
                Locality.parse(entry.locality()),
                entry.network(),
                "",
                Optional.of(new Workload.Entry(
                        entry.weight().orElse(0), entry.healthy() ? Health.HEALTHY : Health.UNHEALTHY)));
    }

    /// Endpoints of one host of an entry: listed ones, selected ones, or the host's own name for DNS.
    static List<Endpoint> endpoints(
            ServiceEntry entry, MeshService service, WorkloadIndex workloads, MeshSettings settings) {
        List<Endpoint> found = new ArrayList<>();
        for (ServicePort port : service.ports()) {
            if (entry.workloadSelector().isPresent()) {
                for (Workload workload : workloads.selected(service.namespace(), service.selector())) {
                    found.add(selected(workload, port, settings));
                }
            } else if (entry.endpoints().isEmpty()) {
                if (service.resolution() == Resolution.DNS || service.resolution() == Resolution.DNS_ROUND_ROBIN) {
                    found.add(own(entry, service, port, settings));
                }
            } else {
                for (int i = 0; i < entry.endpoints().size(); i++) {
                    found.add(listed(entry, i, service, port, settings));
                }
            }
        }
        return List.copyOf(found);
    }

    private static Endpoint own(ServiceEntry entry, MeshService service, ServicePort port, MeshSettings settings) {
        return new Endpoint(
                List.of(service.hostname()),
                port.targetPort().isEmpty() ? port.port() : Integer.parseInt(port.targetPort()),
                port.name(),
                0,
                "",
                Health.HEALTHY,
                Locality.NONE,
                "",
                settings.clusterId(),
                new Owner(entry.metadata().name(), service.namespace(), "", Map.of(), ""));
    }

    private static Endpoint selected(Workload workload, ServicePort port, MeshSettings settings) {
        Integer named = workload.namedPorts().get(port.name());
        String target = port.targetPort();
        int number = named != null ? named : target.isEmpty() ? port.port() : Integer.parseInt(target);
        return KubernetesServices.of(workload, workload.addresses(), number, port.name(), settings);
    }

    /// One without an address is reached through the gateway of its network, or not at all.
    private static List<String> addresses(MeshService service, WorkloadEntry listed) {
        if (!listed.address().isEmpty()) {
            return List.of(listed.address());
        }
        return service.resolution() == Resolution.STATIC ? List.of() : List.of(service.hostname());
    }

    private static Endpoint listed(
            ServiceEntry entry, int index, MeshService service, ServicePort port, MeshSettings settings) {
        WorkloadEntry listed = entry.endpoints().get(index);
        boolean socket = listed.address().startsWith("unix://");
        Integer named = listed.ports().get(port.name());
        String target = port.targetPort();
        int number = named != null ? named : target.isEmpty() ? port.port() : Integer.parseInt(target);
        return new Endpoint(
                addresses(service, listed),
                socket ? 0 : number,
                port.name(),
                listed.weight().orElse(0),
                listed.labels()
                        .getOrDefault(
                                "security.istio.io/tlsMode",
                                listed.serviceAccount().isEmpty() ? "disabled" : "istio"),
                Health.HEALTHY,
                Locality.parse(listed.locality()),
                listed.network(),
                settings.clusterId(),
                new Owner(
                        entry.metadata().name() + "-" + index,
                        service.namespace(),
                        listed.serviceAccount(),
                        listed.labels(),
                        ""));
    }
}
