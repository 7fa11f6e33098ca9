package dev.lateen.e2e.crds;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads proto files in the form in which ours are written: one declaration a line, comments in lines of their own.
/// What it does not understand is an `IllegalStateException`.
final class ProtoText {
    private static final String RULE = "+kubebuilder:validation:";
    private static final Pattern OPEN = Pattern.compile("(message|enum|oneof) (\\w+) \\{(})?");
    private static final Pattern MAP = Pattern.compile("map<string, ([\\w.]+)> (\\w+) = (\\d+);");
    private static final Pattern FIELD = Pattern.compile("(repeated )?([\\w.]+) (\\w+) = (\\d+);");
    private static final Pattern WORD = Pattern.compile("([A-Z_0-9]+) = (\\d+);");

    /// By name within the package, such as `RateLimit.Rule`.
    private final Map<String, Message> messages = new LinkedHashMap<>();

    private final Map<String, Choice> choices = new LinkedHashMap<>();
    private final Deque<Scope> scopes = new ArrayDeque<>();
    private List<String> comment = new ArrayList<>();

    /// @param oneof whether it only groups fields of the message around it
    private record Scope(String name, boolean oneof) {}

    /// @param rules what an API server checks, without `+kubebuilder:validation:`
    record Message(String name, String doc, List<String> rules, List<Field> fields) {}

    record Choice(String name, List<String> words) {}

    enum Shape {
        ONE,
        LIST,
        MAP
    }

    /// @param type full name within the package, or a scalar's
    record Field(String name, String type, Shape shape, int number, String doc, List<String> rules) {
        /// The name in YAML.
        String jsonName() {
            StringBuilder json = new StringBuilder();
            for (String part : name.split("_")) {
                json.append(json.isEmpty() ? part : Character.toUpperCase(part.charAt(0)) + part.substring(1));
            }
            return json.toString();
        }
    }

    void read(String text) {
        for (String line : text.split("\n")) {
            line(line.strip());
        }
        messages.values().forEach(message -> message.fields().replaceAll(field -> resolved(message.name(), field)));
    }

    Map<String, Message> messages() {
        return messages;
    }

    Map<String, Choice> choices() {
        return choices;
    }

    private void line(String line) {
        if (line.startsWith("//")) {
            comment.add(line.substring(2).strip());
            return;
        }
        Matcher open = OPEN.matcher(line);
        Matcher map = MAP.matcher(line);
        Matcher field = FIELD.matcher(line);
        Matcher word = WORD.matcher(line);
        boolean other = line.isEmpty() || line.matches("(syntax|package|import|option) .*;|syntax = .*;");
        if (open.matches()) {
            open(open.group(1), open.group(2));
            if (open.group(3) != null) {
                scopes.pop();
            }
        } else if (line.equals("}")) {
            scopes.pop();
        } else if (map.matches()) {
            add(new Field(map.group(2), map.group(1), Shape.MAP, Integer.parseInt(map.group(3)), doc(), rules()));
        } else if (word.matches()) {
            choice().words().add(word.group(1));
        } else if (field.matches()) {
            Shape shape = field.group(1) == null ? Shape.ONE : Shape.LIST;
            add(new Field(field.group(3), field.group(2), shape, Integer.parseInt(field.group(4)), doc(), rules()));
        } else if (!other) {
            throw new IllegalStateException("not understood: " + line);
        }
        comment = new ArrayList<>();
    }

    private void open(String what, String name) {
        String full = name(name);
        switch (what) {
            case "message" -> messages.put(full, new Message(full, doc(), rules(), new ArrayList<>()));
            case "enum" -> choices.put(full, new Choice(full, new ArrayList<>()));
            default -> {}
        }
        scopes.push(new Scope(what.equals("oneof") ? scope() : full, what.equals("oneof")));
    }

    private String scope() {
        return scopes.isEmpty() ? "" : scopes.peek().name();
    }

    private String name(String simple) {
        return scopes.isEmpty() ? simple : scope() + "." + simple;
    }

    private void add(Field field) {
        Message message = messages.get(scope());
        if (message == null) {
            throw new IllegalStateException("field outside of a message: " + field.name());
        }
        message.fields().add(field);
    }

    private Choice choice() {
        Choice choice = choices.get(scope());
        if (choice == null) {
            throw new IllegalStateException("word outside of an enumeration, in " + scope());
        }
        return choice;
    }

    private String doc() {
        List<String> lines =
                comment.stream().filter(line -> !line.startsWith("+")).toList();
        return String.join(" ", lines).replaceAll(" {2,}", " ").strip();
    }

    private List<String> rules() {
        return comment.stream()
                .filter(line -> line.startsWith(RULE))
                .map(line -> line.substring(RULE.length()))
                .toList();
    }

    /// Types are found from the inside out.
    private Field resolved(String within, Field field) {
        String scope = within;
        while (true) {
            String candidate = scope.isEmpty() ? field.type() : scope + "." + field.type();
            if (messages.containsKey(candidate) || choices.containsKey(candidate)) {
                return new Field(field.name(), candidate, field.shape(), field.number(), field.doc(), field.rules());
            }
            if (scope.isEmpty()) {
                return field;
            }
            int dot = scope.lastIndexOf('.');
            scope = dot < 0 ? "" : scope.substring(0, dot);
        }
    }
}
