package dev.lateen.model.tree;

import dev.lateen.model.tree.Node.Mapping;
import dev.lateen.model.tree.Node.Scalar;
import dev.lateen.model.tree.Node.ScalarType;
import dev.lateen.model.tree.Node.Sequence;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Function;

/// Reads the fields of a mapping whose shape the schema has already checked. A value of an unexpected type reads as
/// absent: it has been reported before, and one bad field must not stop the reading of the others.
///
/// Null and absent are the same, as in proto3 JSON.
public final class Fields {
    private final Mapping mapping;

    public Fields(Mapping mapping) {
        this.mapping = mapping;
    }

    /// The mapping that is read.
    public Mapping mapping() {
        return mapping;
    }

    public Position at() {
        return mapping.at();
    }

    /// Where the named field's value stands, or where this mapping does when the field is absent.
    public Position at(String name) {
        return node(name).map(Node::at).orElse(mapping.at());
    }

    public boolean has(String name) {
        return node(name).isPresent();
    }

    public Optional<Node> node(String name) {
        return mapping.get(name)
                .filter(node -> !(node instanceof Scalar(var _, ScalarType type, var _) && type == ScalarType.NULL));
    }

    public Optional<String> text(String name) {
        return node(name).flatMap(Fields::textOf);
    }

    public String text(String name, String fallback) {
        return text(name).orElse(fallback);
    }

    public boolean flag(String name) {
        return flagIfSet(name).orElse(false);
    }

    public Optional<Boolean> flagIfSet(String name) {
        return text(name).map(Boolean::parseBoolean);
    }

    public OptionalInt integer(String name) {
        Optional<Double> number = number(name);
        return number.isEmpty() ? OptionalInt.empty() : OptionalInt.of((int) Math.round(number.get()));
    }

    public OptionalLong longInteger(String name) {
        try {
            return text(name).map(text -> OptionalLong.of(Long.parseLong(text))).orElse(OptionalLong.empty());
        } catch (NumberFormatException _) {
            return OptionalLong.empty();
        }
    }

    public OptionalDouble decimal(String name) {
        Optional<Double> number = number(name);
        return number.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(number.get());
    }

    /// A protobuf duration in Go's or proto3's notation: `5s`, `1m30s`, `250ms`, `0.5s`.
    public Optional<Duration> duration(String name) {
        return text(name).flatMap(Durations::parse);
    }

    public <T> Optional<T> object(String name, Function<Fields, T> reader) {
        return node(name).filter(Mapping.class::isInstance).map(node -> reader.apply(new Fields((Mapping) node)));
    }

    public <T> List<T> objects(String name, Function<Fields, T> reader) {
        List<T> read = new ArrayList<>();
        for (Node item : items(name)) {
            if (item instanceof Mapping child) {
                read.add(reader.apply(new Fields(child)));
            }
        }
        return List.copyOf(read);
    }

    public List<String> texts(String name) {
        List<String> read = new ArrayList<>();
        for (Node item : items(name)) {
            textOf(item).ifPresent(read::add);
        }
        return List.copyOf(read);
    }

    /// A map of strings, in the order of the file.
    public Map<String, String> textMap(String name) {
        Map<String, String> read = new LinkedHashMap<>();
        if (node(name).orElse(null) instanceof Mapping child) {
            child.fields().forEach((key, field) -> textOf(field.value()).ifPresent(text -> read.put(key, text)));
        }
        return read;
    }

    /// A map of objects, in the order of the file.
    public <T> Map<String, T> objectMap(String name, Function<Fields, T> reader) {
        Map<String, T> read = new LinkedHashMap<>();
        if (node(name).orElse(null) instanceof Mapping child) {
            child.fields().forEach((key, field) -> {
                if (field.value() instanceof Mapping value) {
                    read.put(key, reader.apply(new Fields(value)));
                }
            });
        }
        return read;
    }

    private List<Node> items(String name) {
        return node(name).orElse(null) instanceof Sequence(List<Node> items, var _) ? items : List.of();
    }

    private Optional<Double> number(String name) {
        try {
            return text(name).map(Double::parseDouble);
        } catch (NumberFormatException _) {
            return Optional.empty();
        }
    }

    private static Optional<String> textOf(Node node) {
        return node instanceof Scalar(String text, ScalarType type, var _) && type != ScalarType.NULL
                ? Optional.of(text)
                : Optional.empty();
    }
}
