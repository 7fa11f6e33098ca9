package dev.lateen.kubernetes.inject;

import dev.lateen.model.diagnostic.Diagnostic;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// What became of a pod.
public sealed interface InjectionResult {
    /// @param pod as it has to be from now on
    record Injected(ObjectNode pod) implements InjectionResult {}

    /// The pod's wishes, or a template, are not understood.
    record Refused(List<Diagnostic> diagnostics) implements InjectionResult {
        public Refused {
            diagnostics = List.copyOf(diagnostics);
        }
    }
}
