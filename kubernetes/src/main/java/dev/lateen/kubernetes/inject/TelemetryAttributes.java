package dev.lateen.kubernetes.inject;

import dev.lateen.kubernetes.tree.Trees;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// Tells the proxy the resource attributes of its spans, where a tracing provider of the mesh asks for OpenTelemetry's
/// names. Source: OpenTelemetry semantic conventions, "service attributes" on Kubernetes.
final class TelemetryAttributes {
    private static final String VARIABLE = "OTEL_RESOURCE_ATTRIBUTES";

    private TelemetryAttributes() {}

    static void apply(ObjectNode pod, TemplateContext context) {
        boolean asked = Trees.objects(context.settings().mesh(), "extensionProviders").stream()
                .anyMatch(provider -> Trees.text(provider, "opentelemetry", "serviceAttributeEnrichment")
                        .equals("OTEL_SEMANTIC_CONVENTIONS"));
        Optional<ObjectNode> proxy = PodSubject.proxy(pod);
        if (!asked || proxy.isEmpty()) {
            return;
        }
        PodSubject subject = context.subject();
        List<String> attributes = new ArrayList<>();
        String namespace =
                attribute(subject, "service.namespace").orElse(subject.owner().namespaceOrDefault());
        attributes.add("service.namespace=" + namespace);
        attribute(subject, "service.version")
                .or(() -> subject.label("app.kubernetes.io/version"))
                .ifPresent(version -> attributes.add("service.version=" + version));
        List<String> containers = context.applicationContainers();
        attribute(subject, "service.instance.id")
                .or(() -> containers.isEmpty()
                        ? Optional.empty()
                        : Optional.of(subject.owner().namespaceOrDefault() + ".$(POD_NAME)." + containers.getFirst()))
                .ifPresent(instance -> attributes.add("service.instance.id=" + instance));
        Trees.list(proxy.get(), "env").add(Trees.object("name", VARIABLE, "value", String.join(",", attributes)));
    }

    private static Optional<String> attribute(PodSubject subject, String name) {
        return subject.annotation("resource.opentelemetry.io/" + name);
    }
}
