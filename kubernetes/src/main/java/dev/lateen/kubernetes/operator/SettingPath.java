package dev.lateen.kubernetes.operator;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// A place in a tree in Istio's notation: `components.ingressGateways.[name:a].enabled`, `args.[0]`, `a\.b.c`. A dot
/// before a bracket may be left out. Immutable. Thread: any.
public record SettingPath(List<Step> steps) {
    public SettingPath {
        steps = List.copyOf(steps);
    }

    /// One part of a path.
    public sealed interface Step {}

    /// A field of an object.
    public record Field(String name) implements Step {}

    /// An item of a list by its place, from 0; negative from the end; the length of the list stands for a new item.
    public record Index(int place) implements Step {}

    /// The first item of a list whose field has a value, or that begins with the value where it is a text (`key`
    /// empty).
    public record Match(String key, String value) implements Step {}

    /// Errors: `IllegalArgumentException` that says what is wrong with the text.
    public static SettingPath parse(String text) {
        List<Step> steps = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            if (text.charAt(at) == '[') {
                int end = text.indexOf(']', at);
                if (end < 0) {
                    throw new IllegalArgumentException(text + ": a bracket is not closed");
                }
                steps.add(item(text.substring(at + 1, end)));
                at = end + 1;
            } else {
                StringBuilder name = new StringBuilder();
                at = name(text, at, name);
                steps.add(new Field(name.toString()));
            }
            if (at < text.length() && text.charAt(at) == '.') {
                at++;
            }
        }
        if (steps.isEmpty() || !(steps.getFirst() instanceof Field(var first)) || first.isEmpty()) {
            throw new IllegalArgumentException("'" + text + "' is no path (expected: one such as values.global.hub)");
        }
        return new SettingPath(steps);
    }

    private static int name(String text, int start, StringBuilder name) {
        int at = start;
        while (at < text.length() && text.charAt(at) != '.' && text.charAt(at) != '[') {
            if (text.charAt(at) == '\\' && at + 1 < text.length()) {
                at++;
            }
            name.append(text.charAt(at++));
        }
        return at;
    }

    private static Step item(String inside) {
        if (inside.matches("-?\\d{1,6}")) {
            return new Index(Integer.parseInt(inside));
        }
        int colon = inside.indexOf(':');
        return colon <= 0 ? new Match("", inside.substring(colon + 1)) : matching(inside, colon);
    }

    private static Step matching(String inside, int colon) {
        return new Match(inside.substring(0, colon), inside.substring(colon + 1));
    }

    /// Puts a value there; objects, lists and named items on the way are made where they are missing.
    ///
    /// Errors: `IllegalArgumentException` where something else is in the way.
    public void set(ObjectNode root, JsonNode value) {
        JsonNode at = root;
        for (int i = 0; i + 1 < steps.size(); i++) {
            at = into(at, i);
        }
        put(at, steps.getLast(), value);
    }

    /// Takes away what is there; nothing happens where nothing is.
    public void remove(ObjectNode root) {
        JsonNode at = root;
        for (Step step : steps.subList(0, steps.size() - 1)) {
            at = find(at, step).orElse(null);
            if (at == null) {
                return;
            }
        }
        if (at instanceof ObjectNode object && steps.getLast() instanceof Field(var name)) {
            object.remove(name);
        } else if (at instanceof ArrayNode list) {
            int place = place(list, steps.getLast());
            if (place >= 0 && place < list.size()) {
                list.remove(place);
            }
        }
    }

    /// The named item on the way that the list there does not have: where somebody changes what is made by others, a
    /// name that was mistyped. What is missing otherwise, `set` makes.
    Optional<String> missingItem(ObjectNode root) {
        JsonNode at = root;
        for (Step step : steps.subList(0, steps.size() - 1)) {
            Optional<JsonNode> found = find(at, step);
            if (found.isEmpty()) {
                return at.isArray() && step instanceof Match ? Optional.of(shown(step)) : Optional.empty();
            }
            at = found.get();
        }
        return Optional.empty();
    }

    private JsonNode into(JsonNode at, int step) {
        Optional<JsonNode> found = find(at, steps.get(step)).filter(JsonNode::isContainer);
        if (found.isPresent()) {
            return found.get();
        }
        JsonNode made = steps.get(step + 1) instanceof Field
                ? JsonNodeFactory.instance.objectNode()
                : JsonNodeFactory.instance.arrayNode();
        if (made instanceof ObjectNode object && steps.get(step) instanceof Match(var key, var value)) {
            object.put(key, value);
        }
        put(at, steps.get(step), made);
        return made;
    }

    private void put(JsonNode at, Step step, JsonNode value) {
        if (at instanceof ObjectNode object && step instanceof Field(var name)) {
            object.set(name, value);
        } else if (at instanceof ArrayNode list && !(step instanceof Field)) {
            int place = place(list, step);
            if (place >= 0 && place < list.size()) {
                list.set(place, value);
            } else if (step instanceof Index(var asked) && asked >= 0 && asked != list.size()) {
                throw new IllegalArgumentException(this + ": the list has " + list.size() + " items");
            } else {
                list.add(value);
            }
        } else {
            throw new IllegalArgumentException(this + ": " + shown(step) + " leads nowhere: there is "
                    + (at.isArray() ? "a list" : "no such list"));
        }
    }

    private static Optional<JsonNode> find(JsonNode at, Step step) {
        if (at instanceof ObjectNode object && step instanceof Field(var name)) {
            return Optional.ofNullable(object.get(name));
        }
        if (at instanceof ArrayNode list) {
            int place = place(list, step);
            return place >= 0 && place < list.size() ? Optional.of(list.get(place)) : Optional.empty();
        }
        return Optional.empty();
    }

    /// -1 where no item is meant.
    private static int place(ArrayNode list, Step step) {
        return switch (step) {
            case Field _ -> -1;
            case Index(var place) -> place < 0 ? Math.max(-1, list.size() + place) : place;
            case Match(var key, var value) -> {
                for (int i = 0; i < list.size(); i++) {
                    JsonNode item = list.get(i);
                    boolean same = key.isEmpty()
                            ? item.isValueNode() && item.asString("").startsWith(value)
                            : item.path(key).asString("").equals(value);
                    if (same) {
                        yield i;
                    }
                }
                yield -1;
            }
        };
    }

    private static String shown(Step step) {
        return switch (step) {
            case Field(var name) -> name.replace(".", "\\.");
            case Index(var place) -> "[" + place + "]";
            case Match(var key, var value) -> "[" + (key.isEmpty() ? "" : key + ":") + value + "]";
        };
    }

    /// In the notation that it was read from.
    @Override
    public String toString() {
        return String.join(".", steps.stream().map(SettingPath::shown).toList());
    }
}
