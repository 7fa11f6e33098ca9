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

        public Optional<Node> get(String name) {
            return Optional.ofNullable(fields.get(name)).map(Field::value);
        }
    }

    /// @param keyAt where the key stands
    record Field(Position keyAt, Node value) {}
}
