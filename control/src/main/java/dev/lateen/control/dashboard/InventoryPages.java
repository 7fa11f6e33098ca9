package dev.lateen.control.dashboard;

import dev.lateen.control.debug.MeshView;
import dev.lateen.control.push.ConnectedProxy;
import dev.lateen.dashboard.graph.Inventory;
import java.util.Set;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Services and workloads for the lists. Thread: any.
final class InventoryPages {
    private static final JsonMapper JSON = new JsonMapper();

    private final MeshView mesh;

    InventoryPages(MeshView mesh) {
        this.mesh = mesh;
    }

    ObjectNode json() {
        Inventory inventory = Inventory.of(
                mesh.snapshot(),
                mesh.proxies().stream().map(ConnectedProxy::node).toList());
        ObjectNode json = JSON.createObjectNode();
        ArrayNode services = json.putArray("services");
        inventory.services().forEach((id, one) -> {
            ObjectNode service = services.addObject()
                    .put("id", id)
                    .put("namespace", one.namespace())
                    .put("name", one.name())
                    .put("host", one.host())
                    .put("external", one.external());
            one.ports().forEach(service.putArray("ports")::add);
            names(service, "workloads", one.workloads());
        });
        ArrayNode workloads = json.putArray("workloads");
        inventory.workloads().forEach((id, one) -> {
            ObjectNode workload = workloads
                    .addObject()
                    .put("id", id)
                    .put("namespace", one.namespace())
                    .put("name", one.name())
                    .put("app", one.app())
                    .put("version", one.version())
                    .put("serviceAccount", one.serviceAccount())
                    .put("gateway", one.gateway())
                    .put("instances", one.instances().size())
                    .put("sidecars", one.sidecars().size());
            names(workload, "services", one.services());
            names(workload, "proxies", one.proxies());
        });
        ArrayNode namespaces = json.putArray("namespaces");
        inventory.namespaces().stream().sorted().forEach(namespaces::add);
        KnownProxies proxies = KnownProxies.of(mesh);
        return json.put("connected", proxies.connected()).put("known", proxies.known());
    }

    private static void names(ObjectNode json, String field, Set<String> names) {
        ArrayNode array = json.putArray(field);
        names.forEach(array::add);
    }
}
