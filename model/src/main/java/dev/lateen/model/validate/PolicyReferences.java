package dev.lateen.model.validate;

import dev.lateen.model.resource.ResourceKey;
import java.util.List;
import java.util.Map;

/// What policies refer to: workloads, targets, extension providers. Thread: any one.
final class PolicyReferences {
    private final References references;
    private final MeshIndex index;
    private final String rootNamespace;

    PolicyReferences(References references, String rootNamespace) {
        this.references = references;
        this.index = references.index();
        this.rootNamespace = rootNamespace;
    }

    void authorization(ResourceKey key, View spec) {
        attachment(key, spec);
        spec.object("provider").filter(provider -> provider.filled("name")).ifPresent(this::provider);
    }

    void telemetry(ResourceKey key, View spec) {
        attachment(key, spec);
        for (String part : List.of("tracing", "metrics", "accessLogging")) {
            for (View entry : spec.objects(part)) {
                entry.objects("providers").stream()
                        .filter(provider -> provider.filled("name"))
                        .forEach(this::provider);
            }
        }
    }

    void attachment(ResourceKey key, View spec) {
        spec.object("selector").ifPresent(selector -> {
            Map<String, String> labels = MeshIndex.textMap(selector, "matchLabels");
            boolean everywhere = key.namespace().equals(rootNamespace);
            String namespace = everywhere ? "" : key.namespace();
            boolean known = everywhere || index.hasWorkloads(namespace);
            if (!labels.isEmpty() && known && !index.anyWorkload(namespace, labels)) {
                references
                        .report()
                        .warning(
                                selector.spot("matchLabels"),
                                "selects-nothing",
                                "no workload carries these labels",
                                "compare them with the labels of the pods");
            }
        });
        spec.object("targetRef").ifPresent(target -> target(key, target));
        spec.objects("targetRefs").forEach(target -> target(key, target));
    }

    private void target(ResourceKey key, View target) {
        String group = target.text("group").equals("core") ? "" : target.text("group");
        String namespace = target.text("kind").equals("GatewayClass") ? "" : key.namespace();
        if (target.filled("name")
                && index.find(target.text("kind"), group, namespace, target.text("name"))
                        .isEmpty()) {
            references.missing(
                    target.spot("name"),
                    "there is no " + target.text("kind") + " of this name",
                    index.hasKind(target.text("kind")),
                    index.names(target.text("kind"), group, namespace),
                    "");
        }
    }

    private void provider(View provider) {
        if (!index.providers().contains(provider.text("name"))) {
            references.missing(
                    provider.spot("name"),
                    "the mesh configuration has no extension provider of this name",
                    index.hasKind("IstioOperator"),
                    index.providers(),
                    "add it to meshConfig.extensionProviders");
        }
    }
}
