package dev.lateen.cli.diagnosis;

import dev.lateen.cli.mesh.PodFacts;
import dev.lateen.cli.output.Json;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/// One webhook by which an API server asks a control plane for sidecars.
///
/// @param configuration the `MutatingWebhookConfiguration` that has it
/// @param revision of the control plane, `default` where none is named
/// @param tag by which the revision is called; empty where this is none
/// @param service `name.namespace` of who is asked, or a URL
/// @param trusted whether the API server was told whose certificate to believe
public record Injector(
        String configuration,
        String name,
        String revision,
        String tag,
        String service,
        boolean trusted,
        JsonNode webhook) {
    private static final String ANNOTATION = "sidecar.istio.io/inject";
    private static final Set<String> YES = Set.of("true", "y", "yes", "on", "1");

    /// Those among all `MutatingWebhookConfiguration`s.
    public static List<Injector> of(List<? extends JsonNode> configurations) {
        return configurations.stream()
                .flatMap(one -> Json.items(one, "webhooks").stream()
                        .filter(Injector::isInjector)
                        .map(webhook -> of(one, webhook)))
                .toList();
    }

    private static boolean isInjector(JsonNode webhook) {
        return Json.text(webhook, "name").contains("sidecar-injector")
                || Json.text(webhook, "clientConfig", "service", "path").startsWith("/inject");
    }

    private static Injector of(JsonNode configuration, JsonNode webhook) {
        String revision = Json.text(configuration, "metadata", "labels", "istio.io/rev");
        JsonNode service = Json.at(webhook, "clientConfig", "service");
        return new Injector(
                Json.text(configuration, "metadata", "name"),
                Json.text(webhook, "name"),
                revision.isEmpty() ? "default" : revision,
                Json.text(configuration, "metadata", "labels", "istio.io/tag"),
                service.isObject()
                        ? Json.text(service, "name") + "." + Json.text(service, "namespace")
                        : Json.text(webhook, "clientConfig", "url"),
                !Json.text(webhook, "clientConfig", "caBundle").isEmpty(),
                webhook);
    }

    /// Under which names it serves namespaces and pods.
    public static Set<String> revisions(List<Injector> injectors) {
        return injectors.stream()
                .flatMap(one -> java.util.stream.Stream.of(one.revision(), one.tag()))
                .filter(name -> !name.isEmpty())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /// Why the API server does not ask it about a pod; empty where it does.
    public Optional<String> refusal(Map<String, String> namespaceLabels, PodFacts pod) {
        return Selectors.refusal(webhook.path("namespaceSelector"), namespaceLabels)
                .map(reason -> "the namespace's " + reason)
                .or(() -> Selectors.refusal(webhook.path("objectSelector"), pod.labels())
                        .map(reason -> "the pod's " + reason))
                .or(() -> condition(pod));
    }

    /// The API server decides by an expression; of those only ours is understood here, others count as met.
    private Optional<String> condition(PodFacts pod) {
        boolean byAnnotation = Json.items(webhook, "matchConditions").stream()
                .anyMatch(one -> Json.text(one, "expression").contains(ANNOTATION));
        String asked = pod.annotations().getOrDefault(ANNOTATION, "").toLowerCase(Locale.ROOT);
        return byAnnotation && !YES.contains(asked)
                ? Optional.of("the pod's annotation " + ANNOTATION + " does not ask for it")
                : Optional.empty();
    }

    boolean failsClosed() {
        return !Json.text(webhook, "failurePolicy").equals("Ignore");
    }
}
