package dev.lateen.model.validate;

import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.resource.Metadata;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.resource.ResourceKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
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

    /// Of several that hold for the same workloads only the eldest counts.
    static void rivals(Collection<RawResource> resources, MeshIndex among, Report report) {
        Map<String, List<RawResource>> elders = new HashMap<>();
        resources.stream()
                .filter(resource -> resource.key().kind().equals("PeerAuthentication"))
                .sorted(Comparator.comparing(RawResource::metadata, Metadata.ELDEST_FIRST))
                .forEach(resource -> {
                    List<RawResource> older =
                            elders.computeIfAbsent(resource.key().namespace(), _ -> new ArrayList<>());
                    older.stream()
                            .filter(elder -> compete(elder, resource, among))
                            .findFirst()
                            .ifPresent(elder -> report.add(rival(elder, resource)));
                    older.add(resource);
                });
    }

    /// Labels that no known workload carries together may still be those of one to come, where each of one policy's is
    /// the other's too.
    private static boolean compete(RawResource elder, RawResource younger, MeshIndex among) {
        Map<String, String> first = labels(elder);
        Map<String, String> second = labels(younger);
        if (first.isEmpty() || second.isEmpty()) {
            return first.isEmpty() && second.isEmpty();
        }
        Map<String, String> both = new HashMap<>(first);
        both.putAll(second);
        return both.entrySet().containsAll(first.entrySet())
                && (both.equals(first)
                        || both.equals(second)
                        || among.anyWorkload(younger.key().namespace(), both));
    }

    private static Diagnostic rival(RawResource elder, RawResource younger) {
        String namespace = younger.key().namespace();
        boolean selects = !labels(younger).isEmpty();
        return Diagnostic.warning(
                        INEFFECTIVE,
                        younger.origin(),
                        selects ? "spec.selector" : "spec",
                        selects
                                ? "another policy of namespace " + namespace
                                        + " selects the same workloads; for them only the eldest counts"
                                : "two policies without a selector in namespace " + namespace
                                        + ", of which only the eldest counts")
                .withValue(younger.key().name())
                .withAdvice("the other is " + elder.key().name() + " at " + elder.origin() + "; "
                        + (selects ? "join them" : "remove one of them"));
    }

    private static Map<String, String> labels(RawResource resource) {
        return new View(resource.root(), "", new Report())
                .object("spec")
                .flatMap(spec -> spec.object("selector"))
                .map(selector -> MeshIndex.textMap(selector, "matchLabels"))
                .orElse(Map.of());
    }

    private static boolean selects(View spec) {
        return spec.object("selector")
                .map(selector -> selector.filled("matchLabels"))
                .orElse(false);
    }
}
