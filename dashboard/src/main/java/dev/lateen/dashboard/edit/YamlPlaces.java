package dev.lateen.dashboard.edit;

import dev.lateen.model.tree.Node;
import dev.lateen.model.tree.Node.Mapping;
import dev.lateen.model.tree.Node.Sequence;
import dev.lateen.model.tree.Position;
import java.util.ArrayList;
import java.util.List;

/// Where the parts of a YAML text begin and end, and the text with one of them changed. Unusual layouts are not
/// recognized as such: `YamlEdit` looks at what has become of them.
///
/// Thread: any (immutable).
final class YamlPlaces {
    private final String text;
    private final List<Integer> starts = new ArrayList<>();

    /// @param text with `\n` at the ends of lines
    YamlPlaces(String text) {
        this.text = text;
        starts.add(0);
        for (int at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
            starts.add(at + 1);
        }
    }

    /// The text with another value of a field that is there.
    String replace(Mapping mapping, Node.Field field, YamlValue value) {
        int start = offset(field.value().at());
        boolean scalar = field.value() instanceof Node.Scalar;
        if (isFlow(mapping) || (scalar && !isBlockScalar(start) && !isContainer(value))) {
            return text.substring(0, start) + value.flow() + text.substring(endOfFlow(start, isFlow(mapping)));
        }
        int indent = field.keyAt().column() - 1;
        int colon = text.indexOf(':', endOfKey(offset(field.keyAt())));
        return text.substring(0, colon + 1) + value.after(indent) + text.substring(endOfField(field));
    }

    /// The text with a further field.
    String insert(Mapping mapping, String name, YamlValue value) {
        if (isFlow(mapping)) {
            int close = endOfFlow(offset(mapping.at()), true) - 1;
            String lead = mapping.fields().isEmpty() ? "" : ", ";
            return text.substring(0, close).stripTrailing() + lead + name + ": " + value.flow() + text.substring(close);
        }
        Node.Field first = mapping.fields().values().iterator().next();
        int indent = first.keyAt().column() - 1;
        int end = mapping.fields().values().stream()
                .mapToInt(this::endOfField)
                .max()
                .orElse(text.length());
        return text.substring(0, end) + "\n" + " ".repeat(indent) + name + ":" + value.after(indent)
                + text.substring(end);
    }

    /// The text with a further item of a list.
    String append(Sequence sequence, YamlValue value) {
        int start = offset(sequence.at());
        if (start < text.length() && text.charAt(start) == '[') {
            int close = endOfFlow(start, true) - 1;
            String lead = sequence.items().isEmpty() ? "" : ", ";
            return text.substring(0, close).stripTrailing() + lead + value.flow() + text.substring(close);
        }
        int indent = sequence.at().column() - 1;
        int end = endOfBlock(sequence.items().getLast().at().line(), indent, false);
        return text.substring(0, end) + "\n" + YamlValue.items(List.of(value)).block(indent) + text.substring(end);
    }

    /// The text without a field that is there.
    String without(Mapping mapping, Node.Field field) {
        int start = offset(field.keyAt());
        List<Node.Field> fields = List.copyOf(mapping.fields().values());
        int index = fields.indexOf(field);
        if (index + 1 < fields.size() && (isFlow(mapping) || index == 0)) {
            // The next takes its place, behind a dash or a bracket.
            return text.substring(0, start)
                    + text.substring(offset(fields.get(index + 1).keyAt()));
        }
        if (isFlow(mapping)) {
            int end = endOfFlow(offset(field.value().at()), true);
            int before = text.lastIndexOf(index == 0 ? '{' : ',', start);
            return text.substring(0, index == 0 ? before + 1 : before) + text.substring(end);
        }
        int line = starts.get(field.keyAt().line() - 1);
        int end = Math.min(text.length(), endOfField(field) + 1);
        return text.substring(0, line) + text.substring(end);
    }

    private boolean isFlow(Mapping mapping) {
        int start = offset(mapping.at());
        return start < text.length() && text.charAt(start) == '{';
    }

    private boolean isBlockScalar(int start) {
        return start < text.length() && (text.charAt(start) == '|' || text.charAt(start) == '>');
    }

    private static boolean isContainer(YamlValue value) {
        return switch (value) {
            case YamlValue.Fields _, YamlValue.Items _ -> true;
            case YamlValue.Plain _, YamlValue.Text _ -> false;
        };
    }

    private int endOfKey(int start) {
        char first = text.charAt(start);
        return first == '"' || first == '\'' ? endOfQuoted(start) : start;
    }

    /// Where the last line of a field of a block ends, without its line break.
    private int endOfField(Node.Field field) {
        boolean list = field.value() instanceof Sequence sequence
                && sequence.at().column() == field.keyAt().column();
        return endOfBlock(field.keyAt().line(), field.keyAt().column() - 1, list);
    }

    /// Comments and empty lines at the end belong to what follows.
    ///
    /// @param dashes whether items at the same indent belong to it
    private int endOfBlock(int firstLine, int indent, boolean dashes) {
        int last = firstLine;
        for (int line = firstLine + 1; line <= starts.size(); line++) {
            String content = line(line);
            String bare = content.strip();
            if (bare.isEmpty() || bare.startsWith("#")) {
                continue;
            }
            int deep = content.length() - content.stripLeading().length();
            boolean inside = deep > indent || (dashes && deep == indent && (bare.equals("-") || bare.startsWith("- ")));
            if (!inside) {
                break;
            }
            last = line;
        }
        return starts.get(last - 1) + line(last).length();
    }

    /// Where a value that begins at a place ends.
    ///
    /// @param within whether it stands within brackets
    private int endOfFlow(int start, boolean within) {
        int depth = 0;
        for (int i = start; i < text.length(); i++) {
            char c = text.charAt(i);
            if ((c == '"' || c == '\'') && (i == start || depth > 0)) {
                i = endOfQuoted(i) - 1;
                if (depth == 0) {
                    return i + 1;
                }
            } else if (c == '{' || c == '[') {
                depth++;
            } else if (c == '}' || c == ']') {
                if (depth == 0) {
                    return trimmed(start, i);
                }
                if (--depth == 0) {
                    return i + 1;
                }
            } else if (depth == 0 && ((within && c == ',') || c == '\n' || (c == '#' && text.charAt(i - 1) == ' '))) {
                return trimmed(start, i);
            }
        }
        return text.length();
    }

    private int trimmed(int start, int end) {
        return start + text.substring(start, end).stripTrailing().length();
    }

    private int endOfQuoted(int start) {
        char quote = text.charAt(start);
        for (int i = start + 1; i < text.length(); i++) {
            if (quote == '"' && text.charAt(i) == '\\') {
                i++;
            } else if (text.charAt(i) == quote) {
                return i + 1;
            }
        }
        return text.length();
    }

    private String line(int number) {
        int start = starts.get(number - 1);
        int end = number < starts.size() ? starts.get(number) - 1 : text.length();
        return text.substring(start, end);
    }

    private int offset(Position at) {
        int start = starts.get(Math.clamp(at.line(), 1, starts.size()) - 1);
        int characters = Math.min(
                at.column() - 1,
                line(at.line()).codePointCount(0, line(at.line()).length()));
        return text.offsetByCodePoints(start, Math.max(0, characters));
    }
}
