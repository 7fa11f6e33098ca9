package dev.lateen.cli.dump;

import dev.lateen.cli.output.Json;
import java.util.Comparator;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// The clusters of a dump that a filter lets through.
public record ClusterList(List<JsonNode> clusters) {
    /// What to show; empty strings and 0 let everything through.
    ///
    /// @param direction `inbound` or `outbound`
    public record Filter(String fqdn, int port, String subset, String direction) {
        boolean accepts(JsonNode cluster) {
            String name = cluster.path("name").asString("");
            return name.contains(fqdn)
                    && (port == 0 || name.contains("|" + port + "|"))
                    && (subset.isEmpty() || name.contains("|" + subset + "|"))
                    && (direction.isEmpty() || name.startsWith(direction));
        }
    }

    public static ClusterList of(ConfigDump dump, Filter filter) {
        return new ClusterList(dump.clusters().stream()
                .filter(filter::accepts)
                .sorted(Comparator.comparing(cluster -> ClusterKey.of(nameOf(cluster)), ClusterKey.ORDER))
                .toList());
    }

    /// @param prefixed with the kind in front, as `proxy-config all` prints it
    public String table(boolean prefixed) {
        Rows rows = Rows.of(5, prefixed, "SERVICE FQDN", "PORT", "SUBSET", "DIRECTION", "TYPE", "DESTINATION RULE");
        for (JsonNode cluster : clusters) {
            String name = nameOf(cluster);
            String shown = prefixed ? "cluster/" + name : name;
            ClusterKey key = ClusterKey.of(name);
            String type = type(cluster);
            if (key.structured()) {
                String subset = key.subset().isEmpty() ? "-" : key.subset();
                rows.add(shown, key.host(), port(key), subset, key.direction(), type, Origin.of(cluster));
            } else {
                rows.add(shown, shown, "-", "-", "-", type, Origin.of(cluster));
            }
        }
        return rows.toString();
    }

    private static String port(ClusterKey key) {
        return Integer.toString(key.port());
    }

    private static String nameOf(JsonNode cluster) {
        return cluster.path("name").asString("");
    }

    private static String type(JsonNode cluster) {
        String custom = Json.text(cluster, "clusterType", "name");
        return custom.isEmpty() ? cluster.path("type").asString("STATIC") : custom;
    }
}
