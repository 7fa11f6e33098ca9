package dev.lateen.model.analyze;

import dev.lateen.model.resource.Metadata;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.resource.ResourceKey;
import dev.lateen.model.tree.Fields;
import dev.lateen.model.tree.Node.Field;
import dev.lateen.model.tree.Node.Mapping;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The pods that workloads in files will bring: one for each template. Thread: any.
final class ImpliedPods {
    private static final Set<String> WORKLOADS = Set.of("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet");
    private static final String SUFFIX = "<of its template>";

    private ImpliedPods() {}

    static List<RawResource> of(Collection<RawResource> resources) {
        return resources.stream()
                .filter(resource -> WORKLOADS.contains(resource.key().kind()))
                .flatMap(workload -> new Fields(workload.root())
                                .object("spec", spec -> spec)
                                .flatMap(spec -> spec.object("template", template -> pod(workload, template)))
                                .stream())
                .toList();
    }

    static boolean isOne(ResourceKey key) {
        return key.name().endsWith(SUFFIX);
    }

    private static RawResource pod(RawResource workload, Fields template) {
        Fields metadata =
                template.object("metadata", found -> found).orElse(new Fields(new Mapping(Map.of(), template.at())));
        Metadata own = new Metadata(
                workload.key().name() + SUFFIX,
                workload.key().namespace(),
                metadata.textMap("labels"),
                metadata.textMap("annotations"),
                Instant.EPOCH,
                workload.metadata().order(),
                0,
                "");
        Mapping root = new Mapping(
                Map.of("spec", new Field(template.at(), template.node("spec").orElse(metadata.mapping()))),
                template.at());
        return new RawResource(
                "v1", new ResourceKey("", "Pod", own.namespace(), own.name()), own, root, workload.origin());
    }
}
