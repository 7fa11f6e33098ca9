package dev.lateen.model.validate;

import java.util.List;
import java.util.Set;

/// Istio's rules for an EnvoyFilter. Thread: any. Source: Istio's reference of EnvoyFilter.
final class EnvoyFilterRules {
    private static final Set<String> LISTENER_PARTS =
            Set.of("LISTENER", "FILTER_CHAIN", "NETWORK_FILTER", "HTTP_FILTER", "LISTENER_FILTER");
    private static final Set<String> ROUTE_PARTS = Set.of("ROUTE_CONFIGURATION", "VIRTUAL_HOST", "HTTP_ROUTE");
    private static final Set<String> FILTERS = Set.of("NETWORK_FILTER", "HTTP_FILTER", "LISTENER_FILTER", "HTTP_ROUTE");
    private static final List<String> MATCHES = List.of("listener", "routeConfiguration", "cluster", "waypoint");

    private EnvoyFilterRules() {}

    static void check(View spec) {
        Checks.selector(spec, "workloadSelector", "labels");
        boolean selected = spec.object("workloadSelector")
                .map(selector -> selector.filled("labels"))
                .orElse(false);
        if (selected && spec.size("targetRefs") > 0) {
            spec.error("targetRefs", "oneof", "only one of workloadSelector and targetRefs can be set");
        }
        Checks.targets(spec);
        spec.objects("configPatches").forEach(EnvoyFilterRules::patch);
    }

    private static void patch(View patch) {
        String part = patch.text("applyTo");
        if (part.isEmpty() || part.equals("INVALID")) {
            patch.error("applyTo", "missing-required", "patch does not say what it applies to");
        }
        View change = patch.object("patch").orElse(null);
        if (change == null) {
            patch.error("patch", "missing-required", "patch is missing");
        } else {
            change(change, part);
        }
        patch.object("match").ifPresent(match -> match(match, part));
    }

    private static void change(View change, String part) {
        String operation = change.text("operation");
        if (operation.isEmpty() || operation.equals("INVALID")) {
            change.error("operation", "missing-required", "patch has no operation", "MERGE, ADD, REMOVE, …");
        }
        if (!operation.equals("REMOVE") && !change.has("value")) {
            change.error("value", "missing-required", operation + " needs a value");
        }
        boolean placed = operation.startsWith("INSERT_");
        if (placed && !FILTERS.contains(part)) {
            change.error("operation", "conflict", operation + " needs an ordered list", "ADD");
        }
        if (operation.equals("REPLACE")
                && !Set.of("NETWORK_FILTER", "HTTP_FILTER", "LISTENER_FILTER").contains(part)) {
            change.warning("operation", "no-effect", "REPLACE works on filters only", "use MERGE");
        }
        if (part.equals("BOOTSTRAP") && !operation.equals("MERGE")) {
            change.error("operation", "conflict", "the bootstrap can only be merged into", "MERGE");
        }
        boolean classed =
                change.has("filterClass") && !change.text("filterClass").equals("UNSPECIFIED");
        if (classed && !operation.equals("ADD")) {
            change.error("filterClass", "conflict", "filterClass places new filters only", "operation: ADD");
        }
    }

    private static void match(View match, String part) {
        match.object("proxy")
                .filter(proxy -> proxy.filled("proxyVersion"))
                .ifPresent(proxy -> Checks.regex(proxy.report(), proxy.spot("proxyVersion")));
        boolean waypoint = match.text("context").equals("WAYPOINT");
        for (String kind : MATCHES) {
            if (!match.has(kind)) {
                continue;
            }
            if (kind.equals("waypoint") != waypoint) {
                match.error(
                        kind,
                        "conflict",
                        "context WAYPOINT and the waypoint match belong together",
                        "context: WAYPOINT with waypoint");
            } else if (!kind.equals("waypoint") && !fits(kind, part)) {
                match.error(kind, "conflict", part + " cannot be found by a " + kind + " match");
            }
        }
        match.object("waypoint")
                .filter(object -> object.has("portNumber"))
                .ifPresent(object -> Checks.port(object, "portNumber"));
        match.object("listener").ifPresent(EnvoyFilterRules::listener);
    }

    private static void listener(View listener) {
        listener.object("filterChain").flatMap(chain -> chain.object("filter")).ifPresent(filter -> {
            boolean below =
                    filter.object("subFilter").map(sub -> sub.filled("name")).orElse(false);
            String name = filter.text("name");
            boolean connectionManager = name.isEmpty()
                    || name.equals("envoy.filters.network.http_connection_manager")
                    || name.equals("envoy.http_connection_manager");
            if (below && !connectionManager) {
                filter.error(
                        "subFilter",
                        "conflict",
                        "only the HTTP connection manager has filters below it",
                        "name: envoy.filters.network.http_connection_manager");
            }
        });
    }

    private static boolean fits(String kind, String part) {
        return switch (kind) {
            case "listener" -> LISTENER_PARTS.contains(part) || part.equals("EXTENSION_CONFIG");
            case "routeConfiguration" -> ROUTE_PARTS.contains(part);
            case "cluster" -> part.equals("CLUSTER");
            default -> true;
        };
    }
}
