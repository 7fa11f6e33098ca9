package dev.lateen.kubernetes.inject;

import dev.lateen.kubernetes.tree.Trees;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The injector's values, of the shape of Istio's charts: what holds where nobody says otherwise, and what is laid
/// over.
public final class InjectionValues {
    private static final String DEFAULTS = "values.json";
    private static final Set<String> WEBHOOK_FIELDS = Set.of(
            "templates", "defaultTemplates", "neverInjectSelector", "alwaysInjectSelector", "injectedAnnotations");

    private InjectionValues() {}

    /// @param version of the images
    public static ObjectNode defaults(String version) {
        try (InputStream in = InjectionValues.class.getResourceAsStream(DEFAULTS)) {
            if (in == null) {
                throw new IllegalStateException("not on the class path: " + DEFAULTS);
            }
            ObjectNode values = (ObjectNode) Trees.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
            Trees.into(values, "global").put("tag", version);
            return values;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /// Objects field by field, everything else as a whole, null included: it unsets a default.
    public static void overlay(ObjectNode below, ObjectNode above) {
        for (Map.Entry<String, JsonNode> field : above.properties()) {
            if (field.getValue() instanceof ObjectNode object) {
                overlay(Trees.into(below, field.getKey()), object);
            } else {
                below.set(field.getKey(), field.getValue().deepCopy());
            }
        }
    }

    /// An injector's configuration, as Istio keeps it in the ConfigMap `istio-sidecar-injector` under `config`.
    public static void overlayInjectorConfig(ObjectNode values, ObjectNode config) {
        ObjectNode webhook = Trees.into(values, "sidecarInjectorWebhook");
        for (String name : WEBHOOK_FIELDS) {
            if (config.has(name)) {
                webhook.set(name, config.get(name).deepCopy());
            }
        }
        if (config.has("policy")) {
            Trees.into(values, "global", "proxy").set("autoInject", config.get("policy"));
        }
    }

    /// What an `IstioOperator` says of injection: its values, the CNI plugin, hub, tag and revision.
    public static void overlayOperator(ObjectNode values, JsonNode operator) {
        JsonNode spec = operator.path("spec");
        if (spec.path("values") instanceof ObjectNode own) {
            overlay(values, own);
        }
        JsonNode cni = Trees.at(spec, "components", "cni", "enabled");
        if (cni.isBoolean()) {
            Trees.into(values, "pilot", "cni").set("enabled", cni);
        }
        for (String name : Set.of("hub", "tag")) {
            if (Trees.has(spec, name)) {
                Trees.into(values, "global").set(name, spec.get(name));
            }
        }
        if (Trees.has(spec, "revision")) {
            values.set("revision", spec.get("revision"));
        }
    }
}
