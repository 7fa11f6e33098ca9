package dev.lateen.cli.diagnosis;

import dev.lateen.cli.mesh.PodFacts;
import dev.lateen.kubernetes.inject.InjectionDecision;
import dev.lateen.kubernetes.inject.InjectionReview;
import dev.lateen.kubernetes.inject.InjectionSettings;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.node.ObjectNode;

/// Whether a pod that were created now would get a sidecar, and why or why not, in one line. Thread: any.
///
/// @param injected whether it would
/// @param webhook who would be asked; empty where nobody would
public record InjectionAnswer(boolean injected, String reason, Optional<Injector> webhook) {
    /// @param settings of the injector
    public static InjectionAnswer of(
            PodFacts pod, Map<String, String> namespaceLabels, List<Injector> injectors, InjectionSettings settings) {
        InjectionReview review = new InjectionReview(settings, Injector.revisions(injectors), pod.namespace());
        Map<String, String> labels = new TreeMap<>(namespaceLabels);
        review.addNamespace(
                pod.namespace(),
                labels.entrySet().stream()
                        .map(one -> one.getKey() + "=" + one.getValue())
                        .toList());
        ObjectNode object = ((ObjectNode) pod.object()).deepCopy();
        object.put("kind", "Pod");
        review.add(object);
        InjectionDecision decision = review.lines().getFirst().decision();
        if (decision instanceof InjectionDecision.Skips(String because)) {
            return new InjectionAnswer(false, because, Optional.empty());
        }
        if (injectors.isEmpty()) {
            return new InjectionAnswer(
                    false,
                    decision.because() + ", but the cluster has no webhook that injects (lateen install makes it)",
                    Optional.empty());
        }
        return injectors.stream()
                .filter(one -> one.refusal(namespaceLabels, pod).isEmpty())
                .findFirst()
                .map(one -> new InjectionAnswer(
                        true,
                        decision.because() + "; asked: " + one.name() + " of " + one.configuration() + ", revision "
                                + one.revision(),
                        Optional.of(one)))
                .orElseGet(() -> new InjectionAnswer(
                        false,
                        decision.because() + ", but no webhook is asked: " + nearest(injectors, namespaceLabels, pod),
                        Optional.empty()));
    }

    private static String nearest(List<Injector> injectors, Map<String, String> labels, PodFacts pod) {
        return injectors.stream()
                .map(one -> one.name() + ": " + one.refusal(labels, pod).orElse(""))
                .distinct()
                .reduce((one, next) -> one + "; " + next)
                .orElse("");
    }
}
