package dev.lateen.cli.dump;

import dev.lateen.cli.output.Json;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// The route tables of a dump that a filter lets through.
public record RouteList(List<JsonNode> routes) {
    /// @param name of the table; empty for all
    public static RouteList of(ConfigDump dump, String name) {
        List<JsonNode> found = new ArrayList<>(dump.routes().stream()
                .filter(route -> name.isEmpty() || nameOf(route).equals(name))
                .toList());
        found.sort(Comparator.comparingInt(RouteList::port));
        return new RouteList(found);
    }

    /// Tables named by a port come first, in the order of the ports.
    private static int port(JsonNode route) {
        String name = nameOf(route);
        boolean number = !name.isEmpty() && name.length() < 9 && name.chars().allMatch(Character::isDigit);
        return number ? Integer.parseInt(name) : Integer.MAX_VALUE;
    }

    /// @param prefixed with the kind in front, as `proxy-config all` prints it
    public String table(boolean prefixed) {
        Rows rows = Rows.of(5, false, "NAME", "VHOST NAME", "DOMAINS", "MATCH", "VIRTUAL SERVICE");
        for (JsonNode table : routes) {
            String name = prefixed ? "route/" + nameOf(table) : nameOf(table);
            for (JsonNode host : Json.items(table, "virtualHosts")) {
                String domains = RouteText.domains(RouteText.strings(host, "domains"));
                String hostName = host.path("name").asString("");
                List<JsonNode> all = Json.items(host, "routes");
                for (JsonNode route : all) {
                    if (!Json.text(route, "route", "cluster").equals("PassthroughCluster")) {
                        String match = RouteText.match(route.path("match"));
                        rows.add("", name, hostName, domains, match, Origin.of(route));
                    }
                }
                if (all.isEmpty()) {
                    rows.add("", name, hostName, domains, "/*", "404");
                }
            }
        }
        return rows.toString();
    }

    public String shortTable() {
        Rows rows = Rows.of(5, false, "NAME", "VIRTUAL HOSTS");
        routes.forEach(table -> rows.add(
                "",
                nameOf(table),
                Integer.toString(Json.items(table, "virtualHosts").size())));
        return rows.toString();
    }

    private static String nameOf(JsonNode route) {
        return route.path("name").asString("");
    }
}
