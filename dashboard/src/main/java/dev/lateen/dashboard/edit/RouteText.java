package dev.lateen.dashboard.edit;

import dev.lateen.model.tree.Node;
import dev.lateen.model.tree.Node.Mapping;
import dev.lateen.model.tree.Node.Sequence;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Writes wishes about the traffic to a service into texts of a VirtualService and a DestinationRule, new ones or such
/// as somebody has written, of which as little as possible changes.
///
/// Errors: empty where a text is laid out in a way that cannot be changed in place.
///
/// Thread: any (immutable).
///
/// @param namespace of the service and of new resources
/// @param name of the service and of new resources
/// @param host how new resources name the service
public record RouteText(String namespace, String name, String host) {
    private static final String API = "networking.istio.io/v1";
    private static final String SUBSETS = "spec.subsets";
    private static final String ROUTES = "spec.http";

    /// A VirtualService that only says what would be without it.
    public String newRoutes() {
        return document(
                "VirtualService",
                YamlValue.fields(
                        "hosts", YamlValue.items(List.of(YamlValue.of(host))),
                        "http",
                                YamlValue.items(List.of(YamlValue.fields(
                                        "route",
                                        YamlValue.items(List.of(YamlValue.fields(
                                                "destination", YamlValue.fields("host", YamlValue.of(host))))))))));
    }

    /// A DestinationRule that asks for nothing yet.
    public String newRule() {
        return document("DestinationRule", YamlValue.fields("host", YamlValue.of(host)));
    }

    /// How the routes of a VirtualService are called, in their order; the last without a condition is for the rest.
    public static List<String> routes(String text) {
        List<String> names = new ArrayList<>();
        for (Node route : items(text, ROUTES)) {
            String name = YamlEdit.at(route, "name").map(RouteText::scalar).orElse("");
            boolean conditional = YamlEdit.at(route, "match").isPresent();
            names.add(!name.isEmpty() ? name : conditional ? "with a condition" : "all the rest");
        }
        return names;
    }

    /// The route that a change is for, where nobody says which.
    public static int usualRoute(String text) {
        List<Node> routes = items(text, ROUTES);
        for (int i = routes.size() - 1; i >= 0; i--) {
            if (YamlEdit.at(routes.get(i), "match").isEmpty()) {
                return i;
            }
        }
        return routes.size();
    }

    /// The names of subsets by version, as a DestinationRule has them.
    public static Map<String, String> subsets(String text) {
        Map<String, String> found = new LinkedHashMap<>();
        for (Node subset : items(text, SUBSETS)) {
            Optional<String> version = YamlEdit.at(subset, "labels.version").map(RouteText::scalar);
            Optional<String> called = YamlEdit.at(subset, "name").map(RouteText::scalar);
            if (version.isPresent() && called.isPresent()) {
                found.putIfAbsent(version.get(), called.get());
            }
        }
        return found;
    }

    /// A DestinationRule with a subset for each version.
    public static Optional<String> withSubsets(String rule, Set<String> versions) {
        Set<String> missing = new LinkedHashSet<>(versions);
        missing.removeAll(subsets(rule).keySet());
        Optional<String> text = Optional.of(rule);
        int next = items(rule, SUBSETS).size();
        for (String version : missing) {
            YamlValue subset = YamlValue.fields(
                    "name", YamlValue.of(version), "labels", YamlValue.fields("version", YamlValue.of(version)));
            String path = SUBSETS + "." + next++;
            text = text.flatMap(one -> YamlEdit.set(one, path, subset));
        }
        return text;
    }

    /// A VirtualService whose route sends each version its share.
    ///
    /// @param subsets by version
    public Optional<String> shifted(String routes, int route, TrafficChange.Shift shift, Map<String, String> subsets) {
        String path = path(route) + ".route";
        Map<String, Integer> wanted = new LinkedHashMap<>();
        shift.weights().forEach((version, weight) -> wanted.put(subsets.getOrDefault(version, version), weight));
        List<Node> known = items(routes, path);
        List<String> present = known.stream()
                .map(one -> YamlEdit.at(one, "destination.subset")
                        .map(RouteText::scalar)
                        .orElse(""))
                .toList();
        if (present.size() == wanted.size() && Set.copyOf(present).equals(wanted.keySet())) {
            Optional<String> text = Optional.of(routes);
            for (int i = 0; i < present.size(); i++) {
                String weight = path + "." + i + ".weight";
                int share = wanted.getOrDefault(present.get(i), 0);
                boolean same = YamlEdit.at(known.get(i), "weight")
                        .map(RouteText::scalar)
                        .orElse("")
                        .equals(Integer.toString(share));
                text = same ? text : text.flatMap(one -> YamlEdit.set(one, weight, YamlValue.of(share)));
            }
            return text;
        }
        Optional<Node> before = known.isEmpty() ? Optional.empty() : YamlEdit.at(known.getFirst(), "destination");
        YamlValue.Fields destination =
                before.isPresent() && YamlValue.of(before.get()) instanceof YamlValue.Fields fields
                        ? fields
                        : YamlValue.fields("host", YamlValue.of(host));
        List<YamlValue> all = new ArrayList<>();
        wanted.forEach((subset, weight) -> {
            Map<String, YamlValue> to = new LinkedHashMap<>(destination.fields());
            to.put("subset", YamlValue.of(subset));
            all.add(YamlValue.fields("destination", new YamlValue.Fields(to), "weight", YamlValue.of(weight)));
        });
        return YamlEdit.set(routes, path, YamlValue.items(all));
    }

    public static Optional<String> patient(String routes, int route, TrafficChange.Patience patience) {
        String path = path(route);
        Optional<String> text = put(Optional.of(routes), path + ".timeout", patience.timeout());
        if (patience.attempts().isEmpty()
                && patience.perTry().isEmpty()
                && patience.retryOn().isEmpty()) {
            return text.flatMap(one -> YamlEdit.remove(one, path + ".retries"));
        }
        text = put(text, path + ".retries.attempts", patience.attempts());
        text = put(text, path + ".retries.perTryTimeout", patience.perTry());
        return put(text, path + ".retries.retryOn", patience.retryOn());
    }

    public static Optional<String> faulty(String routes, int route, TrafficChange.Fault fault) {
        Map<String, YamlValue> fields = new LinkedHashMap<>();
        if (!fault.delay().isEmpty()) {
            fields.put(
                    "delay",
                    YamlValue.fields(
                            "percentage", YamlValue.fields("value", share(fault.delayed())),
                            "fixedDelay", YamlValue.of(fault.delay())));
        }
        if (!fault.status().isEmpty()) {
            fields.put(
                    "abort",
                    YamlValue.fields(
                            "percentage", YamlValue.fields("value", share(fault.aborted())),
                            "httpStatus", number(fault.status())));
        }
        String path = path(route) + ".fault";
        return fields.isEmpty()
                ? YamlEdit.remove(routes, path)
                : YamlEdit.set(routes, path, new YamlValue.Fields(fields));
    }

    /// What is no number stays as it was typed, so that whoever typed it is told.
    private static YamlValue share(String percent) {
        return number(percent.isEmpty() ? "100" : percent);
    }

    public static Optional<String> broken(String rule, TrafficChange.Breaker breaker) {
        String pool = "spec.trafficPolicy.connectionPool.";
        String outliers = "spec.trafficPolicy.outlierDetection.";
        Optional<String> text = Optional.of(rule);
        text = put(text, pool + "tcp.maxConnections", breaker.connections());
        text = put(text, pool + "http.http1MaxPendingRequests", breaker.pending());
        text = put(text, pool + "http.http2MaxRequests", breaker.requests());
        text = put(text, outliers + "consecutive5xxErrors", breaker.errors());
        text = put(text, outliers + "interval", breaker.interval());
        text = put(text, outliers + "baseEjectionTime", breaker.ejection());
        return put(text, outliers + "maxEjectionPercent", breaker.percent());
    }

    /// What a document has at a path; an empty string for nothing.
    public static String value(String text, String path) {
        return YamlEdit.read(text)
                .flatMap(root -> YamlEdit.at(root, path))
                .map(RouteText::scalar)
                .orElse("");
    }

    private static String path(int route) {
        return ROUTES + "." + route;
    }

    /// Sets a field, or takes it away where there is nothing to set; what has that value already stays as written.
    private static Optional<String> put(Optional<String> text, String path, String value) {
        return text.flatMap(one -> value.isEmpty()
                ? YamlEdit.remove(one, path)
                : value(one, path).equals(value) ? Optional.of(one) : YamlEdit.set(one, path, number(value)));
    }

    private static YamlValue number(String text) {
        return text.matches("[0-9]+([.][0-9]+)?") ? new YamlValue.Plain(text) : YamlValue.of(text);
    }

    private static List<Node> items(String text, String path) {
        return YamlEdit.read(text).flatMap(root -> YamlEdit.at(root, path)).stream()
                .flatMap(node ->
                        node instanceof Sequence sequence ? sequence.items().stream() : java.util.stream.Stream.empty())
                .toList();
    }

    private static String scalar(Node node) {
        return switch (node) {
            case Node.Scalar scalar -> scalar.text();
            case Mapping _, Sequence _ -> "";
        };
    }

    private String document(String kind, YamlValue spec) {
        return YamlValue.fields(
                                "apiVersion", YamlValue.of(API),
                                "kind", YamlValue.of(kind),
                                "metadata",
                                        YamlValue.fields(
                                                "name", YamlValue.of(name), "namespace", YamlValue.of(namespace)),
                                "spec", spec)
                        .block(0)
                + "\n";
    }
}
