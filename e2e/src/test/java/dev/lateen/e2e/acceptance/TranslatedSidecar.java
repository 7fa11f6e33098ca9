package dev.lateen.e2e.acceptance;

import dev.lateen.e2e.behaviour.Bootstrap;
import dev.lateen.model.mesh.Locality;
import dev.lateen.model.mesh.ProxyNode;
import java.io.IOException;
import java.util.Collection;
import java.util.Map;

/// What a mesh's resources make of a sidecar's outbound side, as a bootstrap of its own. Its listeners take the
/// connections themselves that the kernel would bring them, to whichever address of the machine.
public final class TranslatedSidecar {
    private TranslatedSidecar() {}

    /// @param plane metadata that tells which data plane it is
    /// @param app label of its workload, whose `version` is `v1`
    /// @param ports those of its listeners that count
    public static Bootstrap bootstrap(
            String yaml, String plane, String namespace, String app, Collection<Integer> ports) throws IOException {
        Map<String, ?> metadata = Map.of(
                plane,
                "true",
                "CLUSTER_ID",
                "Kubernetes",
                "NAMESPACE",
                namespace,
                "LABELS",
                Map.of("app", app, "version", "v1"),
                "INSTANCE_IPS",
                "10.1.0.1");
        String id = "sidecar~10.1.0.1~%s-1.%s~%s.svc.cluster.local".formatted(app, namespace, namespace);
        ProxyNode node = ProxyNode.parse(id, metadata, Locality.NONE).orElseThrow();
        return TranslatedGateway.bootstrap(
                Mesh.of("sidecar", yaml),
                node,
                ports,
                text -> text.replace("\"bind_to_port\": false", "\"bind_to_port\": true"));
    }
}
