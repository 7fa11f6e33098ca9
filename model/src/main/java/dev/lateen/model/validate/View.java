package dev.lateen.model.validate;

import dev.lateen.model.resource.RawResource;
import dev.lateen.model.tree.Durations;
import dev.lateen.model.tree.Fields;
import dev.lateen.model.tree.Node;
import dev.lateen.model.tree.Node.Mapping;
import dev.lateen.model.tree.Node.Scalar;
import dev.lateen.model.tree.Node.ScalarType;
import dev.lateen.model.tree.Node.Sequence;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A mapping under check: reads as protobuf does (absent is zero, empty or false) and knows its path and where its
/// findings go. Thread: any one.
public final class View {
    private final Mapping mapping;
    private final Fields fields;
    private final String path;
    private final Report report;

    View(Mapping mapping, String path, Report report) {
        this.mapping = mapping;
        this.fields = new Fields(mapping);
        this.path = path;
        this.report = report;
    }

    /// A resource from its root, for a reader that has no findings of its own to leave here.
    public static View of(RawResource resource) {
        return new View(resource.root(), "", new Report());
    }

    Report report() {
        return report;
    }

    /// This mapping itself.
    public Spot spot() {
        return new Spot(mapping.at(), path, "");
    }

    /// The named field, or this mapping with the field's path when the field is absent.
    public Spot spot(String name) {
        Node node = fields.node(name).orElse(null);
        return new Spot(node == null ? mapping.at() : node.at(), join(name), textOf(node));
    }

    public boolean has(String name) {
        return fields.has(name);
    }

    boolean hasAny(String... names) {
        for (String name : names) {
            if (fields.has(name)) {
                return true;
            }
        }
        return false;
    }

    /// Whether the field is set to a text that is not empty, or to a list or mapping with something in it.
    public boolean filled(String name) {
        return switch (fields.node(name).orElse(null)) {
            case Scalar scalar -> !scalar.text().isEmpty();
            case Sequence sequence -> !sequence.items().isEmpty();
            case Mapping child -> !child.fields().isEmpty();
            case null -> false;
        };
    }

    boolean isEmpty() {
        return mapping.fields().keySet().stream().noneMatch(fields::has);
    }

    public String text(String name) {
        return fields.text(name, "");
    }

    public boolean flag(String name) {
        return fields.flag(name);
    }

    /// Zero where the field is absent or no whole number, which the schema has reported.
    public long number(String name) {
        return (long) fields.decimal(name).orElse(0);
    }

    double decimal(String name) {
        return fields.decimal(name).orElse(0);
    }

    Optional<Duration> duration(String name) {
        return fields.text(name).flatMap(Durations::parse);
    }

    public Optional<View> object(String name) {
        return fields.node(name).orElse(null) instanceof Mapping child
                ? Optional.of(new View(child, join(name), report))
                : Optional.empty();
    }

    public List<View> objects(String name) {
        List<View> views = new ArrayList<>();
        if (fields.node(name).orElse(null) instanceof Sequence sequence) {
            for (int index = 0; index < sequence.items().size(); index++) {
                if (sequence.items().get(index) instanceof Mapping child) {
                    views.add(new View(child, join(name) + "[" + index + "]", report));
                }
            }
        }
        return views;
    }

    public int size(String name) {
        return fields.node(name).orElse(null) instanceof Sequence sequence
                ? sequence.items().size()
                : 0;
    }

    /// The texts of a list.
    public List<Spot> items(String name) {
        List<Spot> spots = new ArrayList<>();
        if (fields.node(name).orElse(null) instanceof Sequence sequence) {
            for (int index = 0; index < sequence.items().size(); index++) {
                Node item = sequence.items().get(index);
                if (item instanceof Scalar) {
                    spots.add(new Spot(item.at(), join(name) + "[" + index + "]", textOf(item)));
                }
            }
        }
        return spots;
    }

    /// The entries of a map, in the order of the file.
    public List<Entry> entries(String name) {
        List<Entry> entries = new ArrayList<>();
        if (fields.node(name).orElse(null) instanceof Mapping child) {
            for (Map.Entry<String, Node.Field> field : child.fields().entrySet()) {
                String key = field.getKey();
                Node value = field.getValue().value();
                String place = join(name) + "." + key;
                Optional<View> object = value instanceof Mapping nested
                        ? Optional.of(new View(nested, place, report))
                        : Optional.empty();
                entries.add(new Entry(
                        new Spot(field.getValue().keyAt(), place, key),
                        new Spot(value.at(), place, textOf(value)),
                        object));
            }
        }
        return entries;
    }

    void error(String name, String code, String message) {
        report.error(spot(name), code, message);
    }

    void error(String name, String code, String message, String expected) {
        report.error(spot(name), code, message, expected);
    }

    void warning(String name, String code, String message, String advice) {
        report.warning(spot(name), code, message, advice);
    }

    public Mapping mapping() {
        return mapping;
    }

    String path() {
        return path;
    }

    private String join(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    private static String textOf(@Nullable Node node) {
        return node instanceof Scalar(String text, ScalarType type, var _) && type != ScalarType.NULL ? text : "";
    }

    /// @param object the value, where it is a mapping
    public record Entry(Spot key, Spot value, Optional<View> object) {}
}
