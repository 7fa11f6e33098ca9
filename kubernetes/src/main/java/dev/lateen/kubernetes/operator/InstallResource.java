package dev.lateen.kubernetes.operator;

import dev.lateen.kubernetes.tree.Trees;
import dev.lateen.model.source.YamlDocument;
import dev.lateen.model.source.YamlLimits;
import dev.lateen.model.source.YamlReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// Files that come with the installer: the chart and the profiles. Thread: any.
public final class InstallResource {
    private static final String ROOT = "/dev/lateen/kubernetes/install/";

    private InstallResource() {}

    /// @param name below the installer's directory, such as `chart/values.yaml`
    public static String text(String name) {
        return find(name).orElseThrow(() -> new IllegalStateException("not on the class path: " + name));
    }

    static Optional<String> find(String name) {
        try (InputStream in = InstallResource.class.getResourceAsStream(ROOT + name)) {
            return in == null ? Optional.empty() : Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static ObjectNode object(String name) {
        return objects(text(name), name).getFirst();
    }

    /// The objects of a text of ours.
    ///
    /// Errors: `IllegalStateException` where it is no YAML.
    public static List<ObjectNode> objects(String text, String name) {
        List<ObjectNode> objects = new ArrayList<>();
        for (YamlDocument document : new YamlReader(YamlLimits.DEFAULT).read(text, name)) {
            switch (document) {
                case YamlDocument.Read(var root, var _)
                when Trees.of(root) instanceof ObjectNode object -> objects.add(object);
                case YamlDocument.Read read -> throw new IllegalStateException(read.at() + ": no object");
                case YamlDocument.Broken broken ->
                    throw new IllegalStateException(
                            broken.diagnostics().getFirst().toString());
            }
        }
        return objects;
    }
}
