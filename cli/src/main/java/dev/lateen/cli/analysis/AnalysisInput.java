package dev.lateen.cli.analysis;

import dev.lateen.kubernetes.cluster.Cluster;
import dev.lateen.kubernetes.cluster.ClusterException;
import dev.lateen.kubernetes.cluster.WatchedKind;
import dev.lateen.kubernetes.crd.ResourceDefinitions;
import dev.lateen.kubernetes.tree.Trees;
import dev.lateen.model.analyze.Message;
import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.resource.ParsedResource;
import dev.lateen.model.resource.ParsedResource.Fragment;
import dev.lateen.model.resource.ParsedResource.Invalid;
import dev.lateen.model.resource.ParsedResource.Valid;
import dev.lateen.model.resource.ParserSettings;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.resource.ResourceKey;
import dev.lateen.model.resource.ResourceParser;
import dev.lateen.model.schema.Schemas;
import dev.lateen.model.source.YamlLimits;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/// Gathers the resources to analyse. What a file says of a resource goes before what a cluster or a mesh has of it, as
/// if the file had been applied. Thread: one; reading of a cluster blocks.
public final class AnalysisInput {
    /// What the names of an object's positions begin with.
    public static final String CLUSTER = "kubernetes:";

    private static final ResourceKey UNREADABLE = new ResourceKey("", "Document", "", "unreadable");

    private final ResourceParser parser;
    private final Map<ResourceKey, RawResource> resources = new LinkedHashMap<>();
    private final List<Message> unreadable = new ArrayList<>();
    private long order;

    /// @param defaultNamespace of resources that name none
    public AnalysisInput(String defaultNamespace) {
        this.parser = new ResourceParser(new ParserSettings(YamlLimits.DEFAULT, defaultNamespace));
    }

    /// Takes the resources of a text; those that came before, of the same names, stay.
    ///
    /// @param file the name that positions will carry
    public void addText(String text, String file) {
        for (ParsedResource parsed : parser.parse(text, file, order)) {
            switch (parsed) {
                case Valid(RawResource resource, var found) -> {
                    add(resource);
                    note(resource.key(), found);
                }
                case Invalid(var key, var _, var found) -> note(key.orElse(UNREADABLE), found);
                case Fragment(var _, var _, var found) -> note(UNREADABLE, found);
            }
        }
    }

    public void add(RawResource resource) {
        order++;
        resources.putIfAbsent(resource.key(), resource);
    }

    private void note(ResourceKey about, List<Diagnostic> found) {
        found.forEach(one -> unreadable.add(new Message(about, one)));
    }

    /// Takes what goes before everything else of its name.
    public void addFirst(RawResource resource) {
        resources.remove(resource.key());
        add(resource);
    }

    /// Takes what a cluster holds, in all namespaces, of the kinds that analyzers look at. Kinds that it does not know
    /// are passed over; those that it does not show are named in the result.
    public List<String> addCluster(Cluster cluster) {
        List<String> hidden = new ArrayList<>();
        for (WatchedKind kind : kinds()) {
            try {
                for (ObjectNode object : cluster.list(kind.apiVersion(), kind.kind(), Map.of())) {
                    addObject(kind, object);
                }
            } catch (ClusterException failure) {
                if (!failure.isMissing()) {
                    hidden.add(kind.kind() + ": " + failure.getMessage());
                }
            }
        }
        return hidden;
    }

    private void addObject(WatchedKind kind, ObjectNode object) {
        object.put("apiVersion", kind.apiVersion());
        object.put("kind", kind.kind());
        Trees.into(object, "metadata").remove("managedFields");
        String name = CLUSTER + kind.kind() + "/" + Trees.text(object, "metadata", "namespace") + "/"
                + Trees.text(object, "metadata", "name");
        for (ParsedResource parsed : parser.parse(object.toString(), name, order)) {
            if (parsed instanceof Valid(RawResource resource, var _)) {
                add(resource);
            }
        }
    }

    private static List<WatchedKind> kinds() {
        List<WatchedKind> kinds = new ArrayList<>(List.of(
                WatchedKind.of("", "v1", "Namespace", "namespaces"),
                WatchedKind.of("", "v1", "Service", "services"),
                WatchedKind.of("", "v1", "Pod", "pods"),
                WatchedKind.of("", "v1", "ConfigMap", "configmaps"),
                WatchedKind.of("", "v1", "Secret", "secrets"),
                WatchedKind.of("", "v1", "Node", "nodes"),
                WatchedKind.of("apps", "v1", "Deployment", "deployments"),
                webhooks("MutatingWebhookConfiguration", "mutatingwebhookconfigurations"),
                webhooks("ValidatingWebhookConfiguration", "validatingwebhookconfigurations"),
                WatchedKind.of("apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions")));
        for (ObjectNode definition : ResourceDefinitions.all(Schemas.standard())) {
            kinds.add(WatchedKind.of(definition));
        }
        return kinds;
    }

    private static WatchedKind webhooks(String kind, String plural) {
        return WatchedKind.of("admissionregistration.k8s.io", "v1", kind, plural);
    }

    public List<RawResource> resources() {
        return List.copyOf(resources.values());
    }

    public boolean hasPods() {
        return resources.keySet().stream()
                .anyMatch(key -> key.group().isEmpty() && key.kind().equals("Pod"));
    }

    /// What is wrong with documents before any analysis.
    public List<Message> unreadable() {
        return List.copyOf(unreadable);
    }
}
