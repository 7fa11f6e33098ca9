package dev.lateen.translate.vectors;

import dev.lateen.model.mesh.Endpoint;
import dev.lateen.model.mesh.KeyFetching;
import dev.lateen.model.mesh.MeshService;
import dev.lateen.model.mesh.MeshSettings;
import dev.lateen.model.mesh.MeshSnapshot;
import dev.lateen.model.mesh.NetworkGateway;
import dev.lateen.model.mesh.ServiceId;
import dev.lateen.model.mesh.SnapshotBuilder;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.tree.Node.Mapping;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The further clusters of a case, each with a registry of its own.
final class VectorClusters {
    private final VectorCase input;

    VectorClusters(VectorCase input) {
        this.input = input;
    }

    void addTo(SnapshotBuilder builder) {
        List<MeshService> services = new ArrayList<>();
        List<NetworkGateway> gateways = new ArrayList<>();
        Map<ServiceId, List<Endpoint>> endpoints = new HashMap<>();
        for (String cluster : List.of("cluster-1", "cluster-2")) {
            Path file = input.file("k8s-" + cluster + ".yaml");
            if (!Files.exists(file)) {
                continue;
            }
            SnapshotBuilder own = new SnapshotBuilder(
                    new MeshSettings(cluster, "cluster.local", "", Set.of(), false, KeyFetching.CONTROL_PLANE));
            own.networks(input.networks());
            List<RawResource> resources = new ArrayList<>();
            VectorCase.documents(file)
                    .forEach(root ->
                            input.resource((Mapping) root, resources.size()).ifPresent(resources::add));
            own.put(resources);
            MeshSnapshot snapshot = own.build();
            for (MeshService service : snapshot.services().all()) {
                if (services.stream().noneMatch(known -> known.id().equals(service.id()))) {
                    services.add(service);
                }
            }
            snapshot.endpoints()
                    .forEach((id, list) -> endpoints
                            .computeIfAbsent(id, _ -> new ArrayList<>())
                            .addAll(list));
            gateways.addAll(snapshot.networkGateways());
        }
        if (!services.isEmpty()) {
            builder.registry(services, endpoints, gateways);
        }
    }
}
