package dev.lateen.model.istio;

import java.util.ArrayList;
import java.util.List;

/// An object that a policy is attached to.
public record TargetRef(String group, String kind, String name, String namespace) {
    static TargetRef of(Reader in) {
        return new TargetRef(in.text("group", ""), in.text("kind", ""), in.text("name", ""), in.text("namespace", ""));
    }

    /// Reported as without effect where one names anything but a gateway: such a policy holds for no proxy yet.
    public static List<TargetRef> all(Reader in) {
        List<TargetRef> refs = new ArrayList<>(in.objects("targetRefs", TargetRef::of));
        in.object("targetRef", TargetRef::of).ifPresent(refs::add);
        if (!refs.stream().allMatch(TargetRef::isGateway)) {
            in.notYet("targetRef", "targetRefs");
        }
        return List.copyOf(refs);
    }

    /// Whether it names a `Gateway` of the Gateway API.
    public boolean isGateway() {
        return group.equals("gateway.networking.k8s.io") && kind.equals("Gateway");
    }
}
