package dev.lateen.kubernetes.inject;

import dev.lateen.kubernetes.inject.InjectionDecision.Injects;
import dev.lateen.kubernetes.inject.InjectionDecision.Skips;
import dev.lateen.kubernetes.tree.Trees;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// Decides whether a pod gets a sidecar, and says why. Thread: any.
///
/// The pod's label wins over its annotation, and both over the namespace: `false` always keeps a pod out, `true` takes
/// it in unless the namespace says `istio-injection=disabled`. Which control plane injects is the namespace's revision,
/// or the pod's where the namespace has none.
///
/// Differs: the annotation `sidecar.istio.io/inject: "true"` counts in a namespace without a label too.
public final class InjectionPolicy {
    private static final String NAMESPACE_LABEL = "istio-injection";
    private static final String DEFAULT = "default";
    private static final Set<String> SYSTEM_NAMESPACES =
            Set.of("kube-system", "kube-public", "kube-node-lease", "local-path-storage");
    private static final Set<String> YES = Set.of("true", "y", "yes", "on", "1");
    private static final Set<String> NO = Set.of("false", "n", "no", "off", "0");

    private final InjectionSettings settings;
    private final Set<String> revisions;

    /// @param revisions that this injector serves, tags among them; `default` for the one without a name; none for an
    ///     API server, whose webhooks select already who is served by whom
    public InjectionPolicy(InjectionSettings settings, Set<String> revisions) {
        this.settings = settings;
        this.revisions = Set.copyOf(revisions);
    }

    /// For a pod that is created in a cluster.
    public InjectionDecision decide(String namespace, Map<String, String> namespaceLabels, ObjectNode pod) {
        Optional<InjectionDecision> never = never(namespace, pod);
        if (never.isPresent()) {
            return never.get();
        }
        Optional<Wish> wish = wish(pod);
        if (wish.isPresent() && !wish.get().inject()) {
            return new Skips(wish.get().source());
        }
        String label = namespaceLabels.getOrDefault(NAMESPACE_LABEL, "");
        if (label.equals("disabled")) {
            return new Skips("namespace '" + namespace + "' has the label " + NAMESPACE_LABEL + "=disabled");
        }
        Optional<InjectionDecision> foreign = foreignRevision(namespaceLabels, pod);
        if (foreign.isPresent()) {
            return foreign.get();
        }
        if (wish.isPresent()) {
            return new Injects(wish.get().source());
        }
        return byNamespace(namespace, namespaceLabels, pod, label);
    }

    private InjectionDecision byNamespace(
            String namespace, Map<String, String> labels, ObjectNode pod, String namespaceLabel) {
        String revision = labels.getOrDefault(Names.REVISION, "");
        boolean enabled = namespaceLabel.equals("enabled") || !revision.isEmpty();
        String podRevision = Trees.text(pod, "metadata", "labels", Names.REVISION);
        boolean byDefault = settings.flag("sidecarInjectorWebhook", "enableNamespacesByDefault");
        boolean selected = revisions.isEmpty();
        if (!enabled && podRevision.isEmpty() && !byDefault && !selected) {
            return namespaceLabel.isEmpty()
                    ? new Skips("namespace '" + namespace + "' has no label " + NAMESPACE_LABEL + "=enabled or "
                            + Names.REVISION + ", and the pod has no label " + Names.INJECT + "=true")
                    : new Skips("namespace '" + namespace + "' has the label " + NAMESPACE_LABEL + "=" + namespaceLabel
                            + " (expected: enabled or disabled)");
        }
        Optional<InjectionDecision> bySelector = bySelector(pod);
        if (bySelector.isPresent()) {
            return bySelector.get();
        }
        if (settings.value("global", "proxy", "autoInject").equals("disabled")) {
            return new Skips("global.proxy.autoInject is disabled, and the pod has no label " + Names.INJECT + "=true");
        }
        if (namespaceLabel.equals("enabled")) {
            return new Injects("namespace '" + namespace + "' has the label " + NAMESPACE_LABEL + "=enabled");
        }
        if (!revision.isEmpty()) {
            return new Injects("namespace '" + namespace + "' has the label " + Names.REVISION + "=" + revision);
        }
        return podRevision.isEmpty()
                ? new Injects(
                        byDefault
                                ? "sidecarInjectorWebhook.enableNamespacesByDefault is set"
                                : "a webhook of the cluster selects it")
                : new Injects("the pod has the label " + Names.REVISION + "=" + podRevision);
    }

    /// For a workload of a file that a user asks to inject: namespaces are not consulted.
    public InjectionDecision decideForFile(String namespace, ObjectNode pod) {
        Optional<InjectionDecision> never = never(namespace, pod);
        if (never.isPresent()) {
            return never.get();
        }
        Optional<Wish> wish = wish(pod);
        if (wish.isPresent()) {
            return wish.get().inject()
                    ? new Injects(wish.get().source())
                    : new Skips(wish.get().source());
        }
        return bySelector(pod)
                .orElseGet(() -> settings.value("global", "proxy", "autoInject").equals("disabled")
                        ? new Skips("global.proxy.autoInject is disabled")
                        : new Injects("asked for"));
    }

    private static Optional<InjectionDecision> never(String namespace, ObjectNode pod) {
        if (Trees.flag(pod, "spec", "hostNetwork")) {
            return Optional.of(new Skips("it has host networking enabled"));
        }
        return SYSTEM_NAMESPACES.contains(namespace)
                ? Optional.of(new Skips("namespace '" + namespace + "' belongs to Kubernetes itself"))
                : Optional.empty();
    }

    private record Wish(boolean inject, String source) {}

    private static Optional<Wish> wish(ObjectNode pod) {
        for (String kind : List.of("label", "annotation")) {
            String value = Trees.text(pod, "metadata", kind + "s", Names.INJECT);
            if (YES.contains(value) || NO.contains(value)) {
                return Optional.of(
                        new Wish(YES.contains(value), "the pod has the " + kind + " " + Names.INJECT + "=" + value));
            }
        }
        return Optional.empty();
    }

    private Optional<InjectionDecision> foreignRevision(Map<String, String> namespaceLabels, ObjectNode pod) {
        boolean plain = namespaceLabels.getOrDefault(NAMESPACE_LABEL, "").equals("enabled");
        String named = namespaceLabels.getOrDefault(Names.REVISION, "");
        String ofPod = Trees.text(pod, "metadata", "labels", Names.REVISION);
        String revision = plain ? DEFAULT : !named.isEmpty() ? named : !ofPod.isEmpty() ? ofPod : DEFAULT;
        return revisions.isEmpty() || revisions.contains(revision)
                ? Optional.empty()
                : Optional.of(new Skips("it belongs to revision '" + revision + "', this injector serves "
                        + String.join(", ", revisions.stream().sorted().toList())));
    }

    private Optional<InjectionDecision> bySelector(ObjectNode pod) {
        for (ObjectNode selector : selectors("neverInjectSelector")) {
            if (LabelSelector.matches(selector, Trees.at(pod, "metadata", "labels"))) {
                return Optional.of(new Skips("neverInjectSelector has " + selector));
            }
        }
        for (ObjectNode selector : selectors("alwaysInjectSelector")) {
            if (LabelSelector.matches(selector, Trees.at(pod, "metadata", "labels"))) {
                return Optional.of(new Injects("alwaysInjectSelector has " + selector));
            }
        }
        return Optional.empty();
    }

    private List<ObjectNode> selectors(String name) {
        return Trees.objects(settings.values(), "sidecarInjectorWebhook", name);
    }
}
