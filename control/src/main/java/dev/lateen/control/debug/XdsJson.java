package dev.lateen.control.debug;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.util.JsonFormat;
import dev.lateen.xds.EncodedResource;
import dev.lateen.xds.KnownTypes;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Prints resources as Envoy's admin pages do, without their secrets.
///
/// Thread: any.
final class XdsJson {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Set<String> SECRET_FIELDS =
            Set.of("privateKey", "password", "tokenSecret", "hmacSecret", "genericSecret", "sessionTicketKeys");
    private static final String REDACTED =
            Base64.getEncoder().encodeToString("[redacted]".getBytes(java.nio.charset.StandardCharsets.US_ASCII));

    private final JsonFormat.Printer printer = JsonFormat.printer()
            .omittingInsignificantWhitespace()
            .usingTypeRegistry(
                    TypeRegistry.newBuilder().add(KnownTypes.descriptors()).build());

    /// With its `@type`. A resource that holds a type we do not know is named only.
    ObjectNode of(EncodedResource resource) {
        try {
            JsonNode tree = JSON.readTree(printer.print(resource.any()));
            redact(tree);
            return (ObjectNode) tree;
        } catch (InvalidProtocolBufferException e) {
            return JSON.createObjectNode()
                    .put("@type", resource.type().typeUrl())
                    .put("name", resource.name())
                    .put("error", "cannot be printed: " + e.getMessage());
        }
    }

    private static void redact(JsonNode tree) {
        if (tree instanceof ArrayNode array) {
            array.forEach(XdsJson::redact);
        } else if (tree instanceof ObjectNode object) {
            for (Map.Entry<String, JsonNode> field : Set.copyOf(object.properties())) {
                if (SECRET_FIELDS.contains(field.getKey())) {
                    object.set(field.getKey(), JSON.createObjectNode().put("inlineBytes", REDACTED));
                } else {
                    redact(field.getValue());
                }
            }
        }
    }
}
