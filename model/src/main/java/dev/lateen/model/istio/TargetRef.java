package dev.lateen.model.istio;

import java.util.ArrayList;
import java.util.List;

/// An object that a policy is attached to.
public record TargetRef(String group, String kind, String name, String namespace) {
    static TargetRef of(Reader in) {
        return new TargetRef(in.text("group", ""), in.text("kind", ""), in.text("name", ""), in.text("namespace", ""));
    }

    /// Reported as without effect: a policy that is attached to an object holds for no proxy yet.
    static List<TargetRef> all(Reader in) {
        in.notYet("targetRef", "targetRefs");
        List<TargetRef> refs = new ArrayList<>(in.objects("targetRefs", TargetRef::of));
        in.object("targetRef", TargetRef::of).ifPresent(refs::add);
        return List.copyOf(refs);
    }
}
