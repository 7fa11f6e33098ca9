package dev.lateen.model.resource;

import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.schema.FieldNames;
import dev.lateen.model.schema.FieldSchema;
import dev.lateen.model.schema.FieldType;
import dev.lateen.model.schema.KindSchema;
import dev.lateen.model.schema.Schemas;
import dev.lateen.model.source.YamlDocument;
import dev.lateen.model.source.YamlLimits;
import dev.lateen.model.source.YamlReader;
import dev.lateen.model.tree.Fields;
import dev.lateen.model.tree.Node;
import dev.lateen.model.tree.Node.Field;
import dev.lateen.model.tree.Node.Mapping;
import dev.lateen.model.tree.Node.Scalar;
import dev.lateen.model.tree.Node.ScalarType;
import dev.lateen.model.tree.Position;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Finds the settings of the mesh among its resources: `spec.meshConfig` of each IstioOperator in the order of loading,
/// and over it `mesh` of the ConfigMap `istio`. Mappings are merged field by field, lists are replaced.
///
/// Thread: any.
public final class MeshConfigReader {
    private static final String CONFIG_MAP = "istio";
    private static final String DISCOVERY_ADDRESS = "istiod.istio-system.svc:15012";

    private final Schemas schemas = Schemas.standard();
    private final YamlReader reader = new YamlReader(YamlLimits.DEFAULT);

    /// What a mesh's resources say about the mesh itself.
    ///
    /// @param meshConfig what is set, without defaults
    /// @param meshNetworks the networks, from `meshNetworks` of the ConfigMap
    public record MeshSettingsTree(Mapping meshConfig, Mapping meshNetworks, List<Diagnostic> diagnostics) {
        public MeshSettingsTree {
            diagnostics = List.copyOf(diagnostics);
        }
    }

    public MeshSettingsTree read(Collection<RawResource> resources) {
        List<Diagnostic> found = new ArrayList<>();
        Mapping config = empty();
        Mapping networks = empty();
        List<RawResource> ordered = resources.stream()
                .filter(resource -> holdsSettings(resource.key()))
                .sorted(Comparator.comparing((RawResource resource) -> isConfigMap(resource.key()))
                        .thenComparingLong(resource -> resource.metadata().order()))
                .toList();
        for (RawResource resource : ordered) {
            if (isOperator(resource.key())) {
                Optional<Mapping> own = new Fields(resource.root())
                        .object("spec", spec -> spec)
                        .flatMap(spec -> spec.object("meshConfig", Fields::mapping));
                config = own.isPresent() ? merge(config, own.get()) : config;
            } else if (isConfigMap(resource.key())) {
                config = merge(
                        config, embedded(resource, "mesh", "MeshConfig", found).orElse(empty()));
                networks = merge(
                        networks,
                        embedded(resource, "meshNetworks", "MeshNetworks", found)
                                .orElse(empty()));
            }
        }
        return new MeshSettingsTree(config, networks, found);
    }

    /// The settings kept as text in a value of a ConfigMap, with positions in the ConfigMap's file.
    ///
    /// @param kind the kind of settings, whose names are brought to one form
    public Optional<Mapping> embedded(RawResource configMap, String name, String kind, List<Diagnostic> found) {
        Node value = new Fields(configMap.root())
                .object("data", data -> data)
                .flatMap(data -> data.node(name))
                .orElse(null);
        if (!(value instanceof Scalar(String text, var _, Position at))) {
            return Optional.empty();
        }
        for (YamlDocument document : reader.read(text, at.file(), at.line() + 1)) {
            switch (document) {
                case YamlDocument.Read(Mapping root, var _) -> {
                    return Optional.of(normal(root, kind, found));
                }
                case YamlDocument.Read(var _, Position start) ->
                    found.add(Diagnostic.error("wrong-type", start, "data." + name, "not a mapping"));
                case YamlDocument.Broken broken -> found.addAll(broken.diagnostics());
            }
        }
        return Optional.empty();
    }

    /// The settings with all defaults filled in, as they come into force.
    public Mapping withDefaults(Mapping meshConfig) {
        return merge(defaults(), meshConfig);
    }

    /// Whether a resource of that name has something to say about the mesh itself.
    public static boolean holdsSettings(ResourceKey key) {
        return isOperator(key) || isConfigMap(key);
    }

    public static boolean isOperator(ResourceKey key) {
        return key.group().equals("install.istio.io") && key.kind().equals("IstioOperator");
    }

    public static boolean isConfigMap(ResourceKey key) {
        return key.group().isEmpty()
                && key.kind().equals("ConfigMap")
                && key.name().equals(CONFIG_MAP);
    }

    private Mapping normal(Mapping root, String kind, List<Diagnostic> found) {
        KindSchema schema = schemas.kind("", kind).orElseThrow();
        return new FieldNames(schemas).normalize(root, schema.root(), found);
    }

    private Mapping defaults() {
        Map<String, Field> config = defaultsOf("MeshConfig");
        Map<String, Field> proxy = defaultsOf("MeshProxyConfig");
        proxy.put("discoveryAddress", text(DISCOVERY_ADDRESS));
        proxy.put("serviceCluster", text("istio-proxy"));
        config.put("defaultConfig", new Field(Position.UNKNOWN, new Mapping(proxy, Position.UNKNOWN)));
        return new Mapping(config, Position.UNKNOWN);
    }

    private Map<String, Field> defaultsOf(String kind) {
        Map<String, Field> fields = new LinkedHashMap<>();
        for (FieldSchema field :
                schemas.kind("", kind).orElseThrow().root().fields().values()) {
            if (!field.fallback().isEmpty()) {
                ScalarType type = switch (field.type()) {
                    case FieldType.Whole _ -> ScalarType.INTEGER;
                    case FieldType.Simple simple when simple == FieldType.Simple.BOOL -> ScalarType.BOOLEAN;
                    case FieldType _ -> ScalarType.STRING;
                };
                Node value = new Scalar(field.fallback(), type, Position.UNKNOWN);
                fields.put(field.name(), new Field(Position.UNKNOWN, value));
            }
        }
        return fields;
    }

    private static Field text(String text) {
        return new Field(Position.UNKNOWN, new Scalar(text, ScalarType.STRING, Position.UNKNOWN));
    }

    private static Mapping empty() {
        return new Mapping(Map.of(), Position.UNKNOWN);
    }

    private static Mapping merge(Mapping under, Mapping over) {
        if (under.fields().isEmpty()) {
            return over;
        }
        Map<String, Field> fields = new LinkedHashMap<>(under.fields());
        over.fields().forEach((name, field) -> {
            boolean both = under.get(name).orElse(null) instanceof Mapping && field.value() instanceof Mapping;
            if (both) {
                Mapping below = (Mapping) under.get(name).orElseThrow();
                fields.put(name, new Field(field.keyAt(), merge(below, (Mapping) field.value())));
            } else {
                fields.put(name, field);
            }
        });
        return new Mapping(fields, over.at().equals(Position.UNKNOWN) ? under.at() : over.at());
    }
}
