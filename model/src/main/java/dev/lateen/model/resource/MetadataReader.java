package dev.lateen.model.resource;

import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.schema.KindSchema;
import dev.lateen.model.schema.Schemas;
import dev.lateen.model.tree.Fields;
import dev.lateen.model.tree.Node.Mapping;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Reads who a resource is: its key and metadata. Thread: any.
final class MetadataReader {
    /// Kinds that live outside of namespaces, beside those that the schema says so of.
    private static final Set<String> CLUSTER_KINDS = Set.of(
            "PersistentVolume",
            "StorageClass",
            "PriorityClass",
            "ClusterRole",
            "ClusterRoleBinding",
            "CustomResourceDefinition",
            "APIService",
            "MutatingWebhookConfiguration",
            "ValidatingWebhookConfiguration",
            "ValidatingAdmissionPolicy",
            "ValidatingAdmissionPolicyBinding",
            "CertificateSigningRequest");

    /// Kinds that are settings of an installation rather than objects, so that a name is optional.
    private static final Set<String> NAMELESS_KINDS = Set.of("IstioOperator");

    private final Schemas schemas;
    private final String defaultNamespace;

    MetadataReader(Schemas schemas, String defaultNamespace) {
        this.schemas = schemas;
        this.defaultNamespace = defaultNamespace;
    }

    /// The key, as far as the document names one; a broken document may still do.
    Optional<ResourceKey> keyOf(Mapping root) {
        Fields fields = new Fields(root);
        Fields metadata =
                fields.object("metadata", found -> found).orElse(new Fields(new Mapping(Map.of(), root.at())));
        String kind = fields.text("kind", "");
        String name = nameOf(metadata);
        String group = groupOf(fields.text("apiVersion", ""));
        boolean known = !kind.isEmpty() && (!name.isEmpty() || NAMELESS_KINDS.contains(kind));
        return known
                ? Optional.of(new ResourceKey(group, kind, namespaceOf(group, kind, metadata), name))
                : Optional.empty();
    }

    /// The metadata; what is wrong with it goes to `diagnostics`.
    Metadata read(Mapping root, long order, List<Diagnostic> diagnostics) {
        Fields fields = new Fields(root);
        requireText(fields, "apiVersion", "such as networking.istio.io/v1", diagnostics);
        requireText(fields, "kind", "such as VirtualService", diagnostics);
        String kind = fields.text("kind", "");
        String group = groupOf(fields.text("apiVersion", ""));
        Fields metadata =
                fields.object("metadata", found -> found).orElse(new Fields(new Mapping(Map.of(), root.at())));
        if (nameOf(metadata).isEmpty() && !NAMELESS_KINDS.contains(kind)) {
            diagnostics.add(
                    Diagnostic.error("missing-required", metadata.at(), "metadata.name", "a resource must have a name")
                            .withAdvice("add metadata.name"));
        }
        return new Metadata(
                nameOf(metadata),
                namespaceOf(group, kind, metadata),
                metadata.textMap("labels"),
                metadata.textMap("annotations"),
                createdAt(metadata, diagnostics),
                order,
                metadata.longInteger("generation").orElse(0),
                metadata.text("resourceVersion", ""));
    }

    private static void requireText(Fields fields, String name, String expected, List<Diagnostic> diagnostics) {
        if (fields.text(name, "").isEmpty()) {
            diagnostics.add(Diagnostic.error("missing-required", fields.at(name), name, name + " is missing")
                    .withExpected(expected));
        }
    }

    private static Instant createdAt(Fields metadata, List<Diagnostic> diagnostics) {
        Optional<String> text = metadata.text("creationTimestamp");
        if (text.isEmpty()) {
            return Instant.EPOCH;
        }
        try {
            return OffsetDateTime.parse(text.get()).toInstant();
        } catch (DateTimeException _) {
            diagnostics.add(Diagnostic.error(
                            "bad-format",
                            metadata.at("creationTimestamp"),
                            "metadata.creationTimestamp",
                            "not a point in time")
                    .withValue(text.get())
                    .withExpected("RFC 3339, such as 2026-01-31T08:00:00Z"));
            return Instant.EPOCH;
        }
    }

    private static String nameOf(Fields metadata) {
        return metadata.text("name", metadata.text("generateName", ""));
    }

    private String namespaceOf(String group, String kind, Fields metadata) {
        boolean clusterScoped =
                schemas.kind(group, kind).map(KindSchema::clusterScoped).orElse(CLUSTER_KINDS.contains(kind));
        return clusterScoped ? "" : metadata.text("namespace", defaultNamespace);
    }

    private static String groupOf(String apiVersion) {
        int slash = apiVersion.indexOf('/');
        return slash < 0 ? "" : apiVersion.substring(0, slash);
    }
}
