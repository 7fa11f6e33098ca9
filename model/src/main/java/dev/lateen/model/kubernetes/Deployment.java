package dev.lateen.model.kubernetes;

import dev.lateen.model.resource.Metadata;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.tree.Fields;
import dev.lateen.model.tree.Node.Mapping;
import java.util.LinkedHashMap;
import java.util.Map;

/// The pod template of a Kubernetes Deployment.
public record Deployment(
        Metadata metadata,
        int replicas,
        Map<String, String> podLabels,
        Map<String, String> podAnnotations,
        Map<String, Integer> namedPorts,
        String serviceAccount) {

    public static Deployment of(RawResource resource) {
        Fields none = new Fields(new Mapping(Map.of(), resource.origin()));
        Fields spec = new Fields(resource.root()).object("spec", f -> f).orElse(none);
        Fields template = spec.object("template", f -> f).orElse(none);
        Fields metadata = template.object("metadata", f -> f).orElse(none);
        Fields pod = template.object("spec", f -> f).orElse(none);
        Map<String, Integer> ports = new LinkedHashMap<>();
        for (Map<String, Integer> ofContainer : pod.objects("containers", Pod::containerPorts)) {
            ports.putAll(ofContainer);
        }
        return new Deployment(
                resource.metadata(),
                spec.integer("replicas").orElse(1),
                metadata.textMap("labels"),
                metadata.textMap("annotations"),
                ports,
                pod.text("serviceAccountName", "default"));
    }
}
