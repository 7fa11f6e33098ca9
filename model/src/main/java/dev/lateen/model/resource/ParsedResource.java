package dev.lateen.model.resource;

import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.tree.Node;
import dev.lateen.model.tree.Position;
import java.util.List;
import java.util.Optional;

/// What one document of a file turned out to be.
public sealed interface ParsedResource {
    /// Where the document starts.
    Position origin();

    /// All that was found, in the order of the file.
    List<Diagnostic> diagnostics();

    /// A resource that may be used; its diagnostics hold no error.
    record Valid(RawResource resource, List<Diagnostic> diagnostics) implements ParsedResource {
        public Valid {
            diagnostics = List.copyOf(diagnostics);
        }

        @Override
        public Position origin() {
            return resource.origin();
        }
    }

    /// A resource that must not be used: at least one diagnostic is an error.
    ///
    /// @param key whose last good version stays, where the document says that much
    record Invalid(Optional<ResourceKey> key, Position origin, List<Diagnostic> diagnostics) implements ParsedResource {
        public Invalid {
            diagnostics = List.copyOf(diagnostics);
        }
    }

    /// A piece of an object without `apiVersion` and `kind`, such as the `metadata` of a pod template: readable, but
    /// nothing that could be applied by itself. It carries an INFO that says so.
    record Fragment(Node.Mapping root, Position origin, List<Diagnostic> diagnostics) implements ParsedResource {
        public Fragment {
            diagnostics = List.copyOf(diagnostics);
        }
    }
}
