package dev.lateen.cli.dump;

import dev.lateen.cli.output.Json;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// The listeners of a dump that a filter lets through.
public record ListenerList(List<JsonNode> listeners) {
    private static final String HTTP = "envoy.filters.network.http_connection_manager";
    private static final String TCP = "envoy.filters.network.tcp_proxy";
    private static final String BLACK_HOLE = "BlackHoleCluster";

    /// What to show; empty strings and 0 let everything through.
    ///
    /// @param type `HTTP`, `TCP` or `HTTP+TCP`
    public record Filter(String address, int port, String type) {
        boolean accepts(JsonNode listener) {
            return (address.isEmpty() || addresses(listener).contains(address))
                    && (port == 0 || port == portOf(listener))
                    && (type.isEmpty() || type.equalsIgnoreCase(typeOf(listener)));
        }
    }

    public static ListenerList of(ConfigDump dump, Filter filter) {
        return new ListenerList(dump.listeners().stream()
                .filter(filter::accepts)
                .sorted(Comparator.comparingInt(ListenerList::portOf)
                        .thenComparing(listener -> Addresses.host(listener.path("address")))
                        .thenComparing(ListenerList::typeOf))
                .toList());
    }

    /// @param prefixed with the kind in front, as `proxy-config all` prints it
    public String table(boolean prefixed) {
        Rows rows = Rows.of(1, prefixed, "ADDRESSES", "PORT", "MATCH", "DESTINATION");
        for (JsonNode listener : listeners) {
            String name = "listener/" + listener.path("name").asString("");
            String addresses = String.join(",", addresses(listener));
            String port = Integer.toString(portOf(listener));
            for (Chain chain : chains(listener)) {
                rows.add(name, addresses, port, chain.match(), chain.destination());
            }
        }
        return rows.toString();
    }

    public String shortTable() {
        Rows rows = Rows.of(1, false, "ADDRESSES", "PORT", "TYPE");
        listeners.forEach(listener -> rows.add(
                "", String.join(",", addresses(listener)), Integer.toString(portOf(listener)), typeOf(listener)));
        return rows.toString();
    }

    private record Chain(String match, String destination) {}

    private static List<Chain> chains(JsonNode listener) {
        List<Chain> chains = new ArrayList<>();
        for (JsonNode chain : chainNodes(listener)) {
            chains.add(new Chain(match(chain.path("filterChainMatch")), destination(chain)));
        }
        chains.sort(Comparator.comparing(Chain::destination).reversed());
        return chains;
    }

    private static List<JsonNode> chainNodes(JsonNode listener) {
        JsonNode last = listener.path("defaultFilterChain");
        return Stream.concat(
                        Json.items(listener, "filterChains").stream(),
                        Stream.of(last).filter(JsonNode::isObject))
                .toList();
    }

    private static String match(JsonNode match) {
        List<String> conditions = new ArrayList<>();
        List<String> names = RouteText.strings(match, "serverNames");
        if (!names.isEmpty()) {
            conditions.add("SNI: " + String.join(",", names));
        }
        String transport = match.path("transportProtocol").asString("");
        if (!transport.isEmpty()) {
            conditions.add("Trans: " + transport);
        }
        List<String> applications = RouteText.strings(match, "applicationProtocols");
        if (!applications.isEmpty()) {
            conditions.add("App: " + String.join(",", applications));
        }
        JsonNode destinationPort = match.path("destinationPort");
        String port = destinationPort.isNumber() ? ":" + destinationPort.asInt() : "";
        List<JsonNode> ranges = Json.items(match, "prefixRanges");
        if (!ranges.isEmpty()) {
            conditions.add("Addr: " + ranges.stream().map(ListenerList::range).collect(Collectors.joining(",")) + port);
        } else if (!port.isEmpty()) {
            conditions.add("Addr: *" + port);
        }
        return conditions.isEmpty() ? "ALL" : String.join("; ", conditions);
    }

    private static String range(JsonNode range) {
        return range.path("addressPrefix").asString("") + "/"
                + range.path("prefixLen").asInt(0);
    }

    private static String destination(JsonNode chain) {
        for (JsonNode filter : Json.items(chain, "filters")) {
            JsonNode config = filter.path("typedConfig");
            switch (filter.path("name").asString("")) {
                case HTTP -> {
                    String table = Json.text(config, "rds", "routeConfigName");
                    if (config.path("routeConfig").isObject()) {
                        return RouteText.inline(config.path("routeConfig"));
                    }
                    return table.isEmpty() ? "HTTP" : "Route: " + table;
                }
                case TCP -> {
                    String cluster = config.path("cluster").asString("");
                    if (!cluster.equals(BLACK_HOLE)) {
                        return cluster.isEmpty() ? weighted(config) : RouteText.cluster(cluster);
                    }
                }
                default -> {} // filters before the last one do not say where it leads
            }
        }
        return "Non-HTTP/Non-TCP";
    }

    private static String weighted(JsonNode config) {
        return "Cluster: "
                + Json.items(config, "weightedClusters", "clusters").stream()
                        .map(cluster -> cluster.path("name").asString("") + "="
                                + cluster.path("weight").asInt(0))
                        .collect(Collectors.joining(","));
    }

    private static List<String> addresses(JsonNode listener) {
        List<String> all = new ArrayList<>();
        all.add(Addresses.host(listener.path("address")));
        Json.items(listener, "additionalAddresses").forEach(more -> all.add(Addresses.host(more.path("address"))));
        return all;
    }

    private static int portOf(JsonNode listener) {
        return Addresses.port(listener.path("address"));
    }

    private static String typeOf(JsonNode listener) {
        boolean http = false;
        boolean tcp = false;
        for (JsonNode chain : chainNodes(listener)) {
            for (JsonNode filter : Json.items(chain, "filters")) {
                String name = filter.path("name").asString("");
                http |= name.equals(HTTP);
                tcp |= name.equals(TCP)
                        && !Json.text(filter, "typedConfig", "cluster").equals(BLACK_HOLE);
            }
        }
        if (http) {
            return tcp ? "HTTP+TCP" : "HTTP";
        }
        return tcp ? "TCP" : "UNKNOWN";
    }
}
