package dev.lateen.e2e.policy;

import com.google.protobuf.InvalidProtocolBufferException;
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
import dev.lateen.translate.Translator;
import dev.lateen.xds.ResourceType;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A mesh of one workload, which policies are about: from text by checks, binding and translation to its listener.
final class PolicyMesh {
    private static final String MESH = """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: istio, namespace: istio-system}
            data: {mesh: "{trustDomain: new.example, trustDomainAliases: [old.example]}"}
            """;
    private static final String SERVICE = """
            apiVersion: v1
            kind: Service
            metadata: {name: shop, namespace: default}
            spec:
              clusterIP: 10.96.0.1
              selector: {app: shop}
              ports: [{name: http, port: 8080}, {name: tcp, port: 7000}]
            """;
    private static final ResourceReader READER = ResourceReader.create();

    private PolicyMesh() {}

    /// The workload's proxy.
    ///
    /// @param plane metadata that tells which data plane it is
    static ProxyNode node(String plane) {
        return ProxyNode.parse(
                        "sidecar~10.1.0.1~shop-1.default~default.svc.cluster.local",
                        Map.of(plane, "true", "LABELS", Map.of("app", "shop"), "NAMESPACE", "default"),
                        Locality.NONE)
                .orElseThrow();
    }

    /// @param more resources besides the policies
    static MeshSnapshot snapshot(List<WrittenPolicy> policies, String more) {
        List<RawResource> resources = new ArrayList<>();
        read(MESH, resources);
        read(SERVICE, resources);
        read(more, resources);
        policies.forEach(policy -> read(policy.yaml(), resources));
        SnapshotBuilder builder = new SnapshotBuilder(MeshSettings.DEFAULT);
        builder.mesh(MeshConfig.of(new MeshConfigReader().read(resources).meshConfig()));
        builder.put(resources);
        return builder.build();
    }

    /// The listener for what comes to the workload.
    static Listener inbound(MeshSnapshot snapshot, ProxyNode node) throws InvalidProtocolBufferException {
        var sent = new Translator()
                .translate(snapshot, node)
                .get(ResourceType.LISTENER, "virtualInbound")
                .orElseThrow();
        return Listener.parseFrom(sent.any().getValue());
    }

    private static void read(String yaml, List<RawResource> into) {
        for (ParsedResource parsed : READER.read(yaml, "policies.yaml")) {
            if (parsed instanceof ParsedResource.Valid(RawResource resource, var _)) {
                into.add(resource);
            } else {
                throw new AssertionError(yaml + parsed);
            }
        }
    }
}
