package dev.lateen.model.analyze;

import dev.lateen.model.source.YamlDocument;
import dev.lateen.model.source.YamlLimits;
import dev.lateen.model.source.YamlReader;
import dev.lateen.model.tree.Node.Mapping;
import dev.lateen.model.tree.Position;
import dev.lateen.model.validate.Spot;
import java.util.List;
import java.util.Optional;

/// YAML or JSON that a ConfigMap holds as text. Thread: any.
final class EmbeddedYaml {
    private EmbeddedYaml() {}

    /// The mapping behind a name of the ConfigMap's `data`; empty where it is none.
    static Optional<Mapping> of(Item map, String name) {
        Spot text = map.root()
                .object("data")
                .map(data -> data.spot(name))
                .orElse(map.root().spot());
        Position at = text.at();
        List<YamlDocument> documents = new YamlReader(YamlLimits.DEFAULT).read(text.value(), at.file(), at.line() + 1);
        return documents.size() == 1 && documents.getFirst() instanceof YamlDocument.Read(Mapping root, var _)
                ? Optional.of(root)
                : Optional.empty();
    }
}
