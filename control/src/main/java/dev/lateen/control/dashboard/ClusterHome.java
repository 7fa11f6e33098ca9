package dev.lateen.control.dashboard;

import dev.lateen.control.debug.MeshView;
import dev.lateen.kubernetes.cluster.Cluster;
import dev.lateen.kubernetes.cluster.ClusterException;
import dev.lateen.kubernetes.crd.ResourceDefinitions;
import dev.lateen.kubernetes.tree.Trees;
import dev.lateen.kubernetes.tree.YamlText;
import dev.lateen.model.resource.ParsedResource;
import dev.lateen.model.resource.ParserSettings;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.resource.ResourceKey;
import dev.lateen.model.resource.ResourceParser;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// Resources in a cluster, read and written through its API server with the rights of the control plane's own account,
/// which are usually to look only: then whoever edits is given the text to apply by hand.
///
/// Thread: any; blocks.
record ClusterHome(Cluster cluster, MeshView mesh) implements ResourceHome {
    private static final String NEW = "new";
    private static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";
    /// What the API server writes into an object.
    private static final List<String> ITS_OWN =
            List.of("managedFields", "resourceVersion", "uid", "creationTimestamp", "generation", "selfLink");

    @Override
    public Optional<Opened> open(ResourceKey key) throws ClusterException {
        Optional<ObjectNode> object =
                isOpen(key) ? cluster.get(apiVersion(key), key.kind(), key.namespace(), key.name()) : Optional.empty();
        return object.isPresent() ? Optional.of(opened(key, object.get(), "update")) : Optional.empty();
    }

    @Override
    public Opened fresh(ResourceKey key) throws ClusterException {
        return new Opened("", file(key), 1, NEW, locked(key, "create"), command(key));
    }

    @Override
    public Outcome save(ResourceKey key, String text, String version) throws ClusterException {
        Optional<ObjectNode> written = object(text);
        if (written.isEmpty() || !isOpen(key)) {
            return new Outcome.Refused("this is not one object");
        }
        ObjectNode object = written.get();
        Trees.into(object, "metadata").remove(ITS_OWN);
        Trees.into(object, "metadata").put("namespace", key.namespace());
        object.remove("status");
        try {
            if (version.equals(NEW)) {
                cluster.create(object);
            } else {
                Trees.into(object, "metadata").put("resourceVersion", version);
                cluster.replace(object);
            }
            return new Outcome.Saved(version);
        } catch (ClusterException refused) {
            String reason = String.valueOf(refused.getMessage());
            return refused.isConflict() ? new Outcome.Conflict(reason, open(key)) : new Outcome.Refused(reason);
        }
    }

    private Opened opened(ResourceKey key, ObjectNode object, String verb) throws ClusterException {
        String version = Trees.text(object, "metadata", "resourceVersion");
        ObjectNode metadata = Trees.into(object, "metadata");
        metadata.remove(ITS_OWN);
        if (metadata.get("annotations") instanceof ObjectNode annotations) {
            annotations.remove(LAST_APPLIED);
            if (annotations.isEmpty()) {
                metadata.remove("annotations");
            }
        }
        object.remove("status");
        return new Opened(YamlText.write(object), file(key), 1, version, locked(key, verb), command(key));
    }

    private Optional<String> locked(ResourceKey key, String verb) throws ClusterException {
        String plural = plural(key);
        return cluster.may(verb, key.group(), plural, key.namespace())
                ? Optional.empty()
                : Optional.of("the control plane's account may not " + verb + " " + plural + " in " + key.namespace()
                        + ": apply the text yourself");
    }

    private static Optional<ObjectNode> object(String text) {
        List<ParsedResource> parsed = new ResourceParser(ParserSettings.DEFAULT).parse(text, "");
        return parsed.size() == 1 && parsed.getFirst() instanceof ParsedResource.Valid(RawResource resource, var _)
                ? Trees.of(resource.root()) instanceof ObjectNode object ? Optional.of(object) : Optional.empty()
                : Optional.empty();
    }

    /// Only what the mesh itself goes by: kinds of Istio's and ours.
    private static boolean isOpen(ResourceKey key) {
        return key.group().endsWith("istio.io") || key.group().endsWith("lateen.dev");
    }

    private String apiVersion(ResourceKey key) {
        return mesh.stored().resources().stream()
                .filter(one -> one.key().equals(key))
                .findFirst()
                .map(RawResource::apiVersion)
                .orElse(key.group() + "/v1");
    }

    private static String file(ResourceKey key) {
        return key.kind() + "/" + key.namespace() + "/" + key.name();
    }

    private static String command(ResourceKey key) {
        return "kubectl -n " + key.namespace() + " apply -f -";
    }

    private static String plural(ResourceKey key) {
        return ResourceDefinitions.plural(key.kind().toLowerCase(Locale.ROOT));
    }
}
