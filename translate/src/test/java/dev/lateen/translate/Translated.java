package dev.lateen.translate;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.mesh.Locality;
import dev.lateen.model.mesh.MeshConfig;
import dev.lateen.model.mesh.MeshSettings;
import dev.lateen.model.mesh.MeshSnapshot;
import dev.lateen.model.mesh.ProxyNode;
import dev.lateen.model.mesh.SnapshotBuilder;
import dev.lateen.model.resource.MeshConfigReader;
import dev.lateen.model.resource.ParsedResource;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.validate.ResourceReader;
import dev.lateen.xds.ResourceType;
import dev.lateen.xds.XdsResources;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What one proxy is sent of a mesh that a test writes down. Its labels are `app: web`, its address 10.1.0.1.
final class Translated {
    private final SnapshotBuilder builder = new SnapshotBuilder(MeshSettings.DEFAULT);
    private final Translator translator = new Translator();
    private ProxyNode node;

    /// @param type of the proxy: `sidecar` or `router`
    Translated(String mesh, String type, String namespace, Map<String, ?> metadata) {
        Map<String, Object> all = new HashMap<>(metadata);
        all.put("LABELS", Map.of("app", "web"));
        all.put("NAMESPACE", namespace);
        node = ProxyNode.parse(
                        type + "~10.1.0.1~web-1." + namespace + "~" + namespace + ".svc.cluster.local",
                        all,
                        Locality.NONE)
                .orElseThrow();
        List<RawResource> resources = read(mesh);
        builder.mesh(MeshConfig.of(new MeshConfigReader().read(resources).meshConfig()));
        builder.put(resources);
        resources();
    }

    Translated(String mesh, String type, String namespace) {
        this(mesh, type, namespace, Map.of());
    }

    private static List<RawResource> read(String mesh) {
        return ResourceReader.create().read(mesh, "mesh.yaml").stream()
                .map(parsed -> ((ParsedResource.Valid) parsed).resource())
                .toList();
    }

    /// What the proxy calls its service from now on.
    Translated called(String service) {
        node = node.called(service);
        return this;
    }

    /// Changes the mesh.
    void put(String more) {
        builder.put(read(more));
    }

    private XdsResources resources() {
        return translator.translate(builder.build(), node);
    }

    /// What is wrong with resources and shows only when they are translated.
    List<Diagnostic> problems() {
        MeshSnapshot snapshot = builder.build();
        translator.translate(snapshot, node);
        return translator.problems(snapshot);
    }

    Set<String> names(ResourceType type) {
        return resources().ofType(type).keySet();
    }

    byte[] sent(ResourceType type, String name) {
        return resources().get(type, name).orElseThrow().any().getValue().toByteArray();
    }

    Cluster cluster(String name) throws InvalidProtocolBufferException {
        return Cluster.parseFrom(sent(ResourceType.CLUSTER, name));
    }

    RouteConfiguration routes(String name) throws InvalidProtocolBufferException {
        return RouteConfiguration.parseFrom(sent(ResourceType.ROUTE, name));
    }

    Listener listener(String name) throws InvalidProtocolBufferException {
        return Listener.parseFrom(sent(ResourceType.LISTENER, name));
    }
}
