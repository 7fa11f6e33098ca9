package dev.lateen.cli.workload;

import dev.lateen.kubernetes.tree.Trees;
import dev.lateen.model.source.YamlDocument;
import dev.lateen.model.source.YamlLimits;
import dev.lateen.model.source.YamlReader;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// Reads settings where they stand as YAML in a text: in an annotation, or in a ConfigMap.
///
/// Thread: any (pure function).
public final class SettingsText {
    private SettingsText() {}

    /// @param where it stands, for errors
    ///
    /// Errors: `IllegalArgumentException` where it is no mapping in YAML.
    public static ObjectNode read(String text, String where) {
        List<YamlDocument> documents = new YamlReader(YamlLimits.DEFAULT).read(text, where);
        if (documents.size() == 1
                && documents.getFirst() instanceof YamlDocument.Read(var root, var _)
                && Trees.of(root) instanceof ObjectNode config) {
            return config;
        }
        throw new IllegalArgumentException(where + ": expected a mapping in YAML, such as {proxyMetadata: {…}}");
    }
}
