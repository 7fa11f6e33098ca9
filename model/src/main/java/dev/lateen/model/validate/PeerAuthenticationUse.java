package dev.lateen.model.validate;

import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.resource.ResourceKey;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/// PeerAuthentications that are taken and hold for nobody, as in Istio. Thread: any.
///
/// Source: Istio's reference of PeerAuthentication; `PeerPolicies` is what acts.
final class PeerAuthenticationUse {
    private static final String INEFFECTIVE = "ineffective";

    private PeerAuthenticationUse() {}

    static void check(ResourceKey key, View spec, String rootNamespace) {
        if (selects(spec) && key.namespace().equals(rootNamespace)) {
            spec.warning(
                    "selector",
                    INEFFECTIVE,
                    "in the root namespace a policy with a selector holds for no workload",
                    "put it into the namespace of the workloads, or leave out the selector for the whole mesh");
        }
    }

    /// Of several that hold for a whole namespace only the eldest counts.
    static void rivals(Collection<RawResource> resources, Report report) {
        Map<String, RawResource> first = new HashMap<>();
        for (RawResource resource : resources) {
            ResourceKey key = resource.key();
            if (!key.kind().equals("PeerAuthentication") || selects(resource)) {
                continue;
            }
            RawResource other = first.putIfAbsent(key.namespace(), resource);
            if (other != null) {
                report.add(Diagnostic.warning(
                                INEFFECTIVE,
                                resource.origin(),
                                "spec",
                                "two policies without a selector in namespace " + key.namespace()
                                        + ", of which only the eldest counts")
                        .withValue(key.name())
                        .withAdvice("the other is " + other.key().name() + " at " + other.origin()
                                + "; remove one of them"));
            }
        }
    }

    private static boolean selects(RawResource resource) {
        return new View(resource.root(), "", new Report())
                .object("spec")
                .map(PeerAuthenticationUse::selects)
                .orElse(false);
    }

    private static boolean selects(View spec) {
        return spec.object("selector")
                .map(selector -> selector.filled("matchLabels"))
                .orElse(false);
    }
}
