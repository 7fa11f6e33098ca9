package dev.lateen.kubernetes.inject;

import dev.lateen.kubernetes.inject.Templates.Failed;
import dev.lateen.kubernetes.inject.Templates.Rendered;
import dev.lateen.kubernetes.inject.Templates.Rendering;
import dev.lateen.kubernetes.template.GoTemplate;
import dev.lateen.kubernetes.template.TemplateException;
import dev.lateen.kubernetes.tree.Trees;
import dev.lateen.model.source.YamlDocument;
import dev.lateen.model.source.YamlLimits;
import dev.lateen.model.source.YamlReader;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// A user's template: rendered to text, read as YAML.
final class CustomTemplate {
    private CustomTemplate() {}

    static Rendering render(String text, TemplateContext context) {
        String yaml;
        try {
            yaml = GoTemplate.parse(text).render(data(context));
        } catch (TemplateException wrong) {
            return new Failed(wrong.getMessage());
        }
        List<YamlDocument> documents = new YamlReader(YamlLimits.DEFAULT).read(yaml, "template");
        if (documents.isEmpty()) {
            return new Rendered(Trees.object());
        }
        return switch (documents.getFirst()) {
            case YamlDocument.Read(var root, var _) when Trees.of(root) instanceof ObjectNode pod -> new Rendered(pod);
            case YamlDocument.Read _ -> new Failed("does not render to an object");
            case YamlDocument.Broken broken ->
                new Failed("does not render to YAML: "
                        + broken.diagnostics().getFirst().summary());
        };
    }

    /// What a template may name, under the names that Istio's templates use.
    private static ObjectNode data(TemplateContext context) {
        Owner owner = context.subject().owner();
        ObjectNode metadata = context.pod().path("metadata") instanceof ObjectNode own ? own : Trees.object();
        ObjectNode data = Trees.object(
                "TypeMeta", Trees.object("kind", owner.kind(), "apiVersion", owner.apiVersion()),
                "DeploymentMeta", Trees.object("name", owner.name(), "namespace", owner.namespace()),
                "ObjectMeta", metadata.deepCopy(),
                "Spec", context.pod().path("spec").deepCopy(),
                "ProxyConfig", context.proxy().tree(),
                "MeshConfig", context.settings().mesh().deepCopy(),
                "Values", context.settings().values().deepCopy(),
                "Revision", context.settings().revision(),
                "ProxyImage", context.proxyImage());
        data.put("NativeSidecars", context.nativeSidecar());
        data.put("ProxyUID", context.userOrDefault());
        data.put("ProxyGID", context.groupOrDefault());
        return data;
    }
}
