package dev.lateen.model.analyze;

import dev.lateen.model.resource.MeshConfigReader;
import dev.lateen.model.resource.MeshConfigReader.MeshSettingsTree;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.resource.ResourceKey;
import dev.lateen.model.tree.Fields;
import dev.lateen.model.tree.Node.Mapping;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What there is, arranged for analyzers. Immutable after the constructor. Thread: any.
final class MeshContents {
    static final String NETWORKING = "networking.istio.io";
    static final String SECURITY = "security.istio.io";
    static final String TELEMETRY = "telemetry.istio.io";

    private static final Set<String> SYSTEM_NAMESPACES =
            Set.of("kube-system", "kube-public", "kube-node-lease", "local-path-storage");

    private final Map<String, List<Item>> byKind = new HashMap<>();
    private final Map<ResourceKey, Item> byKey = new LinkedHashMap<>();
    private final MeshSettingsTree settings;
    private final AnalysisSettings options;
    private final LabelIndex pods;
    private final ServiceSelectors services;
    private final Hosts hosts;

    MeshContents(Collection<RawResource> resources, AnalysisSettings options) {
        this.options = options;
        List<RawResource> all = new ArrayList<>(resources);
        all.addAll(AssumedGateway.beside(resources, options));
        if (options.impliesPods()) {
            all.addAll(ImpliedPods.of(resources));
        }
        for (RawResource resource : all) {
            Item item = Item.of(resource);
            ResourceKey key = resource.key();
            if (byKey.putIfAbsent(key, item) == null) {
                byKind.computeIfAbsent(key.group() + "/" + key.kind(), kind -> new ArrayList<>())
                        .add(item);
            }
        }
        this.settings = new MeshConfigReader().read(resources);
        this.pods = new LabelIndex(core("Pod"));
        this.services = new ServiceSelectors(core("Service"));
        this.hosts = new Hosts(core("Service"), networking("ServiceEntry"));
    }

    List<Item> of(String group, String kind) {
        return byKind.getOrDefault(group + "/" + kind, List.of());
    }

    List<Item> core(String kind) {
        return of("", kind);
    }

    List<Item> networking(String kind) {
        return of(NETWORKING, kind);
    }

    List<Item> deployments() {
        return of("apps", "Deployment");
    }

    List<Item> telemetries() {
        return of(TELEMETRY, "Telemetry");
    }

    Optional<Item> find(String group, String kind, String namespace, String name) {
        return Optional.ofNullable(byKey.get(new ResourceKey(group, kind, namespace, name)));
    }

    LabelIndex pods() {
        return pods;
    }

    ServiceSelectors services() {
        return services;
    }

    Hosts hosts() {
        return hosts;
    }

    /// What is set of the mesh's configuration, without defaults.
    Fields meshConfig() {
        return new Fields(settings.meshConfig());
    }

    Mapping meshNetworks() {
        return settings.meshNetworks();
    }

    /// The ConfigMap that the mesh's settings are in; empty where there is none.
    Optional<Item> settingsOwner() {
        return core("ConfigMap").stream()
                .filter(map -> MeshConfigReader.isConfigMap(map.resource().key()))
                .findFirst();
    }

    String rootNamespace() {
        return meshConfig().text("rootNamespace", options.systemNamespace());
    }

    Instant now() {
        return options.now();
    }

    /// The labels of a namespace; empty where it is not among the resources.
    Optional<Map<String, String>> namespaceLabels(String name) {
        return find("", "Namespace", "", name).map(Item::labels);
    }

    static boolean isSystem(String namespace) {
        return SYSTEM_NAMESPACES.contains(namespace);
    }

    /// Whether it belongs to the control plane or a gateway that came with it, as Istio's own labels say.
    static boolean isControlPlane(Item item) {
        return item.labels().containsKey("istio")
                || item.labels().getOrDefault("release", "").equals("istio");
    }
}
