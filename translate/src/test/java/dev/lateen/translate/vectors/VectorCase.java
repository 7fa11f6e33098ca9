package dev.lateen.translate.vectors;

import dev.lateen.model.istio.Bound;
import dev.lateen.model.mesh.Endpoint;
import dev.lateen.model.mesh.KeyFetching;
import dev.lateen.model.mesh.Locality;
import dev.lateen.model.mesh.MeshConfig;
import dev.lateen.model.mesh.MeshNetworks;
import dev.lateen.model.mesh.MeshService;
import dev.lateen.model.mesh.MeshSettings;
import dev.lateen.model.mesh.MeshSnapshot;
import dev.lateen.model.mesh.NodeMetadata;
import dev.lateen.model.mesh.ProxyNode;
import dev.lateen.model.mesh.ServiceId;
import dev.lateen.model.mesh.SnapshotBuilder;
import dev.lateen.model.resource.Metadata;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.resource.ResourceKey;
import dev.lateen.model.source.YamlDocument;
import dev.lateen.model.source.YamlLimits;
import dev.lateen.model.source.YamlReader;
import dev.lateen.model.tree.Fields;
import dev.lateen.model.tree.Node;
import dev.lateen.model.tree.Node.Mapping;
import dev.lateen.model.tree.Node.Sequence;
import dev.lateen.model.tree.Position;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// A mesh seen by one proxy, as a folder of vectors describes it. Nothing is checked: some cases hold what a validator
/// would refuse.
public final class VectorCase {
    private final Path folder;

    public VectorCase(Path folder) {
        this.folder = folder;
    }

    /// Where the recorded suites are; empty where this machine has none.
    public static Optional<Path> root() {
        String set = System.getProperty("lateen.vectors", System.getenv().getOrDefault("LATEEN_VECTORS", ""));
        if (!set.isEmpty()) {
            return Optional.of(Path.of(set)).filter(Files::isDirectory);
        }
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            Path beside = at.resolve("shared/vectors");
            if (Files.isDirectory(beside)) {
                return Optional.of(beside);
            }
        }
        return Optional.empty();
    }

    /// Prints how many cases pass, and what the others lack.
    public static void report(String suite, int passed, List<String> failed) {
        System.out.printf("vectors %s: %d of %d pass%n", suite, passed, passed + failed.size());
        failed.forEach(line -> System.out.println("  " + line));
    }

    /// The cases of the suite `telemetry` about one thing, in the order of their names.
    ///
    /// @param what as the cases' options say
    public static List<VectorCase> telemetry(Path root, String what) throws IOException {
        try (Stream<Path> folders = Files.list(root.resolve("telemetry"))) {
            return folders.filter(Files::isDirectory)
                    .filter(folder -> !folder.getFileName().toString().startsWith("_"))
                    .sorted()
                    .map(VectorCase::new)
                    .filter(input -> input.options().text("what", "").equals(what))
                    .toList();
        }
    }

    public String name() {
        return folder.getFileName().toString();
    }

    public Path file(String name) {
        return folder.resolve(name);
    }

    public MeshSnapshot snapshot() {
        return snapshot(List.of());
    }

    /// @param more files with resources
    MeshSnapshot snapshot(List<Path> more) {
        Set<String> features = new HashSet<>();
        options().object("features", f -> f).ifPresent(f -> features(f, features));
        SnapshotBuilder builder = new SnapshotBuilder(
                new MeshSettings("Kubernetes", "cluster.local", "", features, false, KeyFetching.CONTROL_PLANE));
        Path common = folder.resolveSibling("_common");
        for (Path mesh : List.of(common.resolve("default-mesh.yaml"), common.resolve("mesh.yaml"), file("mesh.yaml"))) {
            if (Files.exists(mesh)) {
                builder.mesh(
                        MeshConfig.of(withProviders((Mapping) documents(mesh).getFirst())));
            }
        }
        List<String> domains = options().texts("trustDomains");
        if (!domains.isEmpty()) {
            builder.mesh(MeshConfig.of(mapping("{trustDomain: " + domains.getFirst() + ", trustDomainAliases: "
                    + domains.subList(1, domains.size()) + "}")));
        }
        List<RawResource> resources = new ArrayList<>();
        List<Path> files = new ArrayList<>(List.of(file("k8s.yaml"), file("input.yaml")));
        files.addAll(more);
        for (Path file : files) {
            if (Files.exists(file)) {
                for (Node root : documents(file)) {
                    resource((Mapping) root, resources.size()).ifPresent(resources::add);
                }
            }
        }
        builder.networks(networks());
        builder.put(resources);
        knownServices(builder);
        if (Files.exists(file("services.json"))) {
            registry(builder);
        }
        new VectorClusters(this).addTo(builder);
        return builder.build();
    }

    Bound<MeshNetworks> networks() {
        Path file = file("networks.yaml");
        return MeshNetworks.of(
                Files.exists(file) ? (Mapping) documents(file).getFirst() : new Mapping(Map.of(), Position.UNKNOWN));
    }

    /// A case may say what the mesh's default providers are.
    private Mapping withProviders(Mapping mesh) {
        Optional<Node> providers = options().node("defaultProviders");
        if (providers.isEmpty()) {
            return mesh;
        }
        Map<String, Node.Field> fields = new LinkedHashMap<>(mesh.fields());
        fields.put("defaultProviders", new Node.Field(Position.UNKNOWN, providers.get()));
        return new Mapping(fields, mesh.at());
    }

    private static void features(Fields given, Set<String> on) {
        for (String name : List.of(
                "EnableDualStack",
                "FilterGatewayClusterConfig",
                "EnableTLSOnSidecarIngress",
                "EnableSidecarServiceInboundListenerMerge",
                "EnableAdditionalIpv4OutboundListenerForIpv6Only",
                "EnableIPAutoallocate",
                "EnableMultipleCustomAuthzProviders")) {
            if (given.flag(name)) {
                on.add(name);
            }
        }
    }

    ProxyNode node() {
        Fields proxy = options().object("proxy", p -> p).orElseThrow();
        Map<String, Object> metadata = new HashMap<>();
        proxy.node("metadata").ifPresent(m -> {
            if (plain(m) instanceof Map<?, ?> map) {
                map.forEach((key, value) -> metadata.put(String.valueOf(key), value));
            }
        });
        List<String> ips = proxy.texts("ipAddresses");
        metadata.put("INSTANCE_IPS", String.join(",", ips));
        metadata.put("NAMESPACE", proxy.text("configNamespace", ""));
        metadata.put("LABELS", proxy.textMap("labels"));
        Locality locality = proxy.object(
                        "locality", l -> new Locality(l.text("region", ""), l.text("zone", ""), l.text("subZone", "")))
                .orElse(Locality.NONE);
        String id = proxy.text("type", "sidecar") + "~" + (ips.isEmpty() ? "" : ips.getFirst()) + "~"
                + proxy.text("id", "") + "~" + proxy.text("dnsDomain", "");
        ProxyNode node = ProxyNode.parse(id, metadata, locality).orElseThrow();
        // Some nodes claim another namespace than the one that their configuration is from.
        return proxy.object("metadata", m -> m.text("NAMESPACE").orElse(""))
                .filter(claimed -> !claimed.isEmpty())
                .map(claimed -> claiming(node, claimed))
                .orElse(node);
    }

    private static ProxyNode claiming(ProxyNode node, String namespace) {
        NodeMetadata read = node.metadata();
        Map<String, String> texts = new HashMap<>(read.texts());
        texts.put("NAMESPACE", namespace);
        return new ProxyNode(
                node.type(),
                node.id(),
                node.name(),
                node.addresses(),
                node.namespace(),
                node.serviceAccount(),
                node.dnsDomain(),
                node.labels(),
                node.clusterId(),
                node.locality(),
                read.withTexts(texts),
                node.cluster());
    }

    /// None where the suite has none.
    public Fields options() {
        if (!Files.exists(file("options.json"))) {
            return new Fields(new Mapping(Map.of(), Position.UNKNOWN));
        }
        return new Fields((Mapping) documents(file("options.json")).getFirst());
    }

    static Object plain(Node node) {
        return switch (node) {
            case Node.Scalar(var text, var _, var _) -> text;
            case Sequence(var items, var _) ->
                items.stream().map(VectorCase::plain).toList();
            case Mapping mapping -> {
                Map<String, Object> map = new LinkedHashMap<>();
                mapping.fields().forEach((key, field) -> map.put(key, plain(field.value())));
                yield map;
            }
        };
    }

    private static Mapping mapping(String text) {
        YamlDocument read =
                new YamlReader(YamlLimits.DEFAULT).read(text, "options").getFirst();
        return (Mapping) ((YamlDocument.Read) read).root();
    }

    public static List<Node> documents(Path file) {
        List<Node> roots = new ArrayList<>();
        try {
            YamlReader reader = new YamlReader(YamlLimits.DEFAULT);
            for (YamlDocument document :
                    reader.read(Files.readString(file), file.getFileName().toString())) {
                if (document instanceof YamlDocument.Read(Node root, var _)) {
                    roots.add(root);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return roots;
    }

    /// Of two without a time that which comes first is the elder, as the README of the cases has it; but what is
    /// recorded of Gateways goes by their names then, as in Istio where times are the same.
    Optional<RawResource> resource(Mapping root, int order) {
        Fields fields = new Fields(root);
        String kind = fields.text("kind", "");
        Fields metadata = fields.object("metadata", m -> m).orElse(new Fields(new Mapping(Map.of(), Position.UNKNOWN)));
        String version = fields.text("apiVersion", "");
        int slash = version.indexOf('/');
        Metadata read = new Metadata(
                metadata.text("name", ""),
                namespace(kind, metadata.text("namespace", "")),
                metadata.textMap("labels"),
                metadata.textMap("annotations"),
                metadata.text("creationTimestamp").map(VectorCase::instant).orElse(Instant.EPOCH),
                kind.equals("Gateway") ? 0 : order,
                0,
                "");
        ResourceKey key =
                new ResourceKey(slash < 0 ? "" : version.substring(0, slash), kind, read.namespace(), read.name());
        return Optional.of(new RawResource(version, key, read, root, root.at()));
    }

    /// Where a case is about the scope of a namespace, its Sidecar is that namespace's.
    private String namespace(String kind, String given) {
        String scope = options().text("namespace", "");
        return kind.equals("Sidecar") && !scope.isEmpty() ? scope : given;
    }

    static Instant instant(String text) {
        return text.isEmpty() ? Instant.EPOCH : Instant.parse(text);
    }

    /// Services of which nothing but `namespace/host` matters.
    private void knownServices(SnapshotBuilder builder) {
        List<MeshService> services = new ArrayList<>();
        for (String known : options().texts("knownServices")) {
            int slash = known.indexOf('/');
            services.add(RegistryJson.service(
                    new Fields(mapping("{hostname: " + known.substring(slash + 1) + ", namespace: "
                            + known.substring(0, slash) + "}")),
                    services.size()));
        }
        if (!services.isEmpty()) {
            builder.registry(services, Map.of(), List.of());
        }
    }

    private void registry(SnapshotBuilder builder) {
        List<MeshService> services = new ArrayList<>();
        for (Node item : items(file("services.json"))) {
            services.add(RegistryJson.service(new Fields((Mapping) item), services.size()));
        }
        Map<ServiceId, List<Endpoint>> endpoints = new LinkedHashMap<>();
        if (Files.exists(file("instances.json"))) {
            for (Node item : items(file("instances.json"))) {
                Fields in = new Fields((Mapping) item);
                String host = in.text("service", "");
                for (MeshService service : services) {
                    boolean same = service.hostname().equals(host)
                            && (!in.has("namespace") || service.namespace().equals(in.text("namespace", "")));
                    if (same
                            || services.stream()
                                                    .filter(s -> s.hostname().equals(host))
                                                    .count()
                                            == 1
                                    && service.hostname().equals(host)) {
                        endpoints
                                .computeIfAbsent(service.id(), _ -> new ArrayList<>())
                                .add(RegistryJson.endpoint(in));
                    }
                }
            }
        }
        builder.registry(services, endpoints, List.of());
    }

    private static List<Node> items(Path file) {
        return documents(file).getFirst() instanceof Sequence(List<Node> items, var _) ? items : List.of();
    }
}
