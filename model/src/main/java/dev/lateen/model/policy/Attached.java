package dev.lateen.model.policy;

import dev.lateen.model.istio.Origin;
import dev.lateen.model.istio.Reader;
import dev.lateen.model.istio.Selector;
import dev.lateen.model.istio.TargetRef;
import dev.lateen.model.resource.Metadata;
import dev.lateen.model.resource.RawResource;
import java.util.List;

/// Where a policy comes from and which workloads it is for.
public record Attached(Origin origin, Metadata metadata, Selector selector, List<TargetRef> targetRefs) {
    static Attached of(RawResource resource, Reader in) {
        return new Attached(
                in.origin(),
                resource.metadata(),
                in.object("selector", Selector::matchLabels).orElse(Selector.ALL),
                TargetRef.all(in));
    }

    public String namespace() {
        return metadata.namespace();
    }

    /// The resource's part in the names of its rules: `NAMESPACE/NAME`.
    public String path() {
        return metadata.namespace() + "/" + metadata.name();
    }
}
