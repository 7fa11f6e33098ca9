package dev.lateen.cli.dump;

import dev.lateen.cli.output.Json;
import dev.lateen.cli.output.Table;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// How far the proxies of one or several control planes are: the answers of `/debug/syncz`.
public final class SyncTable {
    /// The prefix of the fields about a type, by the name that tables use.
    private static final Map<String, String> TYPES = types();

    private record Row(String controlPlane, JsonNode proxy) {
        String name() {
            return proxy.path("proxy").asString("");
        }
    }

    private final List<Row> rows = new ArrayList<>();

    private static Map<String, String> types() {
        Map<String, String> types = new LinkedHashMap<>();
        types.put("CDS", "cluster");
        types.put("LDS", "listener");
        types.put("EDS", "endpoint");
        types.put("RDS", "route");
        types.put("ECDS", "extensionconfig");
        types.put("SDS", "secret");
        types.put("NDS", "nametable");
        return types;
    }

    /// @param namespace only of this one; empty for all
    public void add(String controlPlane, JsonNode answer, String namespace) {
        for (JsonNode proxy : answer) {
            Row row = new Row(controlPlane, proxy);
            if (namespace.isEmpty() || row.name().endsWith("." + namespace)) {
                rows.add(row);
            }
        }
        rows.sort(Comparator.comparing(Row::name));
    }

    public boolean isEmpty() {
        return rows.isEmpty();
    }

    /// @param states with a column for each type instead of the types' names
    public String text(boolean states) {
        return states ? statesText() : typesText();
    }

    private String typesText() {
        Table table = new Table(5, "NAME", "CLUSTER", "ISTIOD", "VERSION", "SUBSCRIBED TYPES");
        for (Row row : rows) {
            List<String> subscribed = TYPES.keySet().stream()
                    .filter(type -> row.proxy().has(TYPES.get(type) + "_sent"))
                    .toList();
            String types = subscribed.isEmpty() ? "0" : subscribed.size() + " (" + String.join(",", subscribed) + ")";
            table.row(row.name(), cluster(row), row.controlPlane(), version(row), types);
        }
        return table.toString();
    }

    private String statesText() {
        List<String> columns = List.of("CDS", "LDS", "EDS", "RDS", "ECDS");
        List<String> header = new ArrayList<>(List.of("NAME", "CLUSTER"));
        header.addAll(columns);
        header.addAll(List.of("ISTIOD", "VERSION"));
        Table table = new Table(5, header.toArray(String[]::new));
        for (Row row : rows) {
            List<String> cells = new ArrayList<>(List.of(row.name(), cluster(row)));
            columns.forEach(type -> cells.add(state(row.proxy(), TYPES.getOrDefault(type, ""))));
            cells.addAll(List.of(row.controlPlane(), version(row)));
            table.row(cells.toArray(String[]::new));
        }
        return table.toString();
    }

    private static String state(JsonNode proxy, String field) {
        if (!proxy.has(field + "_sent")) {
            return "IGNORED";
        }
        String sent = proxy.path(field + "_sent").asString("");
        String acked = proxy.path(field + "_acked").asString("");
        if (proxy.has(field + "_error")) {
            return "ERROR";
        }
        if (sent.isEmpty()) {
            return "NOT SENT";
        }
        if (sent.equals(acked)) {
            return "SYNCED";
        }
        return acked.isEmpty() ? "STALE (Never Acknowledged)" : "STALE";
    }

    private static String cluster(Row row) {
        return row.proxy().path("cluster_id").asString("");
    }

    private static String version(Row row) {
        String version = row.proxy().path("istio_version").asString("");
        return version.isEmpty() ? row.proxy().path("proxy_version").asString("") + "*" : version;
    }

    public JsonNode tree() {
        return Json.tree(proxies());
    }

    public List<JsonNode> proxies() {
        return rows.stream().map(Row::proxy).toList();
    }

    /// How many proxies run each version.
    public Map<String, Integer> versions() {
        Map<String, Integer> versions = new LinkedHashMap<>();
        rows.forEach(row -> versions.merge(version(row), 1, Integer::sum));
        return versions;
    }
}
