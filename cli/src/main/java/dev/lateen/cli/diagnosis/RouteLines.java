package dev.lateen.cli.diagnosis;

import dev.lateen.cli.output.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/// Puts the routes of a VirtualService into a line each, in the order in which they are tried. Thread: any.
final class RouteLines {
    private RouteLines() {}

    static List<String> of(JsonNode virtualService) {
        List<String> lines = new ArrayList<>();
        for (String kind : List.of("http", "tls", "tcp")) {
            for (JsonNode route : Json.items(virtualService, "spec", kind)) {
                lines.add((kind.equals("http") ? "" : kind + " ") + match(route) + " → " + action(route));
            }
        }
        return lines;
    }

    private static String match(JsonNode route) {
        List<JsonNode> matches = Json.items(route, "match");
        return matches.isEmpty()
                ? "any request"
                : matches.stream().map(RouteLines::conditions).collect(Collectors.joining(" or "));
    }

    private static String conditions(JsonNode match) {
        List<String> found = new ArrayList<>();
        for (var field : match.properties()) {
            String name = field.getKey();
            JsonNode value = field.getValue();
            switch (name) {
                case "name" -> {}
                case "headers", "withoutHeaders", "queryParams" ->
                    value.properties()
                            .forEach(one -> found.add((name.equals("withoutHeaders") ? "without " : "")
                                    + (name.equals("queryParams") ? "query " : "header ")
                                    + one.getKey() + " " + text(one.getValue())));
                default -> found.add(name + " " + text(value));
            }
        }
        return found.isEmpty() ? "any request" : String.join(", ", found);
    }

    private static String text(JsonNode value) {
        if (value.isObject() && value.size() == 1) {
            var only = value.properties().iterator().next();
            return only.getKey() + " "
                    + only.getValue().asString(only.getValue().toString());
        }
        return value.isValueNode() ? value.asString(value.toString()) : value.isEmpty() ? "present" : value.toString();
    }

    private static String action(JsonNode route) {
        List<String> found = new ArrayList<>();
        List<JsonNode> targets = Json.items(route, "route");
        if (!targets.isEmpty()) {
            found.add(targets.stream().map(one -> target(one, targets.size())).collect(Collectors.joining(", ")));
        }
        for (String other : List.of("redirect", "directResponse", "delegate")) {
            if (route.has(other)) {
                found.add(other + " " + route.path(other));
            }
        }
        for (String detail : List.of("timeout", "retries", "fault", "mirror", "rewrite")) {
            if (route.has(detail)) {
                JsonNode value = route.path(detail);
                found.add(detail + " " + (value.isString() ? value.asString() : value.toString()));
            }
        }
        return String.join("; ", found);
    }

    private static String target(JsonNode one, int of) {
        String subset = Json.text(one, "destination", "subset");
        JsonNode port = Json.at(one, "destination", "port", "number");
        return Json.text(one, "destination", "host")
                + (port.isMissingNode() ? "" : ":" + port.asInt(0))
                + (subset.isEmpty() ? "" : " subset " + subset)
                + (of == 1 ? "" : " " + one.path("weight").asInt(0) + " %");
    }
}
