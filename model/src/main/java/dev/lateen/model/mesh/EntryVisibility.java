package dev.lateen.model.mesh;

import dev.lateen.model.istio.LabelSelector;
import dev.lateen.model.istio.Reader;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// How far ServiceEntries may be seen, whatever they say of themselves: an administrator's bound on `exportTo`. The
/// first policy whose conditions hold for an entry's namespace counts. Source: Istio,
/// `MeshConfig.serviceEntryVisibility`.
///
/// Thread: any (immutable).
///
/// @param visibility of entries that no policy is for: `PUBLIC`, `NAMESPACE` or `NONE`
public record EntryVisibility(String visibility, List<Policy> policies) {
    /// Bounds nothing.
    public static final EntryVisibility ALL = new EntryVisibility("PUBLIC", List.of());

    private static final String NAME_LABEL = "kubernetes.io/metadata.name";

    public EntryVisibility {
        policies = List.copyOf(policies);
    }

    /// @param namespaces what each must choose
    public record Policy(String visibility, List<LabelSelector> namespaces) {
        static Policy of(Reader in) {
            return new Policy(
                    in.text("visibility", "PUBLIC"),
                    in.objects(
                            "matchingRules",
                            rule -> rule.object("namespaceSelector", LabelSelector::of)
                                    .orElse(new LabelSelector(Map.of(), List.of()))));
        }
    }

    /// Proxies follow it only where it says so; nodes' proxies of ambient meshes, for which it is made, would always.
    static EntryVisibility of(Reader in) {
        EntryVisibility all =
                new EntryVisibility(in.text("defaultVisibility", "PUBLIC"), in.objects("policies", Policy::of));
        return in.flag("applyToSidecars") ? all : ALL;
    }

    /// What is left of an entry's `exportTo`.
    ///
    /// @param exportTo as written; empty stands for `fallback`
    /// @param labels of the entry's namespace; every namespace has its name besides
    List<String> bound(List<String> exportTo, List<String> fallback, String namespace, Map<String, String> labels) {
        return switch (visibility(namespace, labels)) {
            case "NAMESPACE" ->
                Visibility.visible(exportTo, fallback, namespace, namespace) ? List.of(".") : List.of("~");
            default -> exportTo;
        };
    }

    /// Whether entries of a namespace count at all.
    boolean admits(String namespace, Map<String, String> labels) {
        return !visibility(namespace, labels).equals("NONE");
    }

    private String visibility(String namespace, Map<String, String> labels) {
        Map<String, String> all = new TreeMap<>(labels);
        all.put(NAME_LABEL, namespace);
        for (Policy policy : policies) {
            if (policy.namespaces().stream().allMatch(selector -> selector.matches(all))) {
                return policy.visibility();
            }
        }
        return visibility;
    }
}
