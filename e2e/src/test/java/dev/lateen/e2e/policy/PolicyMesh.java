package dev.lateen.e2e.policy;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.lateen.e2e.acceptance.Mesh;
import dev.lateen.e2e.behaviour.DataPlane;
import dev.lateen.model.mesh.Locality;
import dev.lateen.model.mesh.MeshSnapshot;
import dev.lateen.model.mesh.ProxyNode;
import dev.lateen.translate.Translator;
import dev.lateen.xds.ResourceType;
import dev.lateen.xds.XdsResources;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
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
        return snapshot(MESH + "---\n" + more
                + String.join(
                        "",
                        policies.stream()
                                .map(policy -> "\n---\n" + policy.yaml())
                                .toList()));
    }

    /// @param yaml resources besides the workload's service, the mesh's settings among them
    static MeshSnapshot snapshot(String yaml) {
        return Mesh.of("policies", SERVICE + "---\n" + yaml).snapshot();
    }

    /// What a gateway that listens on port 8080 gets.
    record Gateway(Listener listener, RouteConfiguration routes) {}

    static Gateway gateway(MeshSnapshot snapshot, DataPlane plane) throws InvalidProtocolBufferException {
        ProxyNode node = ProxyNode.parse(
                        "router~10.1.0.9~edge-1.default~default.svc.cluster.local",
                        Map.of(
                                plane.nodeMetadata(),
                                "true",
                                "LABELS",
                                Map.of("app", "edge", "gateway.networking.k8s.io/gateway-name", "edge"),
                                "NAMESPACE",
                                "default"),
                        Locality.NONE)
                .orElseThrow();
        XdsResources sent = new Translator().translate(snapshot, node);
        return new Gateway(
                Listener.parseFrom(sent.get(ResourceType.LISTENER, "0.0.0.0_8080")
                        .orElseThrow()
                        .any()
                        .getValue()),
                RouteConfiguration.parseFrom(sent.get(ResourceType.ROUTE, "http.8080")
                        .orElseThrow()
                        .any()
                        .getValue()));
    }

    /// The listener for what comes to the workload.
    static Listener inbound(MeshSnapshot snapshot, ProxyNode node) throws InvalidProtocolBufferException {
        var sent = new Translator()
                .translate(snapshot, node)
                .get(ResourceType.LISTENER, "virtualInbound")
                .orElseThrow();
        return Listener.parseFrom(sent.any().getValue());
    }
}
