package dev.lateen.dashboard.edit;

import dev.lateen.model.tree.Node;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// A value to be written into a YAML text.
///
/// Thread: any (immutable).
public sealed interface YamlValue {
    /// @param fields in their order
    record Fields(Map<String, YamlValue> fields) implements YamlValue {}

    record Items(List<YamlValue> items) implements YamlValue {}

    /// What stands for itself: a number, a truth value.
    record Plain(String text) implements YamlValue {}

    record Text(String text) implements YamlValue {}

    Pattern UNQUOTED = Pattern.compile("[A-Za-z_/][A-Za-z0-9_./-]*|[0-9.]+(ms|s|m|h)");
    Pattern AMBIGUOUS = Pattern.compile("(?i)true|false|null|yes|no|on|off|y|n");

    static YamlValue of(String text) {
        return new Text(text);
    }

    static YamlValue of(long number) {
        return new Plain(Long.toString(number));
    }

    /// @param namesAndValues by turns
    static Fields fields(Object... namesAndValues) {
        Map<String, YamlValue> fields = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            fields.put((String) namesAndValues[i], (YamlValue) namesAndValues[i + 1]);
        }
        return new Fields(fields);
    }

    static Items items(List<? extends YamlValue> items) {
        return new Items(List.copyOf(items));
    }

    /// What a text holds.
    static YamlValue of(Node node) {
        return switch (node) {
            case Node.Mapping mapping -> {
                Map<String, YamlValue> fields = new LinkedHashMap<>();
                mapping.fields().forEach((name, field) -> fields.put(name, of(field.value())));
                yield new Fields(fields);
            }
            case Node.Sequence sequence ->
                new Items(sequence.items().stream().map(YamlValue::of).toList());
            case Node.Scalar scalar when scalar.type() == Node.ScalarType.STRING -> new Text(scalar.text());
            case Node.Scalar scalar -> new Plain(scalar.text());
        };
    }

    /// On one line.
    default String flow() {
        return switch (this) {
            case Fields(var fields) ->
                fields.entrySet().stream()
                        .map(field ->
                                word(field.getKey()) + ": " + field.getValue().flow())
                        .collect(Collectors.joining(", ", "{", "}"));
            case Items(var items) -> items.stream().map(YamlValue::flow).collect(Collectors.joining(", ", "[", "]"));
            case Plain(var text) -> text;
            case Text(var text) -> word(text);
        };
    }

    /// What follows the colon of a field: on its line, or on lines of their own.
    ///
    /// @param indent of the field
    default String after(int indent) {
        return switch (this) {
            case Fields(var fields) when !fields.isEmpty() -> "\n" + block(indent + 2);
            case Items(var items) when !items.isEmpty() -> "\n" + block(indent);
            case Fields _, Items _, Plain _, Text _ -> " " + flow();
        };
    }

    /// Lines of their own; the last has no line break.
    default String block(int indent) {
        String start = " ".repeat(indent);
        return switch (this) {
            case Fields(var fields)
            when !fields.isEmpty() ->
                fields.entrySet().stream()
                        .map(field -> start + word(field.getKey()) + ":"
                                + field.getValue().after(indent))
                        .collect(Collectors.joining("\n"));
            case Items(var items)
            when !items.isEmpty() ->
                items.stream()
                        .map(item -> start + "- " + item.block(indent + 2).stripLeading())
                        .collect(Collectors.joining("\n"));
            case Fields _, Items _, Plain _, Text _ -> start + flow();
        };
    }

    private static String word(String text) {
        return UNQUOTED.matcher(text).matches() && !AMBIGUOUS.matcher(text).matches()
                ? text
                : '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
    }
}
