package dev.lateen.kubernetes.crd;

import dev.lateen.kubernetes.tree.Trees;
import dev.lateen.model.schema.FieldType;
import dev.lateen.model.schema.KindSchema;
import dev.lateen.model.schema.Schemas;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The custom resource definitions of all kinds that the mesh reads and that no one else defines. Names, short names,
/// columns and versions are Istio's, so that a cluster's Istio resources stay as they are. Thread: any.
public final class ResourceDefinitions {
    private static final String OURS = "policy.lateen.dev";
    private static final String ISTIO = ".istio.io";
    private static final String INSTALL = "install.istio.io";

    /// What `kubectl get` shows beside name and age: heading, path, what it is.
    private static final Map<String, List<Column>> COLUMNS = Map.of(
            "VirtualService",
            List.of(
                    new Column(
                            "Gateways", ".spec.gateways", "The names of gateways and sidecars that apply the routes"),
                    new Column("Hosts", ".spec.hosts", "The hosts whose traffic is routed")),
            "DestinationRule",
            List.of(new Column("Host", ".spec.host", "The service that the rule is for")),
            "ServiceEntry",
            List.of(
                    new Column("Hosts", ".spec.hosts", "The hosts of the service"),
                    new Column("Location", ".spec.location", "Whether the service belongs to the mesh"),
                    new Column("Resolution", ".spec.resolution", "How its endpoints are found")),
            "WorkloadEntry",
            List.of(new Column("Address", ".spec.address", "Where the workload is")),
            "PeerAuthentication",
            List.of(new Column("Mode", ".spec.mtls.mode", "Which connections are taken")),
            "AuthorizationPolicy",
            List.of(new Column("Action", ".spec.action", "What happens to requests that match")));

    private static final Set<String> VOWELS = Set.of("a", "e", "i", "o", "u");

    private record Column(String name, String path, String doc) {}

    private ResourceDefinitions() {}

    /// One definition a kind, in the order of their names.
    public static List<ObjectNode> all(Schemas schemas) {
        return schemas.kinds().stream()
                .filter(KindSchema::isResource)
                .filter(kind -> isDefinedHere(kind.group()))
                .map(kind -> definition(kind, schemas))
                .sorted((a, b) -> name(a).compareTo(name(b)))
                .toList();
    }

    private static String name(ObjectNode definition) {
        return Trees.text(definition, "metadata", "name");
    }

    private static boolean isDefinedHere(String group) {
        return group.equals(OURS) || (group.endsWith(ISTIO) && !group.equals(INSTALL));
    }

    private static ObjectNode definition(KindSchema kind, Schemas schemas) {
        String singular = kind.kind().toLowerCase(Locale.ROOT);
        ObjectNode names = Trees.object(
                "kind", kind.kind(),
                "listKind", kind.kind() + "List",
                "plural", plural(singular),
                "singular", singular,
                "categories",
                        Trees.array(
                                kind.group().equals(OURS) ? "lateen" : "istio-io",
                                kind.group().replace('.', '-')));
        if (!kind.shortNames().isEmpty()) {
            names.set("shortNames", Trees.array(kind.shortNames()));
        }
        ArrayNode versions = Trees.array();
        for (String version : kind.versions()) {
            versions.add(version(kind, version, schemas));
        }
        return Trees.object(
                "apiVersion",
                "apiextensions.k8s.io/v1",
                "kind",
                "CustomResourceDefinition",
                "metadata",
                Trees.object(
                        "name",
                        plural(singular) + "." + kind.group(),
                        "annotations",
                        Trees.object("helm.sh/resource-policy", "keep"),
                        "labels",
                        Trees.object("app", "istio-pilot", "release", "istio")),
                "spec",
                Trees.object(
                        "group",
                        kind.group(),
                        "names",
                        names,
                        "scope",
                        kind.clusterScoped() ? "Cluster" : "Namespaced",
                        "versions",
                        versions));
    }

    /// The newest version is the one that is stored; all have the same fields, so none needs converting.
    private static ObjectNode version(KindSchema kind, String name, Schemas schemas) {
        FieldType spec = kind.root()
                .field("spec")
                .orElseThrow(() -> new IllegalStateException(kind.kind() + " has no spec"))
                .type();
        ObjectNode fields =
                Trees.object("spec", new StructuralSchema(schemas).of(spec), "status", StructuralSchema.open());
        ObjectNode schema = Trees.object("type", "object", "description", kind.doc(), "properties", fields);
        return Trees.object(
                "name",
                name,
                "served",
                true,
                "storage",
                name.equals(kind.versions().getFirst()),
                "additionalPrinterColumns",
                columns(kind.kind()),
                "subresources",
                Trees.object("status", Trees.object()),
                "schema",
                Trees.object("openAPIV3Schema", schema));
    }

    private static ArrayNode columns(String kind) {
        ArrayNode columns = Trees.array();
        for (Column column : COLUMNS.getOrDefault(kind, List.of())) {
            columns.add(Trees.object(
                    "name", column.name(), "type", "string", "jsonPath", column.path(), "description", column.doc()));
        }
        columns.add(Trees.object(
                "name",
                "Age",
                "type",
                "date",
                "jsonPath",
                ".metadata.creationTimestamp",
                "description",
                "Time since creation"));
        return columns;
    }

    /// As the API server calls many of a kind.
    ///
    /// @param word the singular, in small letters
    public static String plural(String word) {
        boolean consonantBeforeY =
                word.endsWith("y") && !VOWELS.contains(word.substring(word.length() - 2, word.length() - 1));
        return consonantBeforeY ? word.substring(0, word.length() - 1) + "ies" : word + "s";
    }
}
