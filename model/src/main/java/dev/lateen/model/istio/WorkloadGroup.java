package dev.lateen.model.istio;

import dev.lateen.model.istio.ServiceEntry.WorkloadEntry;
import dev.lateen.model.resource.Metadata;
import dev.lateen.model.resource.RawResource;
import java.util.Map;
import java.util.Optional;

/// What workloads outside of any platform have in common that register themselves. Its probe is run beside the
/// workload, which gets it with its settings. Source: Istio `WorkloadGroup`.
///
/// @param labels of its entries
/// @param annotations of its entries
public record WorkloadGroup(
        Origin origin,
        Metadata metadata,
        Map<String, String> labels,
        Map<String, String> annotations,
        Optional<WorkloadEntry> template) {
    public WorkloadGroup {
        labels = Map.copyOf(labels);
        annotations = Map.copyOf(annotations);
    }

    public static Bound<WorkloadGroup> bind(RawResource resource) {
        return Reader.spec(resource, in -> {
            in.noEffectNeeded("probe");
            return new WorkloadGroup(
                    in.origin(),
                    resource.metadata(),
                    in.object("metadata", common -> {
                                common.noEffectNeeded("annotations");
                                return common.textMap("labels");
                            })
                            .orElse(Map.of()),
                    in.object("metadata", common -> {
                                common.noEffectNeeded("labels");
                                return common.textMap("annotations");
                            })
                            .orElse(Map.of()),
                    in.object("template", entry -> WorkloadEntry.of(entry, resource.metadata())));
        });
    }
}
