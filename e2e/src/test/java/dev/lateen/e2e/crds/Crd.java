package dev.lateen.e2e.crds;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// A CustomResourceDefinition as YAML.
final class Crd {
    static final String GROUP = "policy.lateen.dev";
    static final String VERSION = "v1alpha1";

    private Crd() {}

    static String yaml(String kind, String plural, List<String> shortNames, ProtoText protos) {
        Map<String, Object> names = new LinkedHashMap<>();
        names.put("kind", kind);
        names.put("listKind", kind + "List");
        names.put("plural", plural);
        if (!shortNames.isEmpty()) {
            names.put("shortNames", shortNames);
        }
        names.put("singular", kind.toLowerCase(Locale.ROOT));
        Map<String, Object> spec = new OpenApi(protos).schema(kind);
        spec.put("description", protos.messages().get(kind).doc());
        Map<String, Object> root = new TreeMap<>(Map.of("type", "object", "required", List.of("spec")));
        root.put(
                "properties",
                new TreeMap<>(Map.of(
                        "spec",
                        spec,
                        "status",
                        new TreeMap<>(Map.of("type", "object", "x-kubernetes-preserve-unknown-fields", true)))));
        Map<String, Object> version = new LinkedHashMap<>();
        version.put(
                "additionalPrinterColumns",
                List.of(new TreeMap<>(
                        Map.of("jsonPath", ".metadata.creationTimestamp", "name", "Age", "type", "date"))));
        version.put("name", VERSION);
        version.put("schema", Map.of("openAPIV3Schema", root));
        version.put("served", true);
        version.put("storage", true);
        version.put("subresources", Map.of("status", Map.of()));
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("group", GROUP);
        body.put("names", names);
        body.put("scope", "Namespaced");
        body.put("versions", List.of(version));
        Map<String, Object> crd = new LinkedHashMap<>();
        crd.put("apiVersion", "apiextensions.k8s.io/v1");
        crd.put("kind", "CustomResourceDefinition");
        crd.put("metadata", Map.of("name", plural + "." + GROUP));
        crd.put("spec", body);
        StringBuilder text = new StringBuilder();
        mapping(text, crd, 0);
        return text.toString();
    }

    private static void mapping(StringBuilder text, Map<?, ?> mapping, int indent) {
        mapping.forEach((key, value) -> {
            text.repeat(' ', indent).append(key).append(':');
            value(text, value, indent);
        });
    }

    private static void value(StringBuilder text, Object value, int indent) {
        switch (value) {
            case Map<?, ?> child when child.isEmpty() -> text.append(" {}\n");
            case Map<?, ?> child -> {
                text.append('\n');
                mapping(text, child, indent + 2);
            }
            case List<?> list -> {
                text.append('\n');
                list.forEach(item -> item(text, item, indent));
            }
            case String string -> text.append(' ').append(quoted(string)).append('\n');
            default -> text.append(' ').append(value).append('\n');
        }
    }

    private static void item(StringBuilder text, Object item, int indent) {
        if (item instanceof Map<?, ?> mapping) {
            int from = text.length();
            mapping(text, mapping, indent + 2);
            text.setCharAt(from + indent, '-');
        } else {
            text.repeat(' ', indent).append('-');
            value(text, item, indent);
        }
    }

    private static String quoted(String text) {
        boolean plain =
                text.matches("[A-Za-z][A-Za-z0-9./_-]*") && !text.matches("(?i)true|false|null|yes|no|on|off|y|n");
        return plain ? text : "'" + text.replace("'", "''") + "'";
    }
}
