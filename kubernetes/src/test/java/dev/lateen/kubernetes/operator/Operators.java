package dev.lateen.kubernetes.operator;

import dev.lateen.kubernetes.install.MeshManifests;
import dev.lateen.kubernetes.tree.Trees;
import dev.lateen.model.diagnostic.Diagnostic;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// Reads operators for tests.
public final class Operators {
    private Operators() {}

    /// @param spec the operator's `spec` in YAML
    public static OperatorReader reader(String spec, String... settings) {
        OperatorReader reader = new OperatorReader();
        if (!spec.isEmpty()) {
            reader.addFile(
                    "apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nspec:\n" + spec.indent(2), "iop.yaml");
        }
        for (String one : settings) {
            reader.addSetting(one);
        }
        return reader;
    }

    public static MeshManifests manifests(String spec, String... settings) {
        OperatorReader reader = reader(spec, settings);
        return reader.spec("hub", "tag")
                .map(MeshManifests::of)
                .orElseThrow(() -> new AssertionError(reader.findings().toString()));
    }

    /// What is wrong, one a line.
    public static List<String> errors(String spec, String... settings) {
        OperatorReader reader = reader(spec, settings);
        List<Diagnostic> found = new java.util.ArrayList<>();
        reader.spec("hub", "tag")
                .ifPresent(one -> found.addAll(MeshManifests.of(one).findings()));
        found.addAll(reader.findings());
        return found.stream()
                .filter(Diagnostic::isError)
                .map(one -> one + " " + one.advice())
                .toList();
    }

    public static ObjectNode object(MeshManifests manifests, String kind, String name) {
        return manifests.objects().stream()
                .filter(one -> Trees.text(one, "kind").equals(kind)
                        && Trees.text(one, "metadata", "name").equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + kind + " " + name));
    }
}
