package dev.lateen.kubernetes.inject;

import dev.lateen.kubernetes.tree.Trees;
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

/// ProxyConfig as it is in force for one pod: the mesh's `defaultConfig`, then the pod's annotation.
/// Source: Istio `ProxyConfig`, annotation `proxy.istio.io/config`.
final class ProxySettings {
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

    private final ObjectNode settings;

    private ProxySettings(ObjectNode settings) {
        this.settings = settings;
    }

    /// Empty where the annotation is no YAML object.
    static Optional<ProxySettings> of(JsonNode mesh, Optional<String> annotation) {
        ObjectNode settings = Trees.object();
        overlay(settings, BUILT_IN);
        if (mesh.path("defaultConfig") instanceof ObjectNode defaults) {
            overlay(settings, defaults);
        }
        if (annotation.isPresent() && !annotation.get().isBlank()) {
            Optional<ObjectNode> own = read(annotation.get());
            if (own.isEmpty()) {
                return Optional.empty();
            }
            overlay(settings, own.get());
        }
        return Optional.of(new ProxySettings(settings));
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

    String interceptionMode() {
        String mode = Trees.text(settings, "interceptionMode");
        return mode.isEmpty() ? "REDIRECT" : mode;
    }

    boolean holdsApplication() {
        return Trees.flag(settings, "holdApplicationUntilProxyStarts");
    }

    String imageType() {
        return Trees.text(settings, "image", "imageType");
    }

    Map<String, String> metadata() {
        Map<String, String> sorted = new TreeMap<>();
        settings.path("proxyMetadata")
                .properties()
                .forEach(entry -> sorted.put(entry.getKey(), entry.getValue().asString("")));
        return new LinkedHashMap<>(sorted);
    }

    /// What differs from a proxy's own defaults, in one line of JSON.
    String differences() {
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
