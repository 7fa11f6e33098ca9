package dev.lateen.control.dashboard;

import dev.lateen.control.dashboard.ResourceEditor.Answer;
import dev.lateen.control.dashboard.ResourceHome.Opened;
import dev.lateen.control.debug.MeshView;
import dev.lateen.control.push.ConnectedProxy;
import dev.lateen.dashboard.edit.RouteText;
import dev.lateen.dashboard.edit.TrafficChange;
import dev.lateen.dashboard.graph.Inventory;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.resource.ResourceKey;
import dev.lateen.model.tree.Node;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Proposes texts of the VirtualService and the DestinationRule of a service that do what a form asks for. Nothing is
/// saved here.
///
/// Thread: any; may block.
record TrafficWizard(MeshView mesh, ResourceHome home, ResourceEditor editor) {
    private static final String GROUP = "networking.istio.io";
    private static final JsonMapper JSON = new JsonMapper();
    private static final String LAYOUT = " is laid out in a way that cannot be changed in place: edit its text by hand";

    /// A resource of the service, as it is or would be.
    private record Draft(ResourceKey key, Opened opened, String text) {}

    /// What the forms begin with; empty where there is no such service.
    Optional<JsonNode> now(Map<String, String> query) throws IOException {
        Optional<Inventory.Service> found =
                service(query.getOrDefault("namespace", "") + "/" + query.getOrDefault("name", ""));
        if (found.isEmpty()) {
            return Optional.empty();
        }
        Draft routes = draft(found.get(), "VirtualService");
        Draft rule = draft(found.get(), "DestinationRule");
        int usual = RouteText.usualRoute(routes.text());
        int route =
                query.getOrDefault("route", "").matches("[0-9]{1,4}") ? Integer.parseInt(query.get("route")) : usual;
        ObjectNode json =
                JSON.createObjectNode().put("host", found.get().host()).put("route", route);
        RouteText.routes(routes.text()).forEach(json.putArray("routes")::add);
        ObjectNode weights = json.putObject("weights");
        Map<String, String> subsets = RouteText.subsets(rule.text());
        String destinations = "spec.http." + route + ".route.";
        for (String version : versions(found.get())) {
            weights.put(version, 0);
            for (int i = 0;
                    !RouteText.value(routes.text(), destinations + i + ".destination.host")
                            .isEmpty();
                    i++) {
                String subset = RouteText.value(routes.text(), destinations + i + ".destination.subset");
                if (subset.equals(subsets.get(version))) {
                    String weight = RouteText.value(routes.text(), destinations + i + ".weight");
                    weights.put(version, weight.matches("[0-9]{1,3}") ? Integer.parseInt(weight) : 100);
                }
            }
        }
        ObjectNode values = json.putObject("values");
        put(
                values,
                routes.text(),
                "spec.http." + route + ".",
                Map.of(
                        "timeout", "timeout",
                        "attempts", "retries.attempts",
                        "perTry", "retries.perTryTimeout",
                        "retryOn", "retries.retryOn",
                        "delay", "fault.delay.fixedDelay",
                        "delayed", "fault.delay.percentage.value",
                        "status", "fault.abort.httpStatus",
                        "aborted", "fault.abort.percentage.value"));
        put(
                values,
                rule.text(),
                "spec.trafficPolicy.",
                Map.of(
                        "connections", "connectionPool.tcp.maxConnections",
                        "pending", "connectionPool.http.http1MaxPendingRequests",
                        "requests", "connectionPool.http.http2MaxRequests",
                        "errors", "outlierDetection.consecutive5xxErrors",
                        "interval", "outlierDetection.interval",
                        "ejection", "outlierDetection.baseEjectionTime",
                        "percent", "outlierDetection.maxEjectionPercent"));
        return Optional.of(json);
    }

    /// The texts that do what is asked for.
    Answer propose(JsonNode asked) throws IOException {
        Optional<Inventory.Service> found =
                service(ResourceEditor.text(asked, "namespace") + "/" + ResourceEditor.text(asked, "name"));
        Optional<TrafficChange> change = change(asked);
        if (found.isEmpty() || change.isEmpty()) {
            return reason("there is no such service or no such form");
        }
        Draft routes = draft(found.get(), "VirtualService");
        Draft rule = draft(found.get(), "DestinationRule");
        int route = asked.path("route").asInt(RouteText.usualRoute(routes.text()));
        Proposal proposal = switch (change.get()) {
            case TrafficChange.Shift shift -> shifted(found.get(), routes, rule, route, shift);
            case TrafficChange.Patience patience -> one(routes, RouteText.patient(routes.text(), route, patience));
            case TrafficChange.Fault fault -> one(routes, RouteText.faulty(routes.text(), route, fault));
            case TrafficChange.Breaker breaker -> one(rule, RouteText.broken(rule.text(), breaker));
        };
        return switch (proposal) {
            case Proposal.Unchangeable(ResourceKey key) -> reason(key + LAYOUT);
            case Proposal.Texts(List<Draft> drafts) -> new Answer(200, json(drafts));
        };
    }

    /// What comes of a wish.
    private sealed interface Proposal {
        /// @param drafts in the order in which they are to be saved
        record Texts(List<Draft> drafts) implements Proposal {}

        record Unchangeable(ResourceKey key) implements Proposal {}
    }

    private static Proposal one(Draft draft, Optional<String> text) {
        return text.isPresent()
                ? new Proposal.Texts(List.of(new Draft(draft.key(), draft.opened(), text.get())))
                : new Proposal.Unchangeable(draft.key());
    }

    /// Subsets come before routes to them.
    private static Proposal shifted(
            Inventory.Service service, Draft routes, Draft rule, int route, TrafficChange.Shift shift) {
        Optional<String> subsets =
                RouteText.withSubsets(rule.text(), shift.weights().keySet());
        if (subsets.isEmpty()) {
            return new Proposal.Unchangeable(rule.key());
        }
        Optional<String> text = texts(service).shifted(routes.text(), route, shift, RouteText.subsets(subsets.get()));
        return text.isPresent()
                ? new Proposal.Texts(List.of(
                        new Draft(rule.key(), rule.opened(), subsets.get()),
                        new Draft(routes.key(), routes.opened(), text.get())))
                : new Proposal.Unchangeable(routes.key());
    }

    private ObjectNode json(List<Draft> drafts) {
        ObjectNode json = JSON.createObjectNode();
        ArrayNode list = json.putArray("changes");
        for (Draft draft : drafts) {
            if (!draft.text().equals(draft.opened().text())) {
                ObjectNode one = list.addObject()
                        .put("group", draft.key().group())
                        .put("kind", draft.key().kind())
                        .put("namespace", draft.key().namespace())
                        .put("name", draft.key().name())
                        .put("text", draft.text());
                one.set("opened", editor.json(draft.opened()));
            }
        }
        return json;
    }

    private static Optional<TrafficChange> change(JsonNode asked) {
        return switch (ResourceEditor.text(asked, "form")) {
            case "shift" -> {
                Map<String, Integer> weights = new LinkedHashMap<>();
                asked.path("weights")
                        .properties()
                        .forEach(one -> weights.put(one.getKey(), one.getValue().asInt(0)));
                yield weights.isEmpty() ? Optional.empty() : Optional.of(new TrafficChange.Shift(weights));
            }
            case "patience" ->
                Optional.of(new TrafficChange.Patience(
                        text(asked, "timeout"),
                        text(asked, "attempts"),
                        text(asked, "perTry"),
                        text(asked, "retryOn")));
            case "fault" ->
                Optional.of(new TrafficChange.Fault(
                        text(asked, "delay"), text(asked, "delayed"), text(asked, "status"), text(asked, "aborted")));
            case "breaker" ->
                Optional.of(new TrafficChange.Breaker(
                        text(asked, "connections"),
                        text(asked, "pending"),
                        text(asked, "requests"),
                        text(asked, "errors"),
                        text(asked, "interval"),
                        text(asked, "ejection"),
                        text(asked, "percent")));
            default -> Optional.empty();
        };
    }

    private static String text(JsonNode asked, String field) {
        return ResourceEditor.text(asked, field).strip();
    }

    private Draft draft(Inventory.Service service, String kind) throws IOException {
        Optional<ResourceKey> known = mesh.stored().resources().stream()
                .filter(one ->
                        one.key().group().equals(GROUP) && one.key().kind().equals(kind))
                .filter(one -> isFor(one, service))
                .map(RawResource::key)
                .findFirst();
        if (known.isPresent()) {
            Optional<Opened> opened = home.open(known.get());
            if (opened.isPresent()) {
                return new Draft(known.get(), opened.get(), opened.get().text());
            }
        }
        ResourceKey key = new ResourceKey(GROUP, kind, service.namespace(), service.name());
        if (mesh.stored().status().containsKey(key)) {
            key = new ResourceKey(GROUP, kind, service.namespace(), service.name() + "-traffic");
        }
        RouteText texts = new RouteText(key.namespace(), key.name(), service.host());
        return new Draft(key, home.fresh(key), kind.equals("VirtualService") ? texts.newRoutes() : texts.newRule());
    }

    /// Whether it says something about calls to the service within the mesh.
    private static boolean isFor(RawResource resource, Inventory.Service service) {
        List<String> hosts = new ArrayList<>(words(resource, "hosts"));
        resource.root().get("spec").flatMap(spec -> child(spec, "host")).ifPresent(host -> hosts.addAll(scalars(host)));
        List<String> gateways = words(resource, "gateways");
        boolean near = resource.key().namespace().equals(service.namespace());
        String whole = service.name() + "." + service.namespace();
        return (gateways.isEmpty() || gateways.contains("mesh"))
                && hosts.stream()
                        .anyMatch(host -> host.equals(service.host())
                                || host.equals(whole)
                                || host.equals(whole + ".svc")
                                || (near && host.equals(service.name())));
    }

    private static List<String> words(RawResource resource, String field) {
        return resource.root()
                .get("spec")
                .flatMap(spec -> child(spec, field))
                .map(TrafficWizard::scalars)
                .orElse(List.of());
    }

    private static Optional<Node> child(Node node, String name) {
        return node instanceof Node.Mapping mapping ? mapping.get(name) : Optional.empty();
    }

    private static List<String> scalars(Node node) {
        return switch (node) {
            case Node.Scalar scalar -> List.of(scalar.text());
            case Node.Sequence sequence ->
                sequence.items().stream().flatMap(one -> scalars(one).stream()).toList();
            case Node.Mapping _ -> List.of();
        };
    }

    private Set<String> versions(Inventory.Service service) {
        Inventory inventory = inventory();
        Set<String> versions = new TreeSet<>();
        for (String workload : service.workloads()) {
            Optional.ofNullable(inventory.workloads().get(workload)).ifPresent(one -> versions.add(one.version()));
        }
        return versions;
    }

    private Optional<Inventory.Service> service(String id) {
        return Optional.ofNullable(inventory().services().get(id));
    }

    private Inventory inventory() {
        return Inventory.of(
                mesh.snapshot(),
                mesh.proxies().stream().map(ConnectedProxy::node).toList());
    }

    private static RouteText texts(Inventory.Service service) {
        return new RouteText(service.namespace(), service.name(), service.host());
    }

    private static void put(ObjectNode json, String text, String prefix, Map<String, String> paths) {
        paths.forEach((name, path) -> json.put(name, RouteText.value(text, prefix + path)));
    }

    private static Answer reason(String reason) {
        return new Answer(422, JSON.createObjectNode().put("reason", reason));
    }
}
