package dev.lateen.cli.dump;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// Everything that a proxy holds, table after table.
///
/// @param routeName only this route table; empty for all
public record FullView(
        ConfigDump dump,
        ClusterList.Filter clusters,
        ListenerList.Filter listeners,
        String routeName,
        EndpointFilter endpoints) {
    /// @param headers with a line above each table that says what it is
    public String tables(boolean headers, Instant now) {
        List<String> parts = new ArrayList<>();
        add(parts, headers, "BOOTSTRAP", BootstrapView.of(dump).versions());
        add(parts, headers, "CLUSTER", ClusterList.of(dump, clusters).table(true));
        add(parts, headers, "LISTENER", ListenerList.of(dump, listeners).table(true));
        add(parts, headers, "ROUTE", RouteList.of(dump, routeName).table(true));
        add(parts, headers, "SECRET", SecretList.of(dump, now).table(true));
        add(parts, headers, "ENDPOINTS", EndpointList.of(dump, endpoints).table(true));
        ExtensionList extensions = ExtensionList.of(dump);
        if (!extensions.isEmpty()) {
            add(parts, headers, "ECDS", extensions.table());
        }
        return String.join("\n", parts);
    }

    private static void add(List<String> parts, boolean headers, String title, String table) {
        parts.add((headers ? "------ " + title + " INFO ------\n\n" : "") + table);
    }

    public JsonNode tree() {
        return dump.all();
    }
}
