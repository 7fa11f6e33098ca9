package dev.lateen.local.manifest;

import dev.lateen.kubernetes.inject.ProxySettings;
import dev.lateen.kubernetes.tree.Trees;
import dev.lateen.model.mesh.MeshConfig;
import dev.lateen.model.mesh.ProxyConfigs;
import dev.lateen.model.resource.MeshConfigReader;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.tree.Node.Mapping;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// What the files of a mesh say about its proxies: `defaultConfig`, and resources of the kind ProxyConfig.
///
/// Thread: any (immutable).
public final class MeshProxies {
    static final String ANNOTATION = "proxy.istio.io/config";
    static final MeshProxies NONE = new MeshProxies(Trees.object(), ProxyConfigs.NONE);

    private final JsonNode mesh;
    private final ProxyConfigs resources;

    private MeshProxies(JsonNode mesh, ProxyConfigs resources) {
        this.mesh = mesh;
        this.resources = resources;
    }

    /// What is wrong with the settings of the mesh the control plane says.
    static MeshProxies of(List<RawResource> resources) {
        Mapping settings = new MeshConfigReader().read(resources).meshConfig();
        String root = MeshConfig.of(settings).value().identity().rootNamespace();
        return new MeshProxies(Trees.of(settings), ProxyConfigs.of(root, resources));
    }

    /// What is in force for a pod; empty where its annotation is no YAML object.
    Optional<ProxySettings> of(String namespace, Map<String, String> labels, Map<String, String> annotations) {
        return ProxySettings.of(mesh, resources, namespace, labels, Optional.ofNullable(annotations.get(ANNOTATION)));
    }
}
