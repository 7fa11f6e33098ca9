package dev.lateen.model.analyze;

import dev.lateen.model.resource.Metadata;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.resource.ResourceKey;
import dev.lateen.model.tree.Node.Field;
import dev.lateen.model.tree.Node.Mapping;
import dev.lateen.model.tree.Node.Scalar;
import dev.lateen.model.tree.Node.ScalarType;
import dev.lateen.model.tree.Position;
import java.time.Instant;
import java.util.Map;

/// A file with the mesh's settings, such as `istioctl` takes with `--meshConfigFile`. Thread: any.
public final class MeshConfigFile {
    private static final String NAMESPACE = "istio-system";

    private MeshConfigFile() {}

    /// As the ConfigMap `istio` that the settings would stand in, and that goes before other settings. Findings point
    /// into the file.
    public static RawResource of(String text, String file) {
        // The text in a ConfigMap begins in the line after its key.
        Position before = new Position(file, 0, 1);
        Mapping data =
                new Mapping(Map.of("mesh", new Field(before, new Scalar(text, ScalarType.STRING, before))), before);
        Mapping root = new Mapping(Map.of("data", new Field(before, data)), before);
        Metadata metadata = new Metadata("istio", NAMESPACE, Map.of(), Map.of(), Instant.EPOCH, Long.MAX_VALUE, 0, "");
        return new RawResource("v1", new ResourceKey("", "ConfigMap", NAMESPACE, "istio"), metadata, root, before);
    }
}
