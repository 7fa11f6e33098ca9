package dev.lateen.control.debug;

import dev.lateen.control.store.ResourceStatus;
import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.tree.Node;
import java.math.BigInteger;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Prints resources as they were written, but for the content of Secrets.
///
/// Thread: any.
final class ResourceJson {
    private static final JsonMapper JSON = new JsonMapper();

    private ResourceJson() {}

    static ObjectNode of(RawResource resource) {
        ObjectNode json = (ObjectNode) tree(resource.root());
        if (resource.key().kind().equals("Secret")) {
            for (String field : List.of("data", "stringData")) {
                if (json.get(field) instanceof ObjectNode data) {
                    data.properties().forEach(entry -> data.put(entry.getKey(), "[redacted]"));
                }
            }
        }
        ObjectNode metadata = json.get("metadata") instanceof ObjectNode given ? given : json.putObject("metadata");
        metadata.put("namespace", resource.key().namespace());
        json.put("origin", resource.origin().toString());
        return json;
    }

    static ObjectNode status(ResourceStatus status) {
        ObjectNode json =
                JSON.createObjectNode().put("verdict", status.verdict().name());
        json.set("diagnostics", diagnostics(status.diagnostics()));
        return json;
    }

    static ArrayNode diagnostics(List<Diagnostic> diagnostics) {
        ArrayNode json = JSON.createArrayNode();
        for (Diagnostic diagnostic : diagnostics) {
            json.add(JSON.createObjectNode()
                    .put("severity", diagnostic.severity().word())
                    .put("code", diagnostic.code())
                    .put("at", diagnostic.at().toString())
                    .put("message", diagnostic.summary())
                    .put("advice", diagnostic.advice()));
        }
        return json;
    }

    private static JsonNode tree(Node node) {
        return switch (node) {
            case Node.Mapping mapping -> {
                ObjectNode object = JSON.createObjectNode();
                mapping.fields().forEach((name, field) -> object.set(name, tree(field.value())));
                yield object;
            }
            case Node.Sequence sequence -> {
                ArrayNode array = JSON.createArrayNode();
                sequence.items().forEach(item -> array.add(tree(item)));
                yield array;
            }
            case Node.Scalar scalar -> scalar(scalar);
        };
    }

    private static JsonNode scalar(Node.Scalar scalar) {
        var nodes = JSON.getNodeFactory();
        return switch (scalar.type()) {
            case STRING -> nodes.stringNode(scalar.text());
            case NULL -> nodes.nullNode();
            case BOOLEAN -> nodes.booleanNode(Boolean.parseBoolean(scalar.text()));
            case INTEGER, FLOAT -> number(scalar.text());
        };
    }

    private static JsonNode number(String text) {
        var nodes = JSON.getNodeFactory();
        try {
            return text.matches("[-+]?[0-9]+")
                    ? nodes.numberNode(new BigInteger(text))
                    : nodes.numberNode(Double.parseDouble(text));
        } catch (NumberFormatException _) {
            return nodes.stringNode(text);
        }
    }
}
