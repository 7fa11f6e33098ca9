package dev.lateen.dashboard.resource;

import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.tree.Node;
import dev.lateen.model.tree.Node.Field;
import dev.lateen.model.tree.Node.ScalarType;
import dev.lateen.model.tree.Position;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// Prints a resource as YAML, and puts findings at the lines that they are about. What a Secret holds is not printed.
///
/// Limits: 10,000 lines.
///
/// Thread: any; one resource.
public final class AnnotatedYaml {
    private static final int MOST_LINES = 10_000;
    private static final Set<String> HIDDEN = Set.of("data", "stringData");
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./][A-Za-z0-9_./:@%+-]*(?<!:)");
    private static final Pattern AMBIGUOUS =
            Pattern.compile("(?i)true|false|null|yes|no|on|off|~|[-+.]?[0-9].*|[-+.]?(inf|nan)");

    private final boolean secret;
    private final List<Draft> lines = new ArrayList<>();

    /// @param notes findings about it
    public record Line(String text, List<Diagnostic> notes) {}

    private record Draft(String text, Set<Position> places, List<Diagnostic> notes) {}

    private AnnotatedYaml(boolean secret) {
        this.secret = secret;
    }

    public static List<Line> of(RawResource resource, List<Diagnostic> findings) {
        AnnotatedYaml yaml = new AnnotatedYaml(resource.key().kind().equals("Secret"));
        yaml.mapping(resource.root(), "", "", true);
        findings.forEach(yaml::place);
        return yaml.lines.stream()
                .map(draft -> new Line(draft.text(), List.copyOf(draft.notes())))
                .toList();
    }

    /// At the line of the place itself, or the last that begins before it in the file.
    private void place(Diagnostic finding) {
        Draft best = lines.getFirst();
        Position at = finding.at();
        for (Draft line : lines) {
            if (line.places().contains(at)) {
                best = line;
                break;
            }
            boolean before = line.places().stream()
                    .anyMatch(place -> place.file().equals(at.file()) && place.line() <= at.line());
            if (before) {
                best = line;
            }
        }
        if (best.notes().stream().noneMatch(finding::equals)) {
            best.notes().add(finding);
        }
    }

    /// @param lead before the first line, such as the dash of a list
    private void mapping(Node.Mapping mapping, String indent, String lead, boolean top) {
        String before = lead;
        for (var entry : mapping.fields().entrySet()) {
            Field field = entry.getValue();
            String start = before + key(entry.getKey());
            boolean hidden = top && secret && HIDDEN.contains(entry.getKey());
            value(start, indent, field.keyAt(), hidden ? redacted(field.value()) : field.value(), false);
            before = indent;
        }
        if (mapping.fields().isEmpty()) {
            line(before + "{}", mapping.at());
        }
    }

    /// @param item whether it stands in a list, where nested values begin on the same line
    private void value(String start, String indent, Position keyAt, Node value, boolean item) {
        switch (value) {
            case Node.Scalar scalar -> scalar(start + " ", indent, keyAt, scalar);
            case Node.Mapping mapping when mapping.fields().isEmpty() -> line(start + " {}", keyAt, mapping.at());
            case Node.Mapping mapping when item -> mapping(mapping, indent + "  ", start + " ", false);
            case Node.Mapping mapping -> {
                line(start, keyAt, mapping.at());
                mapping(mapping, indent + "  ", indent + "  ", false);
            }
            case Node.Sequence sequence when sequence.items().isEmpty() -> line(start + " []", keyAt, sequence.at());
            case Node.Sequence sequence -> {
                line(start, keyAt, sequence.at());
                String deeper = item ? indent + "  " : indent;
                sequence.items().forEach(one -> value(deeper + "-", deeper, one.at(), one, true));
            }
        }
    }

    private void scalar(String start, String indent, Position keyAt, Node.Scalar scalar) {
        String text = scalar.text();
        if (scalar.type() == ScalarType.STRING && text.indexOf('\n') >= 0) {
            line(start + (text.endsWith("\n") ? "|" : "|-"), keyAt, scalar.at());
            text.stripTrailing().lines().forEach(one -> line(indent + "  " + one));
            return;
        }
        line(start + (scalar.type() == ScalarType.STRING ? quoted(text) : text), keyAt, scalar.at());
    }

    private void line(String text, Position... places) {
        if (lines.size() < MOST_LINES) {
            lines.add(new Draft(text, new HashSet<>(List.of(places)), new ArrayList<>()));
        }
    }

    private static Node redacted(Node value) {
        if (!(value instanceof Node.Mapping mapping)) {
            return new Node.Scalar("[redacted]", ScalarType.STRING, value.at());
        }
        var fields = new java.util.LinkedHashMap<String, Field>();
        mapping.fields()
                .forEach((name, field) -> fields.put(
                        name,
                        new Field(
                                field.keyAt(),
                                new Node.Scalar(
                                        "[redacted]",
                                        ScalarType.STRING,
                                        field.value().at()))));
        return new Node.Mapping(fields, mapping.at());
    }

    private static String key(String name) {
        return quoted(name) + ":";
    }

    private static String quoted(String text) {
        if (PLAIN.matcher(text).matches() && !AMBIGUOUS.matcher(text).matches()) {
            return text;
        }
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\t", "\\t") + '"';
    }
}
