package dev.lateen.control.cluster;

import dev.lateen.kubernetes.inject.InjectionValues;
import dev.lateen.kubernetes.tree.Trees;
import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.source.YamlDocument;
import dev.lateen.model.source.YamlLimits;
import dev.lateen.model.source.YamlReader;
import dev.lateen.model.validate.ResourceReader;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/// Reads the two ConfigMaps that a revision of the control plane has its settings in: `istio` and
/// `istio-sidecar-injector`, with the revision's name behind them. What cannot be read is reported, and nothing taken.
///
/// Thread: one at a time.
final class SettingsMaps {
    static final String MESH = "istio";
    static final String INJECTOR = "istio-sidecar-injector";
    private static final Logger LOG = LoggerFactory.getLogger(SettingsMaps.class);

    private final ClusterSettings settings;
    private final ClusterListener listener;
    private final ResourceReader reader = ResourceReader.create();

    SettingsMaps(ClusterSettings settings, ClusterListener listener) {
        this.settings = settings;
        this.listener = listener;
    }

    boolean isMesh(String kind, String name) {
        return kind.equals("ConfigMap") && name.equals(settings.named(MESH));
    }

    boolean isInjector(String kind, String name) {
        return kind.equals("ConfigMap") && name.equals(settings.named(INJECTOR));
    }

    /// `discoverySelectors` of the mesh's settings; empty where these are refused.
    ///
    /// Why they are is logged by whoever puts them into force.
    Optional<List<ObjectNode>> discoverySelectors(ObjectNode configMap) {
        boolean refused = reader.read(plain(configMap).toString(), settings.named(MESH)).stream()
                .flatMap(parsed -> parsed.diagnostics().stream())
                .anyMatch(Diagnostic::isError);
        Optional<ObjectNode> mesh =
                refused ? Optional.empty() : document(Trees.text(configMap, "data", "mesh"), "mesh");
        listener.settings(settings.named(MESH), mesh.isEmpty());
        return mesh.map(found -> Trees.objects(found, "discoverySelectors"));
    }

    /// The mesh's settings under the name that they have where there are no revisions.
    static ObjectNode plain(ObjectNode configMap) {
        ObjectNode plain = configMap.deepCopy();
        Trees.into(plain, "metadata").put("name", MESH);
        return plain;
    }

    /// What is to be laid over the injector's defaults; empty where it cannot be read.
    Optional<ObjectNode> injector(ObjectNode configMap) {
        Optional<ObjectNode> values = document(Trees.text(configMap, "data", "values"), "values");
        Optional<ObjectNode> config = document(Trees.text(configMap, "data", "config"), "config");
        if (values.isEmpty() || config.isEmpty()) {
            listener.settings(settings.named(INJECTOR), true);
            return Optional.empty();
        }
        ObjectNode overlay = Trees.object();
        InjectionValues.overlay(overlay, values.get());
        InjectionValues.overlayInjectorConfig(overlay, config.get());
        return Optional.of(overlay);
    }

    /// An empty text says nothing, and is no mistake.
    private static Optional<ObjectNode> document(String yaml, String name) {
        if (yaml.isBlank()) {
            return Optional.of(Trees.object());
        }
        List<YamlDocument> documents = new YamlReader(YamlLimits.DEFAULT).read(yaml, name);
        if (documents.size() == 1
                && documents.getFirst() instanceof YamlDocument.Read(var root, var _)
                && Trees.of(root) instanceof ObjectNode object) {
            return Optional.of(object);
        }
        String why = documents.stream()
                .filter(YamlDocument.Broken.class::isInstance)
                .map(YamlDocument.Broken.class::cast)
                .flatMap(broken -> broken.diagnostics().stream())
                .map(Diagnostic::toString)
                .findFirst()
                .orElse("not one YAML mapping");
        LOG.atError()
                .addKeyValue("kind", "ConfigMap")
                .addKeyValue("reason", "data." + name + ": " + why)
                .log("settings cannot be read: earlier ones stay in force");
        return Optional.empty();
    }
}
