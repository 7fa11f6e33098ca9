package dev.lateen.kubernetes.operator;

import dev.lateen.kubernetes.tree.Trees;
import dev.lateen.model.diagnostic.Diagnostic;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Parts of Istio that are not built here, by every name that asks for them. To pass over one in silence would leave
/// pods whose traffic nobody captures. Thread: any.
final class MissingParts {
    private static final String INIT_CONTAINER =
            "leave it out; pods capture their traffic by an init container or the CNI agent";

    private record Part(String path, String what, String advice) {}

    private static final List<Part> PARTS = List.of(
            part("components.ztunnel.enabled", "the node proxy of ambient mode"),
            new Part(
                    "components.istiodRemote.enabled",
                    "a control plane elsewhere under this name",
                    "take profile remote with values.global.remotePilotAddress"),
            new Part(
                    "values.istio_cni.enabled",
                    "the node agent under the name that it had in earlier charts",
                    "say components.cni.enabled"),
            part("values.cni.ambient.enabled", "ambient mode"),
            part("values.ambient.enabled", "ambient mode"),
            part("values.ztunnel.enabled", "the node proxy of ambient mode"),
            part("values.pilot.env.PILOT_ENABLE_AMBIENT", "ambient mode"),
            new Part(
                    "values.pilot.taint.enabled",
                    "a controller that takes taints from nodes whose CNI agent is ready",
                    "leave it out; pods that start before the agent are mended (values.cni.repair)"));

    private MissingParts() {}

    private static Part part(String path, String what) {
        return new Part(path, what, INIT_CONTAINER);
    }

    static List<Diagnostic> problems(OperatorSpec spec) {
        List<Diagnostic> found = new ArrayList<>();
        for (Part part : PARTS) {
            String[] path = part.path().split("\\.");
            boolean asked = isTrue(Trees.at(spec.tree(), path));
            if (path[0].equals("values")) {
                path[0] = "unvalidatedValues";
                asked |= isTrue(Trees.at(spec.tree(), path));
            }
            if (asked) {
                found.add(OperatorSpec.refused("spec." + part.path(), part.what() + " is not built yet")
                        .withValue("true")
                        .withAdvice(part.advice()));
            }
        }
        ambientSettings(spec, found);
        return found;
    }

    /// Environment of pods that would switch a proxy to ambient's tunnels.
    private static void ambientSettings(OperatorSpec spec, List<Diagnostic> found) {
        JsonNode metadata = Trees.at(spec.tree(), "meshConfig", "defaultConfig", "proxyMetadata");
        if (metadata instanceof ObjectNode && isTrue(metadata.path("ISTIO_META_ENABLE_HBONE"))) {
            found.add(OperatorSpec.refused(
                            "spec.meshConfig.defaultConfig.proxyMetadata.ISTIO_META_ENABLE_HBONE",
                            "tunnels of ambient mode are not built yet")
                    .withValue("true")
                    .withAdvice("leave it out; workloads of the mesh reach each other by mutual TLS"));
        }
    }

    /// Values of environment variables are texts.
    private static boolean isTrue(JsonNode value) {
        return value.isBoolean() ? value.booleanValue() : value.asString("").equalsIgnoreCase("true");
    }
}
