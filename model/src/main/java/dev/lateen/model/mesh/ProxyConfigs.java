package dev.lateen.model.mesh;

import dev.lateen.model.istio.ProxyConfig;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.resource.ResourceKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// All ProxyConfigs, and which of them are for a pod. Of several that would be, the eldest is.
///
/// Source: Istio, ProxyConfig. Thread: any (immutable).
///
/// @param rootNamespace of the mesh
/// @param sorted eldest first
public record ProxyConfigs(String rootNamespace, List<ProxyConfig> sorted) {
    public static final ProxyConfigs NONE = new ProxyConfigs("", List.of());

    public ProxyConfigs {
        sorted = List.copyOf(sorted);
    }

    /// Those among resources.
    public static ProxyConfigs of(String rootNamespace, Collection<RawResource> resources) {
        KindTable<ProxyConfig> table = new KindTable<>(ProxyConfig::metadata);
        for (RawResource resource : resources) {
            ResourceKey key = resource.key();
            if (key.group().equals("networking.istio.io") && key.kind().equals("ProxyConfig")) {
                table.put(key, ProxyConfig.bind(resource));
            }
        }
        return new ProxyConfigs(rootNamespace, table.sorted());
    }

    /// Those for all pods of a namespace: the mesh's first, its own over that.
    public List<ProxyConfig> general(String namespace) {
        List<ProxyConfig> found = new ArrayList<>(2);
        first(rootNamespace, Map.of(), true).ifPresent(found::add);
        if (!namespace.equals(rootNamespace)) {
            first(namespace, Map.of(), true).ifPresent(found::add);
        }
        return found;
    }

    /// The one whose selector chooses the pod.
    public Optional<ProxyConfig> selecting(String namespace, Map<String, String> labels) {
        return first(namespace, labels, false);
    }

    private Optional<ProxyConfig> first(String namespace, Map<String, String> labels, boolean general) {
        return sorted.stream()
                .filter(config -> config.metadata().namespace().equals(namespace)
                        && config.selector().isEmpty() == general
                        && config.selector().matches(labels))
                .findFirst();
    }
}
