package dev.lateen.control.cluster;

import dev.lateen.kubernetes.cluster.ClusterEvent;
import dev.lateen.kubernetes.inject.InjectionValues;
import dev.lateen.kubernetes.tree.Trees;
import dev.lateen.kubernetes.webhook.NamespaceFacts;
import dev.lateen.model.source.YamlDocument;
import dev.lateen.model.source.YamlLimits;
import dev.lateen.model.source.YamlReader;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/// What injection goes by in a cluster beside the mesh's settings: its namespaces, and the injector's values from the
/// ConfigMap `istio-sidecar-injector`.
///
/// Thread: any.
public final class ClusterFacts {
    public static final String INJECTOR = "istio-sidecar-injector";
    private static final Logger LOG = LoggerFactory.getLogger(ClusterFacts.class);

    private final Map<String, NamespaceFacts> namespaces = new ConcurrentHashMap<>();
    private volatile ObjectNode injector = Trees.object();

    public Optional<NamespaceFacts> namespace(String name) {
        return Optional.ofNullable(namespaces.get(name));
    }

    public Set<String> namespaces() {
        return Set.copyOf(namespaces.keySet());
    }

    /// What the ConfigMap says, to be laid over the defaults; the same object while it does not change.
    public ObjectNode injector() {
        return injector;
    }

    void onEvent(ClusterEvent event) {
        switch (event) {
            case ClusterEvent.Seen(var kind, var _, var name, var object) -> {
                if (kind.equals("Namespace")) {
                    namespaces.put(name, new NamespaceFacts(texts(object, "labels"), texts(object, "annotations")));
                } else if (kind.equals("ConfigMap") && name.equals(INJECTOR)) {
                    injector = injectorOf(object);
                }
            }
            case ClusterEvent.Gone(var kind, var _, var name) -> {
                if (kind.equals("Namespace")) {
                    namespaces.remove(name);
                }
            }
        }
    }

    private static ObjectNode injectorOf(ObjectNode configMap) {
        ObjectNode overlay = Trees.object();
        document(Trees.text(configMap, "data", "values"), "values")
                .ifPresent(values -> InjectionValues.overlay(overlay, values));
        document(Trees.text(configMap, "data", "config"), "config")
                .ifPresent(config -> InjectionValues.overlayInjectorConfig(overlay, config));
        return overlay;
    }

    private static Optional<ObjectNode> document(String yaml, String name) {
        if (yaml.isBlank()) {
            return Optional.empty();
        }
        List<YamlDocument> documents = new YamlReader(YamlLimits.DEFAULT).read(yaml, name);
        if (documents.size() == 1
                && documents.getFirst() instanceof YamlDocument.Read(var root, var _)
                && Trees.of(root) instanceof ObjectNode object) {
            return Optional.of(object);
        }
        LOG.atError()
                .addKeyValue("kind", "ConfigMap " + INJECTOR)
                .addKeyValue("reason", name + " is not one YAML mapping")
                .log("the injector's settings are left out");
        return Optional.empty();
    }

    private static Map<String, String> texts(ObjectNode object, String name) {
        Map<String, String> texts = new TreeMap<>();
        Trees.at(object, "metadata", name)
                .properties()
                .forEach(one -> texts.put(one.getKey(), one.getValue().asString("")));
        return texts;
    }
}
