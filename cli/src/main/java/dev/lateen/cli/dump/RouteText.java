package dev.lateen.cli.dump;

import dev.lateen.cli.output.Json;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/// Puts routes into the few words that tables have room for. Thread: any.
final class RouteText {
    private static final int MOST_DOMAINS = 2;

    private RouteText() {}

    /// The path that a route matches; other conditions have no room.
    static String match(JsonNode match) {
        List<String> conditions = new ArrayList<>();
        text(match, "prefix").ifPresent(prefix -> conditions.add(prefix + "*"));
        text(match, "pathSeparatedPrefix").ifPresent(prefix -> conditions.add("PathPrefix:" + prefix));
        text(match, "path").ifPresent(conditions::add);
        text(match.path("safeRegex"), "regex").ifPresent(regex -> conditions.add("regex " + regex));
        return String.join(" ", conditions);
    }

    /// The domains of a virtual host without the spellings that say the same again.
    static String domains(List<String> domains) {
        if (domains.size() <= 1) {
            return String.join("", domains);
        }
        List<String> names = new ArrayList<>(domains.stream()
                .filter(domain -> !domain.contains(":") || domain.endsWith("]"))
                .toList());
        Set<String> all = new LinkedHashSet<>(names);
        names.removeIf(name -> isLonger(name, ".", all));
        names.removeIf(name -> isLonger(name, ".svc.cluster.local", all) || isLonger(name, ".svc", all));
        if (names.isEmpty()) {
            return domains.getFirst() + " + " + (domains.size() - 1) + " more...";
        }
        if (names.size() <= MOST_DOMAINS) {
            return String.join(", ", names);
        }
        return String.join(", ", names.subList(0, MOST_DOMAINS)) + " + " + (names.size() - MOST_DOMAINS) + " more...";
    }

    private static boolean isLonger(String name, String suffix, Set<String> all) {
        return name.endsWith(suffix) && all.contains(name.substring(0, name.length() - suffix.length()));
    }

    /// Where a route table that is part of a listener leads.
    static String inline(JsonNode routeConfig) {
        List<JsonNode> hosts = Json.items(routeConfig, "virtualHosts");
        Optional<String> only = hosts.size() == 1 ? catchAllCluster(hosts.getFirst()) : Optional.empty();
        return only.orElseGet(() ->
                "Inline Route: " + hosts.stream().map(RouteText::virtualHost).collect(Collectors.joining("; ")));
    }

    private static Optional<String> catchAllCluster(JsonNode host) {
        List<JsonNode> routes = Json.items(host, "routes");
        if (!strings(host, "domains").contains("*") || routes.size() != 1) {
            return Optional.empty();
        }
        JsonNode route = routes.getFirst();
        return text(route.path("match"), "prefix")
                .filter("/"::equals)
                .flatMap(_ -> text(route.path("route"), "cluster"))
                .map(RouteText::cluster);
    }

    /// Istio's own clusters (`PassthroughCluster`) say what they are, others are told to be clusters.
    static String cluster(String name) {
        return name.contains("Cluster") ? name : "Cluster: " + name;
    }

    private static String virtualHost(JsonNode host) {
        String routes = Json.items(host, "routes").stream()
                .map(route -> match(route.path("match")))
                .collect(Collectors.joining(", "));
        List<String> domains = strings(host, "domains");
        return domains.equals(List.of("*")) ? routes : String.join("/", domains) + " " + routes;
    }

    static List<String> strings(JsonNode node, String... path) {
        return Json.items(node, path).stream().map(JsonNode::asString).toList();
    }

    private static Optional<String> text(JsonNode node, String name) {
        return Optional.of(node.path(name).asString("")).filter(text -> !text.isEmpty());
    }
}
