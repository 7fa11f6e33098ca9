package dev.lateen.dashboard.explain;

import dev.lateen.model.tree.Node;
import dev.lateen.model.tree.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A way into a resource: `spec.http[0].timeout`, or `spec.subsets[name=v2]` for the item of a list whose field has
/// that
/// value (`[port.number=80]` looks deeper).
///
/// Thread: any (immutable).
public final class FieldPath {
    private FieldPath() {}

    /// Where the field stands; of a field of a mapping, its name.
    public static Optional<Position> find(Node root, String path) {
        Node at = root;
        Position position = root.at();
        for (String step : steps(path)) {
            Optional<Node.Field> next = step(at, step);
            if (next.isEmpty()) {
                return Optional.empty();
            }
            at = next.get().value();
            position = next.get().keyAt();
        }
        return Optional.of(position);
    }

    private static Optional<Node.Field> step(Node at, String step) {
        return switch (at) {
            case Node.Mapping mapping -> Optional.ofNullable(mapping.fields().get(step));
            case Node.Sequence sequence
            when step.startsWith("[") ->
                item(sequence, step.substring(1, step.length() - 1)).map(item -> new Node.Field(item.at(), item));
            case Node.Sequence _, Node.Scalar _ -> Optional.empty();
        };
    }

    private static Optional<Node> item(Node.Sequence sequence, String which) {
        int equals = which.indexOf('=');
        if (equals < 0) {
            boolean there = which.matches("[0-9]{1,6}")
                    && Integer.parseInt(which) < sequence.items().size();
            return there ? Optional.of(sequence.items().get(Integer.parseInt(which))) : Optional.empty();
        }
        String field = which.substring(0, equals);
        String value = which.substring(equals + 1);
        return sequence.items().stream().filter(item -> has(item, field, value)).findFirst();
    }

    private static boolean has(Node item, String field, String value) {
        Node at = item;
        for (String step : field.split("\\.", -1)) {
            Optional<Node.Field> next = step(at, step);
            if (next.isEmpty()) {
                return false;
            }
            at = next.get().value();
        }
        return at instanceof Node.Scalar scalar && scalar.text().equals(value);
    }

    /// Names, and what is in brackets with them around it.
    private static List<String> steps(String path) {
        List<String> steps = new ArrayList<>();
        StringBuilder step = new StringBuilder();
        boolean bracket = false;
        for (int index = 0; index < path.length(); index++) {
            char c = path.charAt(index);
            if (c == '[' || (c == '.' && !bracket)) {
                add(steps, step);
            }
            bracket = c == '[' || (bracket && c != ']');
            if (bracket || c != '.') {
                step.append(c);
            }
        }
        add(steps, step);
        return steps;
    }

    private static void add(List<String> steps, StringBuilder step) {
        if (!step.isEmpty()) {
            steps.add(step.toString());
            step.setLength(0);
        }
    }
}
