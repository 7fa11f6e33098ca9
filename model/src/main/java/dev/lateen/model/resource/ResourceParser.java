package dev.lateen.model.resource;

import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.resource.ParsedResource.Fragment;
import dev.lateen.model.resource.ParsedResource.Invalid;
import dev.lateen.model.resource.ParsedResource.Valid;
import dev.lateen.model.schema.FieldNames;
import dev.lateen.model.schema.Schemas;
import dev.lateen.model.source.YamlDocument;
import dev.lateen.model.source.YamlReader;
import dev.lateen.model.tree.Fields;
import dev.lateen.model.tree.Node;
import dev.lateen.model.tree.Node.Mapping;
import dev.lateen.model.tree.Node.Scalar;
import dev.lateen.model.tree.Node.Sequence;
import dev.lateen.model.tree.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Turns the text of a file into resources: several documents, Kubernetes lists, JSON as well as YAML. It looks at
/// identity only; `dev.lateen.model.validate.Validator` looks at the content. A broken document never costs the others.
///
/// Thread: any.
public final class ResourceParser {
    private static final int DEEPEST_LIST = 5;
    /// What etcd takes in one request unless it is told otherwise.
    private static final long LARGEST_OBJECT = 1_572_864;

    private final YamlReader reader;
    private final Schemas schemas;
    private final FieldNames names;
    private final MetadataReader metadata;

    public ResourceParser(ParserSettings settings) {
        this.reader = new YamlReader(settings.limits());
        this.schemas = Schemas.standard();
        this.names = new FieldNames(schemas);
        this.metadata = new MetadataReader(schemas, settings.defaultNamespace());
    }

    /// @param file the name that positions will carry
    public List<ParsedResource> parse(String text, String file) {
        return parse(text, file, 0);
    }

    /// @param firstOrder the `Metadata.order` of the file's first resource; the others count on from there
    public List<ParsedResource> parse(String text, String file, long firstOrder) {
        List<ParsedResource> parsed = new ArrayList<>();
        for (YamlDocument document : reader.read(text, file)) {
            switch (document) {
                case YamlDocument.Read(Node root, Position at) -> add(root, at, firstOrder, parsed, 0);
                case YamlDocument.Broken(Mapping root, Position at, List<Diagnostic> diagnostics) ->
                    parsed.add(new Invalid(metadata.keyOf(root), at, diagnostics));
            }
        }
        return parsed;
    }

    private void add(Node root, Position at, long firstOrder, List<ParsedResource> parsed, int depth) {
        if (!(root instanceof Mapping mapping)) {
            parsed.add(new Invalid(
                    Optional.empty(),
                    at,
                    List.of(Diagnostic.error("not-a-resource", root.at(), "", "a resource must be a mapping")
                            .withExpected("apiVersion, kind, metadata, spec"))));
            return;
        }
        Optional<Sequence> items = listItems(mapping);
        if (items.isEmpty()) {
            parsed.add(resource(mapping, at, firstOrder + parsed.size()));
        } else if (depth >= DEEPEST_LIST) {
            Diagnostic tooDeep = Diagnostic.error("too-deep", at, "items", "lists are nested too deep");
            parsed.add(new Invalid(Optional.empty(), at, List.of(tooDeep)));
        } else {
            for (Node item : items.get().items()) {
                add(item, item.at(), firstOrder, parsed, depth + 1);
            }
        }
    }

    private ParsedResource resource(Mapping root, Position at, long order) {
        Fields fields = new Fields(root);
        if (!fields.has("apiVersion") && !fields.has("kind") && fields.has("metadata")) {
            return new Fragment(
                    root,
                    at,
                    List.of(Diagnostic.info("fragment", at, "", "no apiVersion and kind: a piece of an object")
                            .withAdvice("put it into the object it belongs to; by itself it changes nothing")));
        }
        long size = size(root);
        if (size > LARGEST_OBJECT) {
            Diagnostic tooLarge = Diagnostic.error("too-large", at, "", "the object has " + size + " characters")
                    .withExpected("at most " + LARGEST_OBJECT + ", as API servers have it")
                    .withAdvice("make several of it");
            return new Invalid(metadata.keyOf(root), at, List.of(tooLarge));
        }
        List<Diagnostic> diagnostics = new ArrayList<>();
        Metadata read = metadata.read(root, order, diagnostics);
        Mapping normal = metadata.keyOf(root)
                .flatMap(key -> schemas.kind(key.group(), key.kind()))
                .map(kind -> names.normalize(root, kind.root(), diagnostics))
                .orElse(root);
        if (Diagnostic.anyError(diagnostics)) {
            return new Invalid(metadata.keyOf(root), at, diagnostics);
        }
        ResourceKey key = metadata.keyOf(root).orElseThrow();
        return new Valid(new RawResource(fields.text("apiVersion", ""), key, read, normal, at), diagnostics);
    }

    /// Of names and values.
    private static long size(Node node) {
        return switch (node) {
            case Scalar scalar -> scalar.text().length();
            case Sequence sequence ->
                sequence.items().stream().mapToLong(ResourceParser::size).sum();
            case Mapping mapping ->
                mapping.fields().entrySet().stream()
                        .mapToLong(field ->
                                field.getKey().length() + size(field.getValue().value()))
                        .sum();
        };
    }

    /// `kind: List`, and what `kubectl get -o yaml` prints for one kind: `VirtualServiceList`.
    private static Optional<Sequence> listItems(Mapping root) {
        boolean list = new Fields(root).text("kind", "").endsWith("List");
        return list && root.get("items").orElse(null) instanceof Sequence items ? Optional.of(items) : Optional.empty();
    }
}
