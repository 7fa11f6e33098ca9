package dev.lateen.kubernetes.webhook;

import dev.lateen.kubernetes.inject.InjectionDecision;
import dev.lateen.kubernetes.inject.InjectionDecision.Injects;
import dev.lateen.kubernetes.inject.InjectionDecision.Skips;
import dev.lateen.kubernetes.inject.InjectionPolicy;
import dev.lateen.kubernetes.inject.InjectionResult.Injected;
import dev.lateen.kubernetes.inject.InjectionResult.Refused;
import dev.lateen.kubernetes.inject.InjectionSettings;
import dev.lateen.kubernetes.inject.SidecarInjector;
import dev.lateen.kubernetes.tree.JsonPatch;
import dev.lateen.kubernetes.tree.Trees;
import dev.lateen.model.diagnostic.Diagnostic;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ObjectNode;

/// Answers what an API server asks about new pods: the changes that give them a sidecar. A pod that asks for what
/// cannot be had is refused with the reasons. Thread: any.
///
/// The address of the request may say more about the pod's cluster: `/inject/cluster/NAME/net/NAME`, and any other pair
/// as a variable of the proxy, `/inject/NAME/VALUE`, with `--slash--` for a slash.
public final class InjectionHook {
    private static final String ROOT = "/inject";
    private static final Map<String, String> SHORT_NAMES =
            Map.of("cluster", "ISTIO_META_CLUSTER_ID", "net", "ISTIO_META_NETWORK");
    private static final int UNPROCESSABLE = 422;

    private final InjectionPolicy policy;
    private final SidecarInjector injector;
    private final Function<String, Optional<NamespaceFacts>> namespaces;

    /// Which revision a pod belongs to, the API server has decided by the webhook that it asks.
    ///
    /// @param namespaces what is known of a namespace, empty to believe the API server's selection; must not block
    public InjectionHook(InjectionSettings settings, Function<String, Optional<NamespaceFacts>> namespaces) {
        this.policy = new InjectionPolicy(settings, Set.of());
        this.injector = new SidecarInjector(settings);
        this.namespaces = namespaces;
    }

    /// @param path of the request
    /// @return an admission review in JSON
    public String answer(AdmissionRequest request, String path) {
        return answer(request, path, WebhookListener.NONE);
    }

    /// @param listener hears what becomes of the pod
    String answer(AdmissionRequest request, String path, WebhookListener listener) {
        ObjectNode pod = request.object();
        if (!(pod.get("spec") instanceof ObjectNode)) {
            return request.allow();
        }
        String namespace =
                request.namespace().isEmpty() ? Trees.text(pod, "metadata", "namespace") : request.namespace();
        Optional<NamespaceFacts> known = namespaces.apply(namespace);
        NamespaceFacts facts = known.orElse(NamespaceFacts.NONE);
        InjectionDecision decision = known.isPresent()
                ? policy.decide(namespace, facts.labels(), pod)
                : policy.decideForFile(namespace, pod);
        return switch (decision) {
            case Skips _ -> {
                listener.injection(WebhookListener.Injection.SKIPPED);
                yield request.allow();
            }
            case Injects _ ->
                switch (injector.inject(pod.deepCopy(), namespace, facts.annotations(), environment(path))) {
                    case Injected(ObjectNode injected) -> {
                        listener.injection(WebhookListener.Injection.INJECTED);
                        yield request.allow(JsonPatch.between(pod, injected));
                    }
                    case Refused(List<Diagnostic> found) -> {
                        listener.injection(WebhookListener.Injection.REFUSED);
                        yield request.refuse(
                                UNPROCESSABLE,
                                "Invalid",
                                found.stream().map(Diagnostic::summary).collect(Collectors.joining("; ")));
                    }
                };
        };
    }

    /// Why not even the plainest of pods could be injected; empty where it can.
    public Optional<String> problem() {
        ObjectNode pod = Trees.object(
                "metadata",
                Trees.object("name", "probe"),
                "spec",
                Trees.object("containers", Trees.array(Trees.object("name", "app", "image", "app"))));
        return switch (injector.inject(pod, "default", Map.of(), Map.of())) {
            case Injected _ -> Optional.empty();
            case Refused(List<Diagnostic> found) ->
                Optional.of(found.stream().map(Diagnostic::summary).collect(Collectors.joining("; ")));
        };
    }

    static Map<String, String> environment(String path) {
        String rest = path.startsWith(ROOT) ? path.substring(ROOT.length()) : "";
        Map<String, String> variables = new LinkedHashMap<>();
        List<String> parts = List.of(rest.replaceFirst("^/", "").split("/"));
        for (int i = 0; i + 1 < parts.size(); i += 2) {
            String name = parts.get(i);
            variables.put(SHORT_NAMES.getOrDefault(name, name), parts.get(i + 1).replace("--slash--", "/"));
        }
        return variables;
    }
}
