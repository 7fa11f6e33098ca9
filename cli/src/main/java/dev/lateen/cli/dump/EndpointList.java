package dev.lateen.cli.dump;

import dev.lateen.cli.output.Json;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The endpoints of a dump (the configured ones, without what the proxy saw of them) that a filter lets through.
///
/// @param assignments `ClusterLoadAssignment`s
public record EndpointList(List<JsonNode> assignments) {
    public static EndpointList of(ConfigDump dump, EndpointFilter filter) {
        List<JsonNode> found = new ArrayList<>();
        for (JsonNode assignment : dump.endpoints()) {
            if (keep(assignment, filter)) {
                found.add(assignment);
            }
        }
        found.sort(Comparator.comparing(
                assignment -> ClusterKey.of(assignment.path("clusterName").asString("")), ClusterKey.ORDER));
        return new EndpointList(found);
    }

    /// Drops the endpoints that the filter refuses; false when none is left.
    private static boolean keep(JsonNode assignment, EndpointFilter filter) {
        boolean any = false;
        String cluster = assignment.path("clusterName").asString("");
        for (JsonNode locality : assignment.path("endpoints")) {
            if (locality instanceof ObjectNode group && group.path("lbEndpoints") instanceof ArrayNode endpoints) {
                ArrayNode kept = group.putArray("lbEndpoints");
                for (JsonNode endpoint : endpoints) {
                    if (filter.accepts(addressOf(endpoint), cluster, statusOf(endpoint))) {
                        kept.add(endpoint);
                        any = true;
                    }
                }
            }
        }
        return any;
    }

    public String table(boolean prefixed) {
        Rows rows = Rows.of(5, false, "NAME", "STATUS", "LOCALITY", "CLUSTER");
        for (JsonNode assignment : assignments) {
            for (JsonNode group : Json.items(assignment, "endpoints")) {
                for (JsonNode endpoint : Json.items(group, "lbEndpoints")) {
                    String name = Addresses.text(addressOf(endpoint));
                    rows.add(
                            "",
                            prefixed ? "endpoint/" + name : name,
                            statusOf(endpoint),
                            locality(group.path("locality")),
                            assignment.path("clusterName").asString(""));
                }
            }
        }
        return rows.toString();
    }

    private static JsonNode addressOf(JsonNode endpoint) {
        return Json.at(endpoint, "endpoint", "address");
    }

    private static String statusOf(JsonNode endpoint) {
        return endpoint.path("healthStatus").asString("UNKNOWN");
    }

    private static String locality(JsonNode locality) {
        return Stream.of("region", "zone", "subZone")
                .map(part -> locality.path(part).asString(""))
                .takeWhile(part -> !part.isEmpty())
                .collect(Collectors.joining("/"));
    }
}
