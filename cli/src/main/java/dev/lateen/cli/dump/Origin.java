package dev.lateen.cli.dump;

import dev.lateen.cli.output.Json;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// Names the Istio resource that a piece of configuration came from, as its metadata tell. Thread: any.
final class Origin {
    private Origin() {}

    /// `name.namespace`, or empty. The metadata hold `/apis/GROUP/VERSION/namespaces/NAMESPACE/KIND/NAME`.
    static String of(JsonNode resource) {
        String path = Json.text(resource, "metadata", "filterMetadata", "istio", "config");
        List<String> parts = List.of(path.split("/", -1));
        if (parts.size() < 8 || !parts.get(1).equals("apis")) {
            return path;
        }
        return parts.get(7) + "." + parts.get(5);
    }
}
