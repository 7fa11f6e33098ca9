package dev.lateen.control.store;

import dev.lateen.model.diagnostic.Diagnostic;
import java.util.List;

/// What became of a resource as it stands in its file.
///
/// @param diagnostics errors and warnings, in the order of the file
public record ResourceStatus(Verdict verdict, List<Diagnostic> diagnostics) {
    public ResourceStatus {
        diagnostics = List.copyOf(diagnostics);
    }

    public enum Verdict {
        /// In force as written.
        ACCEPTED,
        /// Refused, and an earlier version is still in force.
        LAST_GOOD_KEPT,
        /// Refused, and nothing is in force.
        REFUSED,
        /// Another file holds a resource of this name, and that one is in force.
        DUPLICATE
    }
}
