package dev.lateen.model.validate;

import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.diagnostic.Spelling;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.schema.KindSchema;
import dev.lateen.model.schema.Schemas;
import dev.lateen.model.tree.Node.Mapping;
import dev.lateen.model.tree.Position;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Checks one resource by itself: its shape against the schema, then Istio's rules for its kind. Everything that is
/// wrong is reported, not only the first. Thread: any.
public final class Validator {
    private static final Comparator<Diagnostic> BY_PLACE = Comparator.comparing(
            Diagnostic::at, Comparator.comparingInt(Position::line).thenComparingInt(Position::column));

    private final Schemas schemas;

    private Validator(Schemas schemas) {
        this.schemas = schemas;
    }

    public static Validator create() {
        return new Validator(Schemas.standard());
    }

    /// All findings in the order of the file; the resource may be used when none is an error.
    public List<Diagnostic> validate(RawResource resource) {
        Report report = new Report();
        Optional<KindSchema> schema =
                schemas.kind(resource.key().group(), resource.key().kind());
        if (schema.isEmpty()) {
            unknownKind(resource, report);
            return report.findings();
        }
        version(resource, schema.get(), report);
        new SchemaChecker(schemas, schema.get().lenient(), report)
                .check(resource.root(), schema.get().root(), "");
        MetadataRules.check(new View(resource.root(), "", report), resource);
        KindRules.check(resource, report);
        return sorted(report);
    }

    /// The same for settings that are no resources: kind `MeshConfig`, `MeshProxyConfig` (its `defaultConfig`) or
    /// `MeshNetworks`. They are checked as they come into force, with all defaults filled in.
    ///
    /// @throws IllegalArgumentException for another kind
    public List<Diagnostic> validateSettings(String kind, Mapping settings) {
        KindSchema schema = schemas.kind("", kind)
                .filter(found -> !found.isResource())
                .orElseThrow(() -> new IllegalArgumentException("kind of settings: " + kind));
        Report report = new Report();
        new SchemaChecker(schemas, false, report).check(settings, schema.root(), "");
        KindRules.checkSettings(kind, new View(settings, "", report));
        return sorted(report);
    }

    private static List<Diagnostic> sorted(Report report) {
        return report.findings().stream().sorted(BY_PLACE).toList();
    }

    private void unknownKind(RawResource resource, Report report) {
        String kind = resource.key().kind();
        String group = resource.key().group();
        List<String> ofGroup = schemas.kinds().stream()
                .filter(known -> known.isResource() && known.group().equals(group))
                .map(KindSchema::kind)
                .toList();
        Position at = new View(resource.root(), "", report).spot("kind").at();
        if (ofGroup.isEmpty() || !isOurs(group)) {
            report.add(Diagnostic.info("unknown-kind", at, "kind", "kind is not known and has no effect on the mesh")
                    .withValue(resource.apiVersion() + " " + kind)
                    .withAdvice(elsewhere(kind)));
            return;
        }
        report.add(Diagnostic.error("unknown-kind", at, "kind", "no such kind in " + group)
                .withValue(kind)
                .withExpected("one of " + String.join(", ", ofGroup))
                .withAdvice(Spelling.advice(kind, ofGroup)));
    }

    private String elsewhere(String kind) {
        return schemas.kinds().stream()
                .filter(known -> known.isResource() && known.kind().equals(kind))
                .map(known -> "did you mean apiVersion " + known.group() + "/"
                        + known.versions().getFirst() + "?")
                .findFirst()
                .orElse("");
    }

    private static boolean isOurs(String group) {
        return group.endsWith("istio.io") || group.endsWith("lateen.dev") || group.startsWith("gateway.networking");
    }

    private static void version(RawResource resource, KindSchema schema, Report report) {
        String version = resource.apiVersion().substring(resource.apiVersion().indexOf('/') + 1);
        if (!schema.versions().contains(version)) {
            report.add(Diagnostic.error(
                            "unknown-version",
                            new View(resource.root(), "", report)
                                    .spot("apiVersion")
                                    .at(),
                            "apiVersion",
                            schema.kind() + " has no such version")
                    .withValue(resource.apiVersion())
                    .withExpected("one of " + String.join(", ", schema.versions()))
                    .withAdvice(Spelling.advice(version, schema.versions())));
        }
    }
}
