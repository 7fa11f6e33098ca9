package dev.lateen.control.debug;

import dev.lateen.control.push.ConnectedProxy;
import dev.lateen.xds.EncodedResource;
import dev.lateen.xds.ResourceType;
import dev.lateen.xds.server.ProxyConnection;
import dev.lateen.xds.server.PushEvent;
import dev.lateen.xds.server.TypeStatus;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The debug pages about proxies, in istiod's shapes.
///
/// Thread: any.
final class ProxyPages {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String ADMIN = "type.googleapis.com/envoy.admin.v3.";

    private final MeshView mesh;
    private final XdsJson xdsJson = new XdsJson();

    ProxyPages(MeshView mesh) {
        this.mesh = mesh;
    }

    /// `syncz`: how far each proxy is.
    JsonNode sync() {
        ArrayNode all = JSON.createArrayNode();
        for (ConnectedProxy proxy : mesh.proxies()) {
            ObjectNode json = all.addObject()
                    .put("cluster_id", clusterId(proxy))
                    .put("proxy", proxy.node().name())
                    .put("proxy_type", proxy.node().type().name().toLowerCase(java.util.Locale.ROOT))
                    .put("proxy_version", proxy.connection().node().userAgent())
                    .put("istio_version", proxy.node().metadata().istioVersion());
            proxy.connection().status().forEach((type, status) -> {
                String name = fieldName(type);
                json.put(name + "_sent", status.sent().map(PushEvent::nonce).orElse(""));
                json.put(
                        name + "_acked", status.accepted().map(PushEvent::nonce).orElse(""));
                status.rejected().ifPresent(rejected -> json.put(name + "_error", rejected.detail()));
            });
        }
        return all;
    }

    /// `adsz` and `connections`: who is connected and what it asked for.
    JsonNode connections() {
        ObjectNode json = JSON.createObjectNode();
        json.put("totalClients", mesh.proxies().size());
        ArrayNode clients = json.putArray("clients");
        for (ConnectedProxy proxy : mesh.proxies()) {
            ProxyConnection connection = proxy.connection();
            ObjectNode client = clients.addObject()
                    .put("connectionId", connection.id())
                    .put("connectedAt", connection.since().toString())
                    .put("address", connection.peer().address())
                    .put("protocol", connection.delta() ? "delta" : "sotw");
            client.set("metadata", JSON.valueToTree(connection.node().metadata()));
            ObjectNode watches = client.putObject("watches");
            new TreeMap<>(connection.status()).forEach((type, status) -> watches.set(type.typeUrl(), watch(status)));
        }
        return json;
    }

    /// `config_dump`: what the proxy should hold, as its own admin page would show it.
    Optional<JsonNode> configDump(String proxyId) {
        return find(proxyId).map(this::configDump);
    }

    /// `edsz`: the endpoints that each proxy, or one, is given.
    JsonNode endpoints(String proxyId) {
        ArrayNode all = JSON.createArrayNode();
        for (ConnectedProxy proxy : mesh.proxies()) {
            if (proxyId.isEmpty() || matches(proxy, proxyId)) {
                ArrayNode list =
                        all.addObject().put("proxyID", proxy.node().name()).putArray("endpoints");
                resources(proxy, ResourceType.ENDPOINT).values().forEach(resource -> list.add(xdsJson.of(resource)));
            }
        }
        return all;
    }

    private JsonNode configDump(ConnectedProxy proxy) {
        ObjectNode json = JSON.createObjectNode();
        ArrayNode configs = json.putArray("configs");
        Map<ResourceType, TypeStatus> status = proxy.connection().status();
        section(configs, "ClustersConfigDump", "dynamicActiveClusters", "cluster", proxy, ResourceType.CLUSTER, status);
        ObjectNode listeners = configs.addObject().put("@type", ADMIN + "ListenersConfigDump");
        listeners.put("versionInfo", version(status, ResourceType.LISTENER));
        ArrayNode dynamic = listeners.putArray("dynamicListeners");
        resources(proxy, ResourceType.LISTENER).values().forEach(resource -> {
            ObjectNode entry = dynamic.addObject().put("name", resource.name());
            ObjectNode active = entry.putObject("activeState").put("versionInfo", resource.version());
            active.set("listener", xdsJson.of(resource));
        });
        section(configs, "RoutesConfigDump", "dynamicRouteConfigs", "routeConfig", proxy, ResourceType.ROUTE, status);
        section(
                configs,
                "EndpointsConfigDump",
                "dynamicEndpointConfigs",
                "endpointConfig",
                proxy,
                ResourceType.ENDPOINT,
                status);
        section(configs, "SecretsConfigDump", "dynamicActiveSecrets", "secret", proxy, ResourceType.SECRET, status);
        return json;
    }

    private void section(
            ArrayNode configs,
            String dump,
            String list,
            String field,
            ConnectedProxy proxy,
            ResourceType type,
            Map<ResourceType, TypeStatus> status) {
        ObjectNode json = configs.addObject().put("@type", ADMIN + dump);
        json.put("versionInfo", version(status, type));
        ArrayNode entries = json.putArray(list);
        for (EncodedResource resource : resources(proxy, type).values()) {
            ObjectNode entry = entries.addObject().put("versionInfo", resource.version());
            if (type == ResourceType.SECRET) {
                entry.put("name", resource.name());
            }
            entry.set(field, xdsJson.of(resource));
        }
    }

    private Optional<ConnectedProxy> find(String proxyId) {
        return mesh.proxies().stream().filter(proxy -> matches(proxy, proxyId)).findFirst();
    }

    /// By name (`pod.ns`), node id or connection id.
    private static boolean matches(ConnectedProxy proxy, String proxyId) {
        return proxy.node().name().equals(proxyId)
                || proxy.node().id().equals(proxyId)
                || proxy.connection().id().equals(proxyId);
    }

    private static Map<String, EncodedResource> resources(ConnectedProxy proxy, ResourceType type) {
        return proxy.connection().resources().ofType(type);
    }

    private static String version(Map<ResourceType, TypeStatus> status, ResourceType type) {
        return Optional.ofNullable(status.get(type))
                .flatMap(TypeStatus::accepted)
                .map(PushEvent::version)
                .orElse("");
    }

    private static JsonNode watch(TypeStatus status) {
        ObjectNode json = JSON.createObjectNode()
                .put("wildcard", status.wildcard())
                .put("names", status.names())
                .put("resources", status.resources())
                .put("synced", status.synced());
        event(json, "sent", status.sent());
        event(json, "acked", status.accepted());
        event(json, "nacked", status.rejected());
        return json;
    }

    private static void event(ObjectNode json, String name, Optional<PushEvent> event) {
        event.ifPresent(e -> json.putObject(name)
                .put("version", e.version())
                .put("nonce", e.nonce())
                .put("at", e.at().toString())
                .put("detail", e.detail()));
    }

    private static String clusterId(ConnectedProxy proxy) {
        String given = proxy.node().clusterId();
        return given.isEmpty() ? "Kubernetes" : given;
    }

    private static String fieldName(ResourceType type) {
        return switch (type) {
            case CLUSTER -> "cluster";
            case ENDPOINT -> "endpoint";
            case LISTENER -> "listener";
            case ROUTE -> "route";
            case SECRET -> "secret";
            case EXTENSION_CONFIG -> "extensionconfig";
            case NAME_TABLE -> "nametable";
        };
    }
}
