package dev.lateen.kubernetes.inject;

import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/// The templates of an injector by name: its own, and those that users wrote into its values, which win.
final class Templates {
    private final Map<String, String> custom;

    Templates(InjectionSettings settings) {
        this.custom = settings.customTemplates();
    }

    sealed interface Rendering permits Rendered, Failed {}

    /// @param pod what is laid over the pod: `metadata` and `spec`
    record Rendered(ObjectNode pod) implements Rendering {}

    record Failed(String reason) implements Rendering {}

    Rendering render(String name, TemplateContext context) {
        String text = custom.get(name);
        if (text != null) {
            return CustomTemplate.render(text, context);
        }
        return switch (name) {
            case "sidecar" -> new Rendered(PodTemplates.sidecar(context));
            case "gateway" -> new Rendered(PodTemplates.gateway(context));
            case "grpc-simple" -> new Rendered(GrpcTemplates.simple(context));
            case "grpc-agent" -> new Rendered(GrpcTemplates.agent(context));
            default ->
                new Failed("there is none of this name (known: sidecar, gateway, grpc-simple, grpc-agent"
                        + (custom.isEmpty() ? "" : ", " + String.join(", ", custom.keySet())) + ")");
        };
    }
}
