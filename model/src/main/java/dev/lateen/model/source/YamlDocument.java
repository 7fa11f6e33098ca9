package dev.lateen.model.source;

import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.tree.Node;
import dev.lateen.model.tree.Position;
import java.util.List;

/// One document of a file: its tree, or why it has none.
public sealed interface YamlDocument {
    /// Where the document starts.
    Position at();

    /// @param root what the document holds; never an empty document, which is left out
    record Read(Node root, Position at) implements YamlDocument {}

    /// @param root as much as could be read, so that the owner of a broken document can be named; may be an empty
    ///     mapping
    record Broken(Node.Mapping root, Position at, List<Diagnostic> diagnostics) implements YamlDocument {
        public Broken {
            diagnostics = List.copyOf(diagnostics);
        }
    }
}
