package dev.lateen.control.cluster;

import dev.lateen.kubernetes.cluster.WatchedKind;
import dev.lateen.kubernetes.crd.ResourceDefinitions;
import dev.lateen.model.schema.Schemas;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// The kinds of objects that make up a mesh in a cluster.
final class MeshKinds {
    private static final Set<String> CLUSTERS_OWN = Set.of("", "discovery.k8s.io", "networking.k8s.io");

    private MeshKinds() {}

    static List<WatchedKind> of(ClusterSettings settings) {
        List<WatchedKind> kinds = new ArrayList<>(List.of(
                WatchedKind.of("", "v1", "Namespace", "namespaces"),
                WatchedKind.of("", "v1", "Node", "nodes"),
                WatchedKind.of("networking.k8s.io", "v1", "IngressClass", "ingressclasses"),
                registration("MutatingWebhookConfiguration", "mutatingwebhookconfigurations"),
                registration("ValidatingWebhookConfiguration", "validatingwebhookconfigurations"),
                WatchedKind.configMap(settings.namespace(), settings.named(SettingsMaps.MESH)),
                WatchedKind.configMap(settings.namespace(), settings.named(SettingsMaps.INJECTOR))));
        kinds.addAll(inNamespaces());
        return List.copyOf(kinds);
    }

    /// Those whose objects belong to a namespace and to the mesh.
    static List<WatchedKind> inNamespaces() {
        List<WatchedKind> kinds = new ArrayList<>(List.of(
                WatchedKind.of("", "v1", "Service", "services"),
                WatchedKind.of("", "v1", "Pod", "pods"),
                WatchedKind.of("discovery.k8s.io", "v1", "EndpointSlice", "endpointslices"),
                WatchedKind.of("networking.k8s.io", "v1", "Ingress", "ingresses")));
        for (ObjectNode definition : ResourceDefinitions.all(Schemas.standard())) {
            kinds.add(WatchedKind.of(definition));
        }
        return List.copyOf(kinds);
    }

    /// Whether an object is of the cluster's own kinds, and so of no revision.
    static boolean isClustersOwn(String apiVersion) {
        int slash = apiVersion.indexOf('/');
        return CLUSTERS_OWN.contains(slash < 0 ? "" : apiVersion.substring(0, slash));
    }

    private static WatchedKind registration(String kind, String plural) {
        return WatchedKind.of("admissionregistration.k8s.io", "v1", kind, plural);
    }
}
