package dev.lateen.cli.diagnosis;

import dev.lateen.cli.mesh.PodFacts;
import dev.lateen.kubernetes.inject.InjectionSettings;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// What was read of a cluster to judge one pod.
///
/// @param namespaceLabels of the pod's namespace
/// @param systemNamespace the control plane's
/// @param controlPlanes their pods, also those that do not run
/// @param services those of the pod's namespace
/// @param slices the EndpointSlices of the pod's namespace
/// @param networkPolicies those of the pod's namespace
/// @param mesh what the control plane says; empty pages where none answers
public record ClusterPicture(
        PodFacts pod,
        Map<String, String> namespaceLabels,
        String systemNamespace,
        List<PodFacts> controlPlanes,
        Injection injection,
        List<? extends JsonNode> services,
        List<? extends JsonNode> slices,
        List<? extends JsonNode> networkPolicies,
        MeshPages mesh) {
    /// Who injects, and by what settings.
    public record Injection(List<Injector> injectors, InjectionSettings settings) {}

    String namespace() {
        return pod.namespace();
    }

    /// How kubectl names it.
    String shown() {
        return pod.fullName();
    }
}
