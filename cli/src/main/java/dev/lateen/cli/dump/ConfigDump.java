package dev.lateen.cli.dump;

import dev.lateen.cli.output.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The answer of a proxy's `/config_dump`, or of the control plane's for one proxy: Envoy's shape in both.
///
/// Source: envoy.admin.v3.ConfigDump.
public final class ConfigDump {
    private final JsonNode all;
    private final Map<String, JsonNode> sections;

    private ConfigDump(JsonNode all, Map<String, JsonNode> sections) {
        this.all = all;
        this.sections = sections;
    }

    /// @param from where the text comes from, for messages
    /// @throws IllegalArgumentException when it is none
    public static ConfigDump parse(String text, String from) {
        return of(json(text, from), from);
    }

    /// As a tree that was read already.
    public static ConfigDump of(JsonNode tree, String from) {
        if (!tree.path("configs").isArray()) {
            throw new IllegalArgumentException(
                    from + " is no config dump (expected: what a proxy's /config_dump answers, with 'configs')");
        }
        JsonNode all = FieldNames.camelCase(tree);
        Map<String, JsonNode> sections = new LinkedHashMap<>();
        for (JsonNode section : all.path("configs")) {
            String type = section.path("@type").asString("");
            sections.merge(type.substring(type.lastIndexOf('.') + 1), section, ConfigDump::joined);
        }
        return new ConfigDump(all, sections);
    }

    /// A dump may hold several sections of a kind: their lists belong together.
    private static JsonNode joined(JsonNode first, JsonNode second) {
        ObjectNode all = first.deepCopy().asObject();
        for (Map.Entry<String, JsonNode> field : second.properties()) {
            if (all.path(field.getKey()) instanceof ArrayNode items && field.getValue() instanceof ArrayNode more) {
                items.addAll(more);
            } else {
                all.set(field.getKey(), field.getValue());
            }
        }
        return all;
    }

    /// @throws IllegalArgumentException when it is no JSON object
    public static JsonNode json(String text, String from) {
        try {
            JsonNode tree = Json.read(text);
            if (tree.isObject()) {
                return tree;
            }
        } catch (JacksonException failure) {
            throw new IllegalArgumentException(from + " is no JSON: " + failure.getOriginalMessage(), failure);
        }
        throw new IllegalArgumentException(from + " is no JSON object");
    }

    JsonNode all() {
        return all;
    }

    /// Without its `@type`.
    JsonNode section(String name) {
        return untyped(sections.getOrDefault(name, JsonNodeFactory.instance.objectNode()));
    }

    List<JsonNode> clusters() {
        List<JsonNode> found = new ArrayList<>();
        collect(found, "ClustersConfigDump", "dynamicActiveClusters", "cluster");
        collect(found, "ClustersConfigDump", "dynamicWarmingClusters", "cluster");
        collect(found, "ClustersConfigDump", "staticClusters", "cluster");
        return found;
    }

    List<JsonNode> listeners() {
        List<JsonNode> found = dynamicListeners();
        collect(found, "ListenersConfigDump", "staticListeners", "listener");
        return found;
    }

    List<JsonNode> routes() {
        List<JsonNode> found = new ArrayList<>();
        collect(found, "RoutesConfigDump", "dynamicRouteConfigs", "routeConfig");
        collect(found, "RoutesConfigDump", "staticRouteConfigs", "routeConfig");
        return found;
    }

    List<JsonNode> endpoints() {
        List<JsonNode> found = new ArrayList<>();
        collect(found, "EndpointsConfigDump", "dynamicEndpointConfigs", "endpointConfig");
        collect(found, "EndpointsConfigDump", "staticEndpointConfigs", "endpointConfig");
        return found;
    }

    /// What came by xDS, for comparison with what was sent.
    List<JsonNode> dynamic(String kind) {
        List<JsonNode> found = new ArrayList<>();
        switch (kind) {
            case "Clusters" -> collect(found, "ClustersConfigDump", "dynamicActiveClusters", "cluster");
            case "Listeners" -> found.addAll(dynamicListeners());
            case "Routes" -> collect(found, "RoutesConfigDump", "dynamicRouteConfigs", "routeConfig");
            default -> throw new IllegalArgumentException(kind);
        }
        return found;
    }

    private List<JsonNode> dynamicListeners() {
        List<JsonNode> found = new ArrayList<>();
        for (JsonNode entry : Json.items(section("ListenersConfigDump"), "dynamicListeners")) {
            JsonNode active = entry.path("activeState").path("listener");
            JsonNode listener =
                    active.isObject() ? active : entry.path("warmingState").path("listener");
            if (listener.isObject()) {
                found.add(untyped(listener));
            }
        }
        return found;
    }

    private void collect(List<JsonNode> found, String section, String list, String field) {
        for (JsonNode entry : Json.items(section(section), list)) {
            JsonNode resource = entry.path(field);
            if (resource.isObject()) {
                found.add(untyped(resource));
            }
        }
    }

    private static JsonNode untyped(JsonNode node) {
        return node instanceof ObjectNode object ? object.deepCopy().without("@type") : node;
    }
}
