package dev.lateen.kubernetes.install;

import dev.lateen.kubernetes.crd.ResourceDefinitions;
import dev.lateen.kubernetes.operator.OperatorSpec;
import dev.lateen.kubernetes.operator.Rendering;
import dev.lateen.kubernetes.tree.Trees;
import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.schema.Schemas;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// All objects of an installation in the order in which they are made: namespaces, definitions, the control plane,
/// webhooks, gateways. Names are Istio's, so that tools find them. Immutable. Thread: any.
///
/// @param spec what was asked for
/// @param objects none where a finding is an error
public record MeshManifests(OperatorSpec spec, List<ObjectNode> objects, List<Diagnostic> findings) {
    private static final String STATE = "installed-state";

    static final String STATE_FIELD = "operator";

    public MeshManifests {
        objects = List.copyOf(objects);
        findings = List.copyOf(findings);
    }

    public static MeshManifests of(OperatorSpec spec) {
        Rendering.Result rendered = Rendering.of(spec);
        List<ObjectNode> objects = new ArrayList<>();
        if (!rendered.objects().isEmpty()) {
            rendered.objects().stream()
                    .map(object -> Trees.text(object, "metadata", "namespace"))
                    .filter(namespace -> !namespace.isEmpty())
                    .distinct()
                    .forEach(namespace -> objects.add(namespace(namespace)));
        }
        if (!Diagnostic.anyError(rendered.findings()) && Trees.flag(spec.tree(), "components", "base", "enabled")) {
            objects.addAll(ResourceDefinitions.all(Schemas.standard()));
        }
        objects.addAll(rendered.objects());
        return new MeshManifests(spec, objects, rendered.findings());
    }

    /// Under which name a cluster keeps what was asked for.
    ///
    /// @param revision `default` for the one without a name
    static String stateName(String revision) {
        return revision.equals("default") ? STATE : STATE + "-" + revision;
    }

    String namespace() {
        return spec.namespace();
    }

    String revision() {
        return spec.revision();
    }

    /// What was asked for, as an object, so that whoever looks later need not ask again.
    ObjectNode state() {
        ObjectNode operator =
                Trees.object("apiVersion", "install.istio.io/v1alpha1", "kind", "IstioOperator", "spec", spec.asked());
        ObjectNode labels = Trees.object("app.kubernetes.io/managed-by", "lateen", "istio.io/rev", revision());
        return Trees.object(
                "apiVersion",
                "v1",
                "kind",
                "ConfigMap",
                "metadata",
                Trees.object("name", stateName(revision()), "namespace", namespace(), "labels", labels),
                "data",
                Trees.object(STATE_FIELD, operator.toString()));
    }

    /// What must work before gateways start: everything else.
    List<ObjectNode> core() {
        return objects.stream().filter(object -> !isGateway(object)).toList();
    }

    List<ObjectNode> gateways() {
        return objects.stream().filter(MeshManifests::isGateway).toList();
    }

    private static boolean isGateway(ObjectNode object) {
        return Trees.text(object, "metadata", "labels", "operator.istio.io/component")
                .endsWith("Gateways");
    }

    private static ObjectNode namespace(String name) {
        return Trees.object("apiVersion", "v1", "kind", "Namespace", "metadata", Trees.object("name", name));
    }
}
