package dev.lateen.cli.dump;

import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Turns the field names of protobuf's JSON (`virtual_hosts`), which admin pages print, into its usual form
/// (`virtualHosts`), which istioctl prints. Keys of maps and everything in free-form structs are data and stay.
///
/// Thread: any.
final class FieldNames {
    private static final Set<String> FREE_FORM = Set.of(
            "filterMetadata", "keyValues", "labels", "jsonFormat", "staticLayer", "opaqueMetadata", "matchingLabels");
    private static final Set<String> MAPS = Set.of(
            "typedPerFilterConfig",
            "typedExtensionProtocolOptions",
            "typedFilterMetadata",
            "policies",
            "providers",
            "requirementMap",
            "matcherMap",
            "exactMatchMap",
            "prefixMatchMap",
            "map");
    private static final Set<String> SECRETS =
            Set.of("privateKey", "password", "tokenSecret", "hmacSecret", "genericSecret", "sessionTicketKeys");
    private static final String REDACTED = "W3JlZGFjdGVkXQ=="; // "[redacted]", as Envoy shows it

    private FieldNames() {}

    /// The tree with field names in camel case, and with secrets redacted should the dump hold any.
    static JsonNode camelCase(JsonNode tree) {
        return switch (tree) {
            case ObjectNode object -> object(object);
            case ArrayNode array -> {
                ArrayNode result = JsonNodeFactory.instance.arrayNode(array.size());
                array.forEach(item -> result.add(camelCase(item)));
                yield result;
            }
            default -> tree;
        };
    }

    private static ObjectNode object(ObjectNode object) {
        ObjectNode result = JsonNodeFactory.instance.objectNode();
        boolean struct = object.path("@type").asString("").endsWith("Struct");
        for (Map.Entry<String, JsonNode> field : object.properties()) {
            String name = camelCase(field.getKey());
            boolean asIs = struct && name.equals("value");
            result.set(name, asIs ? field.getValue() : value(name, field.getValue()));
        }
        return result;
    }

    private static JsonNode value(String name, JsonNode value) {
        if (!(value instanceof ObjectNode object)) {
            return camelCase(value);
        }
        if (SECRETS.contains(name)) {
            return JsonNodeFactory.instance.objectNode().put("inlineBytes", REDACTED);
        }
        if (FREE_FORM.contains(name) || (name.equals("metadata") && isStruct(object))) {
            return value;
        }
        if (!MAPS.contains(name)) {
            return object(object);
        }
        ObjectNode result = JsonNodeFactory.instance.objectNode();
        object.properties().forEach(entry -> result.set(entry.getKey(), camelCase(entry.getValue())));
        return result;
    }

    /// `metadata` is a message of resources, of matchers and of rate limits, and a struct of nodes and versions.
    private static boolean isStruct(ObjectNode metadata) {
        return Set.of("filter_metadata", "filterMetadata", "typed_filter_metadata", "filter", "descriptor_key").stream()
                .noneMatch(metadata::has);
    }

    static String camelCase(String name) {
        if (name.indexOf('_') < 1 || name.startsWith("@")) {
            return name;
        }
        StringBuilder camel = new StringBuilder(name.length());
        boolean up = false;
        for (int i = 0; i < name.length(); i++) {
            char next = name.charAt(i);
            if (next == '_') {
                up = true;
            } else {
                camel.append(up ? Character.toUpperCase(next) : next);
                up = false;
            }
        }
        return camel.toString();
    }
}
