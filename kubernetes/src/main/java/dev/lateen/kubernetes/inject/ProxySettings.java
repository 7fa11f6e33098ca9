package dev.lateen.kubernetes.inject;

import dev.lateen.kubernetes.tree.Trees;
import dev.lateen.model.istio.ProxyConfig;
import dev.lateen.model.mesh.ProxyConfigs;
import dev.lateen.model.source.YamlDocument;
import dev.lateen.model.source.YamlLimits;
import dev.lateen.model.source.YamlReader;
import dev.lateen.model.tree.Durations;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// ProxyConfig as it is in force for one pod: the mesh's `defaultConfig`, over that the resources for all pods, the
/// pod's annotation, and the resource whose selector chooses the pod.
///
/// Source: Istio `ProxyConfig`, annotation `proxy.istio.io/config`. Thread: any.
public final class ProxySettings {
    /// What a proxy assumes by itself, so that it need not be told.
    private static final ObjectNode BUILT_IN = Trees.object(
            "configPath", "./etc/istio/proxy",
            "binaryPath", "/usr/local/bin/envoy",
            "serviceCluster", "istio-proxy",
            "drainDuration", "45s",
            "terminationDrainDuration", "5s",
            "proxyAdminPort", 15000,
            "controlPlaneAuthPolicy", "MUTUAL_TLS",
            "discoveryAddress", "istiod.istio-system.svc:15012",
            "statNameLength", 189,
            "statusPort", 15020);
    private static final Set<String> MERGED = Set.of("proxyMetadata", "proxyHeaders");
    private static final Set<String> DURATIONS =
            Set.of("drainDuration", "terminationDrainDuration", "fileFlushInterval");

    /// Nothing but what proxies assume by themselves.
    public static final ProxySettings DEFAULT = new ProxySettings(BUILT_IN);

    private final ObjectNode settings;

    private ProxySettings(ObjectNode settings) {
        this.settings = settings;
    }

    /// Empty where the annotation is no YAML object.
    ///
    /// @param mesh MeshConfig as a document
    /// @param annotation `proxy.istio.io/config`
    public static Optional<ProxySettings> of(
            JsonNode mesh,
            ProxyConfigs resources,
            String namespace,
            Map<String, String> labels,
            Optional<String> annotation) {
        ObjectNode settings = Trees.object();
        overlay(settings, BUILT_IN);
        if (mesh.path("defaultConfig") instanceof ObjectNode defaults) {
            overlay(settings, defaults);
        }
        resources.general(namespace).forEach(config -> overlay(settings, fields(config)));
        if (annotation.isPresent() && !annotation.get().isBlank()) {
            Optional<ObjectNode> own = read(annotation.get());
            if (own.isEmpty()) {
                return Optional.empty();
            }
            overlay(settings, own.get());
        }
        resources.selecting(namespace, labels).ifPresent(config -> overlay(settings, fields(config)));
        return Optional.of(new ProxySettings(settings));
    }

    /// What a resource says, in the words of MeshConfig.
    private static ObjectNode fields(ProxyConfig config) {
        ObjectNode fields = Trees.object();
        config.concurrency().ifPresent(threads -> fields.put("concurrency", threads));
        if (!config.imageType().isEmpty()) {
            fields.set("image", Trees.object("imageType", config.imageType()));
        }
        if (!config.environment().isEmpty()) {
            ObjectNode metadata = Trees.into(fields, "proxyMetadata");
            config.environment().forEach(metadata::put);
        }
        return fields;
    }

    private static Optional<ObjectNode> read(String yaml) {
        List<YamlDocument> documents = new YamlReader(YamlLimits.DEFAULT).read(yaml, Names.PROXY_CONFIG);
        return documents.size() == 1
                        && documents.getFirst() instanceof YamlDocument.Read(var root, var _)
                        && Trees.of(root) instanceof ObjectNode object
                ? Optional.of(object)
                : Optional.empty();
    }

    private static void overlay(ObjectNode below, ObjectNode above) {
        for (Map.Entry<String, JsonNode> field : above.properties()) {
            String name = field.getKey();
            if (MERGED.contains(name) && field.getValue() instanceof ObjectNode entries) {
                Trees.into(below, name).setAll(entries.deepCopy());
            } else if (DURATIONS.contains(name)) {
                below.put(name, seconds(field.getValue().asString("")));
            } else {
                below.set(name, field.getValue().deepCopy());
            }
        }
    }

    /// A duration as proto3 writes it in JSON.
    private static String seconds(String text) {
        return Durations.parse(text)
                .map(duration -> BigDecimal.valueOf(duration.toNanos(), 9)
                                .stripTrailingZeros()
                                .toPlainString() + "s")
                .orElse(text);
    }

    /// How traffic is captured: `REDIRECT` unless something else is said.
    public String interceptionMode() {
        String mode = Trees.text(settings, "interceptionMode");
        return mode.isEmpty() ? "REDIRECT" : mode;
    }

    boolean holdsApplication() {
        return Trees.flag(settings, "holdApplicationUntilProxyStarts");
    }

    String imageType() {
        return Trees.text(settings, "image", "imageType");
    }

    /// Variables of the proxy, by their names.
    public Map<String, String> metadata() {
        Map<String, String> sorted = new TreeMap<>();
        settings.path("proxyMetadata")
                .properties()
                .forEach(entry -> sorted.put(entry.getKey(), entry.getValue().asString("")));
        return new LinkedHashMap<>(sorted);
    }

    /// What differs from a proxy's own defaults, in one line of JSON.
    public String differences() {
        ObjectNode differences = Trees.object();
        for (Map.Entry<String, JsonNode> field : settings.properties()) {
            if (!field.getValue().equals(BUILT_IN.get(field.getKey()))) {
                differences.set(field.getKey(), field.getValue());
            }
        }
        return differences.toString();
    }

    ObjectNode tree() {
        return settings.deepCopy();
    }
}
