package dev.lateen.translate.vectors;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lateen.model.ingress.Ingress;
import dev.lateen.model.ingress.Ingresses;
import dev.lateen.model.istio.Bound;
import dev.lateen.model.istio.Gateway;
import dev.lateen.model.istio.HttpRoute;
import dev.lateen.model.istio.VirtualService;
import dev.lateen.model.mesh.Locality;
import dev.lateen.model.mesh.MeshConfig;
import dev.lateen.model.mesh.MeshService;
import dev.lateen.model.mesh.MeshSnapshot;
import dev.lateen.model.mesh.OutboundScope;
import dev.lateen.model.mesh.ProxyNode;
import dev.lateen.model.mesh.ScopeResolver;
import dev.lateen.model.mesh.ServicePort;
import dev.lateen.model.mesh.VirtualServiceDelegation;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.tree.Fields;
import dev.lateen.model.tree.Node;
import dev.lateen.translate.Translator;
import dev.lateen.xds.ResourceType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/// Suites that look at one part only, such as what a namespace sees, or which filters policies become.
final class SmallSuites {
    private SmallSuites() {}

    /// Names of the cases that pass, and of those that do not.
    record Result(List<String> passed, List<String> failed) {}

    private static Result run(Path root, Predicate<VectorCase> passes) {
        return run(root, _ -> true, passes);
    }

    private static Result run(Path root, Predicate<VectorCase> isMeant, Predicate<VectorCase> passes) {
        Result result = new Result(new ArrayList<>(), new ArrayList<>());
        try (Stream<Path> folders = Files.list(root)) {
            folders.filter(Files::isDirectory)
                    .filter(f -> !f.getFileName().toString().startsWith("_"))
                    .sorted()
                    .forEach(folder -> {
                        VectorCase input = new VectorCase(folder);
                        try {
                            if (isMeant.test(input)) {
                                (passes.test(input) ? result.passed() : result.failed()).add(input.name());
                            }
                        } catch (RuntimeException unread) {
                            result.failed().add(input.name() + ": " + unread);
                        }
                    });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return result;
    }

    private static ProxyNode node(String namespace, Map<String, String> labels) {
        Map<String, Object> metadata = new HashMap<>();
        metadata.put("NAMESPACE", namespace);
        metadata.put("LABELS", labels);
        metadata.put("INSTANCE_IPS", "10.0.0.1");
        return ProxyNode.parse(
                        "sidecar~10.0.0.1~app." + namespace + "~" + namespace + ".svc.cluster.local",
                        metadata,
                        Locality.NONE)
                .orElseThrow();
    }

    /// Services that a namespace sees, the number of ways out, and the rule for one host.
    static Result sidecarScope(Path root) {
        return run(root, input -> {
            JsonObject expected = json(input.file("expected.json")).getAsJsonObject();
            Fields options = input.options();
            MeshSnapshot snapshot = input.snapshot(List.of(root.resolve("_common/destination-rules.yaml")));
            OutboundScope scope = new ScopeResolver()
                    .resolve(snapshot, node(options.text("namespace", ""), Map.of()))
                    .outbound();
            List<String> wanted = new ArrayList<>();
            for (JsonElement element : expected.getAsJsonArray("services")) {
                JsonObject service = element.getAsJsonObject();
                StringBuilder text = new StringBuilder(service.get("namespace").getAsString())
                        .append('/')
                        .append(service.get("hostname").getAsString());
                if (service.get("ports") instanceof JsonArray ports) {
                    ports.forEach(p -> text.append(' ')
                            .append(p.getAsJsonObject().get("port").getAsInt()));
                }
                wanted.add(text.toString());
            }
            List<String> seen = new ArrayList<>();
            for (MeshService service : scope.services()) {
                StringBuilder text =
                        new StringBuilder(service.namespace()).append('/').append(service.hostname());
                for (ServicePort port : service.ports()) {
                    text.append(' ').append(port.port());
                }
                seen.add(text.toString());
            }
            boolean listeners = !expected.has("egressListeners")
                    || expected.get("egressListeners").getAsInt()
                            == scope.egress().size();
            return listeners && new HashSet<>(wanted).equals(new HashSet<>(seen)) && wanted.size() == seen.size();
        });
    }

    /// Routes that delegate, with what they delegate to.
    static Result delegation(Path root) {
        return run(
                root,
                input -> input.options().text("what", "").equals("resources")
                        ? mergesResources(input)
                        : mergesRoutes(input));
    }

    private static boolean mergesResources(VectorCase input) {
        List<String> exportTo = input.options().texts("defaultVirtualServiceExportTo");
        List<VirtualService> merged = VirtualServiceDelegation.merge(
                services(input, "input.yaml"), exportTo.isEmpty() ? List.of("*") : exportTo);
        return described(merged).equals(described(services(input, "expected.yaml")));
    }

    /// As sets: the order of resources is free.
    private static Set<String> described(List<VirtualService> services) {
        Set<String> texts = new HashSet<>();
        services.forEach(
                s -> texts.add(s.metadata().namespace() + "/" + s.metadata().name() + " " + s.hosts() + " "
                        + s.gateways() + " " + s.exportTo() + withoutOrigins(s.http())));
        return texts;
    }

    private static List<VirtualService> services(VectorCase input, String file) {
        return bound(input, file, "VirtualService", VirtualService::bind);
    }

    private static <T> List<T> bound(
            VectorCase input, String file, String kind, Function<RawResource, Bound<T>> binder) {
        List<T> bound = new ArrayList<>();
        for (Node root : VectorCase.documents(input.file(file))) {
            input.resource((Node.Mapping) root, bound.size())
                    .filter(raw -> raw.key().kind().equals(kind))
                    .ifPresent(raw -> bound.add(binder.apply(raw).value()));
        }
        return bound;
    }

    /// The Gateways and VirtualServices that Ingresses become. That they have a class is not asked: the cases have
    /// none.
    static Result ingress(Path root) {
        return run(root, input -> {
            Ingresses.Made made = Ingresses.convert(
                    bound(input, "input.yaml", "Ingress", Ingress::bind),
                    MeshConfig.defaults().ingress(),
                    "istio-system",
                    "mydomain",
                    (_, _, _) -> OptionalInt.empty());
            return servers(made.gateways()).equals(servers(bound(input, "expected.yaml", "Gateway", Gateway::bind)))
                    && annotated(made.virtualServices()).equals(annotated(services(input, "expected.yaml")))
                    && described(made.virtualServices()).equals(described(services(input, "expected.yaml")));
        });
    }

    private static Set<String> servers(List<Gateway> gateways) {
        Set<String> texts = new HashSet<>();
        gateways.forEach(g -> texts.add(
                g.metadata().namespace() + "/" + g.metadata().name() + g.selector() + withoutOrigins(g.servers())));
        return texts;
    }

    private static Map<String, Map<String, String>> annotated(List<VirtualService> services) {
        Map<String, Map<String, String>> annotations = new HashMap<>();
        services.forEach(s -> annotations.put(s.metadata().name(), s.metadata().annotations()));
        return annotations;
    }

    private static boolean mergesRoutes(VectorCase input) {
        Node.Mapping given =
                (Node.Mapping) VectorCase.documents(input.file("input.json")).getFirst();
        Node.Mapping expected =
                (Node.Mapping) VectorCase.documents(input.file("expected.json")).getFirst();
        List<HttpRoute> root =
                routes(input, new Node.Sequence(List.of(given.get("root").orElseThrow()), given.at()));
        List<HttpRoute> merged = VirtualServiceDelegation.mergeRoutes(
                root.getFirst(), routes(input, given.get("delegate").orElseThrow()));
        List<HttpRoute> wanted =
                expected.get("routes").orElseThrow() instanceof Node.Sequence list ? routes(input, list) : List.of();
        return withoutOrigins(merged).equals(withoutOrigins(wanted));
    }

    private static List<HttpRoute> routes(VectorCase input, Node list) {
        Node.Mapping spec = new Node.Mapping(Map.of("http", new Node.Field(list.at(), list)), list.at());
        Node.Mapping metadata = new Node.Mapping(
                Map.of("name", new Node.Field(list.at(), new Node.Scalar("a", Node.ScalarType.STRING, list.at()))),
                list.at());
        Node.Mapping whole = new Node.Mapping(
                Map.of(
                        "apiVersion",
                        new Node.Field(
                                list.at(),
                                new Node.Scalar("networking.istio.io/v1", Node.ScalarType.STRING, list.at())),
                        "kind",
                        new Node.Field(list.at(), new Node.Scalar("VirtualService", Node.ScalarType.STRING, list.at())),
                        "metadata",
                        new Node.Field(list.at(), metadata),
                        "spec",
                        new Node.Field(list.at(), spec)),
                list.at());
        return VirtualService.bind(input.resource(whole, 0).orElseThrow())
                .value()
                .http();
    }

    /// Where something stood does not count.
    private static String withoutOrigins(List<?> parts) {
        return parts.toString().replaceAll("Origin\\[resource=.*?, field=[\\w.\\[\\]]*\\]", "Origin");
    }

    /// The RBAC filters of a workload. Cases of custom actions ask for filters of an external authorizer.
    static Result authorization(Path root) {
        return run(root, input -> {
            Fields options = input.options();
            Fields workload = options.object("workload", w -> w).orElseThrow();
            ProxyNode node = node(workload.text("namespace", ""), workload.textMap("labels"));
            JsonElement listener = Messages.actual(
                            new Translator()
                                    .translate(input.snapshot(), node)
                                    .ofType(ResourceType.LISTENER)
                                    .values(),
                            ResourceType.LISTENER)
                    .get("virtualInbound");
            boolean http = options.text("protocol", "").equals("http");
            List<JsonElement> found = new ArrayList<>();
            filters(listener, http, found);
            List<JsonElement> wanted = new ArrayList<>();
            for (String file : options.texts("expected")) {
                JsonObject object = JsonParser.parseString(new Gson()
                                .toJson(VectorCase.plain(
                                        VectorCase.documents(input.file(file)).getFirst())))
                        .getAsJsonObject();
                wanted.add(Messages.normal(
                        object,
                        http
                                ? io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter
                                        .newBuilder()
                                : io.envoyproxy.envoy.config.listener.v3.Filter.newBuilder()));
            }
            return wanted.equals(found);
        });
    }

    /// The settings of the metrics filter. Cases of logs and traces, and of waypoints, are not looked at.
    static Result metrics(Path root) {
        return run(root, SmallSuites::isAboutMetrics, input -> {
            Fields options = input.options();
            Fields proxy = options.object("proxy", p -> p).orElseThrow();
            JsonElement listener = Messages.actual(
                            new Translator()
                                    .translate(
                                            input.snapshot(),
                                            node(proxy.text("namespace", ""), proxy.textMap("labels")))
                                    .ofType(ResourceType.LISTENER)
                                    .values(),
                            ResourceType.LISTENER)
                    .get("virtualOutbound");
            JsonElement wanted = json(input.file("expected.json"))
                    .getAsJsonObject()
                    .getAsJsonObject("filters")
                    .get("istio.stats");
            return Objects.equals(wanted, stats(listener));
        });
    }

    private static boolean isAboutMetrics(VectorCase input) {
        Fields options = input.options();
        return options.text("what", "").equals("filters")
                && options.object("service", s -> s).isEmpty();
    }

    private static @Nullable JsonElement stats(JsonElement at) {
        if (at instanceof JsonObject object) {
            if (object.get("name") instanceof JsonElement name
                    && name.toString().equals("\"istio.stats\"")) {
                return object.getAsJsonObject("typedConfig").get("value");
            }
            return object.entrySet().stream()
                    .map(e -> stats(e.getValue()))
                    .filter(Objects::nonNull)
                    .findFirst()
                    .orElse(null);
        }
        return at instanceof JsonArray array
                ? StreamSupport.stream(array.spliterator(), false)
                        .map(SmallSuites::stats)
                        .filter(Objects::nonNull)
                        .findFirst()
                        .orElse(null)
                : null;
    }

    /// Those of the first chain that has any.
    private static void filters(JsonElement at, boolean http, List<JsonElement> found) {
        String key = http ? "httpFilters" : "filters";
        if (at instanceof JsonObject object) {
            if (object.get(key) instanceof JsonArray list && found.isEmpty()) {
                for (JsonElement filter : list) {
                    String name = filter.getAsJsonObject().get("name").getAsString();
                    if (name.contains("rbac") || name.contains("ext_authz")) {
                        found.add(filter);
                    }
                }
            }
            object.entrySet().forEach(e -> filters(e.getValue(), http, found));
        } else if (at instanceof JsonArray array) {
            array.forEach(e -> filters(e, http, found));
        }
    }

    private static JsonElement json(Path file) {
        try {
            return JsonParser.parseString(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
