package dev.lateen.cli;

import dev.lateen.model.source.YamlDocument;
import dev.lateen.model.source.YamlLimits;
import dev.lateen.model.source.YamlReader;
import dev.lateen.model.tree.Node;
import java.util.HashMap;
import java.util.Map;

/// Reads YAML into lists, maps and scalars that can be compared.
final class YamlTrees {
    private record Scalar(String text, String type) {}

    private YamlTrees() {}

    static Object read(String text) {
        YamlDocument document =
                new YamlReader(YamlLimits.DEFAULT).read(text, "test.yaml").getFirst();
        return switch (document) {
            case YamlDocument.Read(Node root, var _) -> plain(root);
            case YamlDocument.Broken broken -> throw new AssertionError(broken.diagnostics());
        };
    }

    private static Object plain(Node node) {
        return switch (node) {
            case Node.Scalar scalar -> new Scalar(scalar.text(), scalar.type().toString());
            case Node.Sequence sequence ->
                sequence.items().stream().map(YamlTrees::plain).toList();
            case Node.Mapping mapping -> {
                Map<String, Object> fields = new HashMap<>();
                mapping.fields().forEach((name, field) -> fields.put(name, plain(field.value())));
                yield fields;
            }
        };
    }
}
