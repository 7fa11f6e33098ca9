package dev.lateen.control;

import dev.lateen.control.store.StoreChange;
import dev.lateen.model.istio.Bound;
import dev.lateen.model.mesh.MeshConfig;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.resource.ResourceKey;
import dev.lateen.model.source.YamlDocument;
import dev.lateen.model.source.YamlLimits;
import dev.lateen.model.source.YamlReader;
import dev.lateen.model.tree.Node;
import dev.lateen.model.tree.Node.Field;
import dev.lateen.model.tree.Node.Mapping;
import dev.lateen.model.tree.Position;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Finds the mesh's settings among the resources: `spec.meshConfig` of IstioOperators (several add up, in the order of
/// loading, field by field), and the ConfigMap `istio`, which wins.
///
/// Thread: control loop.
final class MeshConfigSource {
    /// The settings after a change; empty where the change has nothing to do with them.
    Optional<Bound<MeshConfig>> refresh(Collection<RawResource> resources, StoreChange change) {
        boolean concerns = change.put().stream().map(RawResource::key).anyMatch(MeshConfigSource::holdsMeshConfig)
                || change.removed().stream().anyMatch(MeshConfigSource::holdsMeshConfig);
        if (!concerns) {
            return Optional.empty();
        }
        Mapping merged = new Mapping(Map.of(), Position.UNKNOWN);
        for (RawResource resource : byOrder(resources)) {
            Optional<Mapping> settings = settingsOf(resource);
            if (settings.isPresent()) {
                merged = merge(merged, settings.get());
            }
        }
        return Optional.of(MeshConfig.of(merged));
    }

    private static List<RawResource> byOrder(Collection<RawResource> resources) {
        return resources.stream()
                .filter(resource -> holdsMeshConfig(resource.key()))
                .sorted(Comparator.comparing(
                                (RawResource resource) -> resource.key().kind().equals("ConfigMap"))
                        .thenComparingLong(resource -> resource.metadata().order()))
                .toList();
    }

    private static boolean holdsMeshConfig(ResourceKey key) {
        return key.kind().equals("IstioOperator")
                || (key.kind().equals("ConfigMap")
                        && key.group().isEmpty()
                        && key.name().equals("istio"));
    }

    private static Optional<Mapping> settingsOf(RawResource resource) {
        if (resource.key().kind().equals("ConfigMap")) {
            return resource.root()
                    .get("data")
                    .flatMap(data -> data instanceof Mapping mapping ? mapping.get("mesh") : Optional.empty())
                    .flatMap(text -> text instanceof Node.Scalar scalar
                            ? embedded(scalar.text(), resource.origin())
                            : Optional.empty());
        }
        return resource.root()
                .get("spec")
                .flatMap(spec -> spec instanceof Mapping mapping ? mapping.get("meshConfig") : Optional.empty())
                .flatMap(found -> found instanceof Mapping mapping ? Optional.of(mapping) : Optional.empty());
    }

    private static Optional<Mapping> embedded(String yaml, Position origin) {
        for (YamlDocument document : new YamlReader(YamlLimits.DEFAULT).read(yaml, origin.file())) {
            if (document instanceof YamlDocument.Read(Mapping mapping, var _)) {
                return Optional.of(mapping);
            }
        }
        return Optional.empty();
    }

    private static Mapping merge(Mapping under, Mapping over) {
        Map<String, Field> fields = new LinkedHashMap<>(under.fields());
        over.fields().forEach((name, field) -> {
            Field below = fields.get(name);
            boolean both = below != null && below.value() instanceof Mapping && field.value() instanceof Mapping;
            fields.put(
                    name,
                    both && below != null
                            ? new Field(field.keyAt(), merge((Mapping) below.value(), (Mapping) field.value()))
                            : field);
        });
        return new Mapping(fields, over.at());
    }
}
