package dev.lateen.translate.vectors;

import dev.lateen.model.istio.Origin;
import dev.lateen.model.mesh.Endpoint;
import dev.lateen.model.mesh.Locality;
import dev.lateen.model.mesh.MeshService;
import dev.lateen.model.mesh.Protocol;
import dev.lateen.model.mesh.Resolution;
import dev.lateen.model.mesh.ServiceId;
import dev.lateen.model.mesh.ServicePort;
import dev.lateen.model.tree.Fields;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Services and endpoints as `services.json` and `instances.json` of a case write them.
final class RegistryJson {
    private RegistryJson() {}

    static MeshService service(Fields in, int order) {
        List<ServicePort> ports = in.objects(
                "ports",
                p -> new ServicePort(
                        p.text("name", ""), p.integer("port").orElse(0), Protocol.parse(p.text("protocol", "")), ""));
        String address = in.text("address", "");
        boolean kubernetes = in.text("serviceRegistry", "").equals("Kubernetes");
        return new MeshService(
                new ServiceId(in.text("hostname", ""), in.text("namespace", "")),
                in.text("name", ""),
                ports,
                address.equals("0.0.0.0") ? List.of() : List.of(address),
                in.text("autoAllocatedIPv4", ""),
                switch (in.text("resolution", "")) {
                    case "DNSLB", "DNS" -> Resolution.DNS;
                    case "DNSRoundRobinLB" -> Resolution.DNS_ROUND_ROBIN;
                    case "Passthrough" -> Resolution.PASSTHROUGH;
                    case "Alias" -> Resolution.ALIAS;
                    case "DynamicDNS", "5" -> Resolution.DYNAMIC_DNS;
                    default -> Resolution.STATIC;
                },
                kubernetes ? MeshService.Registry.KUBERNETES : MeshService.Registry.SERVICE_ENTRY,
                in.flag("meshExternal"),
                in.texts("exportTo"),
                in.textMap("labels"),
                in.textMap("selector"),
                List.of(),
                List.of(),
                new MeshService.Created(
                        in.text("creationTimestamp").map(VectorCase::instant).orElse(Instant.EPOCH), order),
                MeshService.KubernetesFacts.NONE,
                Optional.empty(),
                Origin.NONE);
    }

    static Endpoint endpoint(Fields in) {
        return new Endpoint(
                in.texts("addresses"),
                in.integer("endpointPort").orElse(0),
                in.text("servicePortName", ""),
                in.integer("weight").orElse(0),
                in.text("tlsMode", ""),
                Endpoint.Health.HEALTHY,
                Locality.parse(in.text("locality", "")),
                in.text("network", ""),
                in.text("clusterID", ""),
                new Endpoint.Owner(
                        in.text("workloadName", ""),
                        in.textMap("labels").isEmpty()
                                        && in.text("workloadName", "").isEmpty()
                                ? ""
                                : in.text("namespace", ""),
                        in.text("serviceAccount", ""),
                        in.textMap("labels"),
                        ""));
    }
}
