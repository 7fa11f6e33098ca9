package dev.lateen.control.debug;

import dev.lateen.model.mesh.Endpoint;
import dev.lateen.model.mesh.MeshService;
import dev.lateen.model.mesh.MeshSnapshot;
import dev.lateen.model.resource.RawResource;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The debug pages about the mesh: configuration, services, endpoints, settings.
///
/// Thread: any.
final class MeshPages {
    private static final JsonMapper JSON = new JsonMapper();

    private final MeshView mesh;

    MeshPages(MeshView mesh) {
        this.mesh = mesh;
    }

    /// `configz`: Istio's resources in force.
    JsonNode configuration() {
        ArrayNode all = JSON.createArrayNode();
        for (RawResource resource : mesh.stored().resources()) {
            if (resource.key().group().endsWith("istio.io")) {
                all.add(ResourceJson.of(resource));
            }
        }
        return all;
    }

    /// `registryz`.
    JsonNode services() {
        ArrayNode all = JSON.createArrayNode();
        for (MeshService service : mesh.snapshot().services().all()) {
            ObjectNode json = all.addObject()
                    .put("hostname", service.hostname())
                    .put("defaultAddress", service.defaultAddress())
                    .put("resolution", service.resolution().name())
                    .put("meshExternal", service.meshExternal());
            ArrayNode ports = json.putArray("ports");
            service.ports()
                    .forEach(port -> ports.addObject()
                            .put("name", port.name())
                            .put("port", port.port())
                            .put("protocol", port.protocol().name()));
            json.putObject("Attributes")
                    .put("ServiceRegistry", service.registry().name())
                    .put("Name", service.name())
                    .put("Namespace", service.namespace())
                    .put("Origin", String.valueOf(service.origin()));
        }
        return all;
    }

    /// `endpointz`.
    JsonNode endpoints() {
        ArrayNode all = JSON.createArrayNode();
        MeshSnapshot snapshot = mesh.snapshot();
        for (MeshService service : snapshot.services().all()) {
            ArrayNode list = all.addObject()
                    .put("svc", service.hostname())
                    .put("namespace", service.namespace())
                    .putArray("ep");
            for (Endpoint endpoint : snapshot.endpointsOf(service.id())) {
                list.addObject()
                        .put("address", endpoint.address())
                        .put("port", endpoint.port())
                        .put("servicePort", endpoint.servicePort())
                        .put("health", endpoint.health().name())
                        .put("tlsMode", endpoint.tlsMode())
                        .put("locality", endpoint.locality().toString())
                        .put("network", endpoint.network())
                        .put("node", endpoint.owner().node())
                        .put("workload", endpoint.owner().workload())
                        .put("serviceAccount", endpoint.owner().serviceAccount())
                        .set("labels", JSON.valueToTree(endpoint.labels()));
            }
        }
        return all;
    }

    /// `mesh`.
    JsonNode settings() {
        var config = mesh.snapshot().mesh();
        ObjectNode json = JSON.createObjectNode()
                .put("trustDomain", config.identity().trustDomain())
                .put("rootNamespace", config.identity().rootNamespace())
                .put("enableAutoMtls", config.enableAutoMtls())
                .put("connectTimeout", config.connectTimeout().toString())
                .put("accessLogFile", config.accessLog().file())
                .put("accessLogFormat", config.accessLog().format())
                .put("enableTracing", config.tracing().enabled());
        json.put("proxyListenPort", config.ports().outbound());
        json.put("proxyInboundListenPort", config.ports().inbound());
        Optional.of(config.extensionProviders())
                .filter(providers -> !providers.isEmpty())
                .ifPresent(providers -> {
                    ArrayNode list = json.putArray("extensionProviders");
                    providers.forEach(provider ->
                            list.addObject().put("name", provider.name()).put("kind", provider.kind()));
                });
        return json;
    }

    /// `push_status`.
    JsonNode push() {
        MeshSnapshot snapshot = mesh.snapshot();
        return JSON.createObjectNode()
                .put("generation", snapshot.generation())
                .put("services", snapshot.services().all().size())
                .put("virtualServices", snapshot.traffic().virtualServices().size())
                .put("destinationRules", snapshot.traffic().destinationRules().size())
                .put("gateways", snapshot.traffic().gateways().size())
                .put("proxies", mesh.proxies().size());
    }
}
