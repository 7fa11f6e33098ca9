package dev.lateen.model.tree;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A YAML or JSON value with its position. Scalars are resolved by YAML 1.2's core schema, so `on` and `yes` stay
/// strings. Immutable.
public sealed interface Node {
    Position at();

    private static Node of(Object value) {
        return switch (value) {
            case Map<?, ?> map -> Mapping.of(map);
            case List<?> list -> new Sequence(list.stream().map(Node::of).toList(), Position.UNKNOWN);
            case Boolean flag -> new Scalar(flag.toString(), ScalarType.BOOLEAN, Position.UNKNOWN);
            case Number number -> new Scalar(number.toString(), ScalarType.FLOAT, Position.UNKNOWN);
            default -> new Scalar(value.toString(), ScalarType.STRING, Position.UNKNOWN);
        };
    }

    /// @param text the value as written, without quotes
    record Scalar(String text, ScalarType type, Position at) implements Node {}

    enum ScalarType {
        STRING,
        INTEGER,
        FLOAT,
        BOOLEAN,
        NULL
    }

    record Sequence(List<Node> items, Position at) implements Node {
        public Sequence {
            items = List.copyOf(items);
        }
    }

    /// @param fields in the order of the file
    record Mapping(Map<String, Field> fields, Position at) implements Node {
        public Mapping {
            fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
        }

        /// From values in memory: maps, lists and what has a text.
        public static Mapping of(Map<?, ?> values) {
            Map<String, Field> fields = new LinkedHashMap<>();
            values.forEach(
                    (name, value) -> fields.put(String.valueOf(name), new Field(Position.UNKNOWN, Node.of(value))));
            return new Mapping(fields, Position.UNKNOWN);
        }

        public Optional<Node> get(String name) {
            return Optional.ofNullable(fields.get(name)).map(Field::value);
        }
    }

    /// @param keyAt where the key stands
    record Field(Position keyAt, Node value) {}
}
