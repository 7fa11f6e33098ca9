package dev.lateen.cli.dump;

import dev.lateen.cli.output.Json;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The endpoints of a running proxy with what it thinks of them: `/clusters?format=json`.
///
/// Source: envoy.admin.v3.Clusters.
public record HostList(List<JsonNode> clusters) {
    /// Whether a tree is an answer of `/clusters` and not a config dump.
    public static boolean isOne(JsonNode tree) {
        return tree.has("cluster_statuses") || tree.has("clusterStatuses");
    }

    public static HostList of(JsonNode tree, EndpointFilter filter) {
        List<JsonNode> found = new ArrayList<>();
        for (JsonNode cluster : Json.items(FieldNames.camelCase(tree), "clusterStatuses")) {
            String name = cluster.path("name").asString("");
            if (cluster instanceof ObjectNode object && object.path("hostStatuses") instanceof ArrayNode hosts) {
                ArrayNode kept = object.putArray("hostStatuses");
                for (JsonNode host : hosts) {
                    if (filter.accepts(host.path("address"), name, status(host))) {
                        kept.add(host);
                    }
                }
                if (!kept.isEmpty()) {
                    found.add(object);
                }
            }
        }
        return new HostList(found);
    }

    public String table() {
        record Line(String address, String status, String outlier, String cluster) {}
        List<Line> lines = new ArrayList<>();
        for (JsonNode cluster : clusters) {
            for (JsonNode host : Json.items(cluster, "hostStatuses")) {
                String outlier =
                        Json.at(host, "healthStatus", "failedOutlierCheck").asBoolean(false) ? "FAILED" : "OK";
                String address = Addresses.text(host.path("address"));
                lines.add(new Line(
                        address, status(host), outlier, cluster.path("name").asString("")));
            }
        }
        lines.sort(Comparator.comparing(Line::address).thenComparing(Line::cluster));
        Rows rows = Rows.of(5, false, "ENDPOINT", "STATUS", "OUTLIER CHECK", "CLUSTER");
        lines.forEach(line -> rows.add("", line.address(), line.status(), line.outlier(), line.cluster()));
        return rows.toString();
    }

    private static String status(JsonNode host) {
        JsonNode health = host.path("healthStatus");
        boolean failed = health.path("failedActiveHealthCheck").asBoolean(false);
        return failed ? "UNHEALTHY" : health.path("edsHealthStatus").asString("UNKNOWN");
    }
}
