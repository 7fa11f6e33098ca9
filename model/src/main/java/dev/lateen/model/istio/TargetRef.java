package dev.lateen.model.istio;

import java.util.ArrayList;
import java.util.List;

/// An object that a policy is attached to.
public record TargetRef(String group, String kind, String name, String namespace) {
    static TargetRef of(Reader in) {
        return new TargetRef(in.text("group", ""), in.text("kind", ""), in.text("name", ""), in.text("namespace", ""));
    }

    static List<TargetRef> all(Reader in) {
        List<TargetRef> refs = new ArrayList<>(in.objects("targetRefs", TargetRef::of));
        in.object("targetRef", TargetRef::of).ifPresent(refs::add);
        return List.copyOf(refs);
    }
}
