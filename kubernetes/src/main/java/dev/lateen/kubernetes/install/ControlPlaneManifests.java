package dev.lateen.kubernetes.install;

import dev.lateen.kubernetes.crd.ResourceDefinitions;
import dev.lateen.kubernetes.tree.Trees;
import dev.lateen.model.schema.Schemas;
import dev.lateen.model.source.YamlDocument;
import dev.lateen.model.source.YamlLimits;
import dev.lateen.model.source.YamlReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// All objects of an installation, in the order in which they are made: definitions, the control plane, webhooks.
/// Names are Istio's, so that tools find them. Thread: any.
public final class ControlPlaneManifests {
    private ControlPlaneManifests() {}

    public static List<ObjectNode> of(InstallSettings settings) {
        List<ObjectNode> objects = new ArrayList<>(ResourceDefinitions.all(Schemas.standard()));
        objects.addAll(read("istiod.yaml", settings));
        objects.addAll(webhooks(settings));
        return List.copyOf(objects);
    }

    /// They come last: from then on pods wait for the control plane.
    static List<ObjectNode> webhooks(InstallSettings settings) {
        return read("webhooks.yaml", settings);
    }

    private static List<ObjectNode> read(String name, InstallSettings settings) {
        String text = text(name)
                .replace("${namespace}", settings.namespace())
                .replace("${hub}", settings.hub())
                .replace("${tag}", settings.tag());
        List<ObjectNode> objects = new ArrayList<>();
        for (YamlDocument document : new YamlReader(YamlLimits.DEFAULT).read(text, name)) {
            if (!(document instanceof YamlDocument.Read(var root, var _))
                    || !(Trees.of(root) instanceof ObjectNode object)) {
                throw new IllegalStateException(name + ": broken at " + document.at());
            }
            objects.add(object);
        }
        return objects;
    }

    private static String text(String name) {
        try (InputStream in = ControlPlaneManifests.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("not on the class path: " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
