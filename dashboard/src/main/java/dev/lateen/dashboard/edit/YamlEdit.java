package dev.lateen.dashboard.edit;

import dev.lateen.model.source.YamlDocument;
import dev.lateen.model.source.YamlLimits;
import dev.lateen.model.source.YamlReader;
import dev.lateen.model.tree.Node;
import dev.lateen.model.tree.Node.Field;
import dev.lateen.model.tree.Node.Mapping;
import dev.lateen.model.tree.Node.Sequence;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Changes single fields of a YAML text and leaves everything else as it is: order, comments, quotes. Whether a change
/// has done what it should, and nothing else, is found out by reading the text again.
///
/// Paths are names of fields separated by `.`, and numbers for items of lists; the number of items stands for a new
/// one. Names with dots cannot be said.
///
/// Errors: empty where the text is laid out in a way that we cannot change in place.
///
/// Thread: any.
public final class YamlEdit {
    private static final YamlReader READER = new YamlReader(YamlLimits.DEFAULT);

    private YamlEdit() {}

    /// The only document of a text.
    public static Optional<Mapping> read(String text) {
        List<YamlDocument> documents = READER.read(text, "");
        return documents.size() == 1
                        && documents.getFirst() instanceof YamlDocument.Read(Node root, var _)
                        && root instanceof Mapping mapping
                ? Optional.of(mapping)
                : Optional.empty();
    }

    /// What stands at a path.
    public static Optional<Node> at(Node root, String path) {
        Optional<Node> node = Optional.of(root);
        for (String step : steps(path)) {
            node = node.flatMap(one -> child(one, step));
        }
        return node;
    }

    /// Gives a field another value, or makes it with all that has to be around it.
    public static Optional<String> set(String text, String path, YamlValue value) {
        Optional<Mapping> root = read(text);
        if (root.isEmpty()) {
            return Optional.empty();
        }
        List<String> steps = steps(path);
        Node node = root.get();
        int depth = 0;
        while (depth < steps.size() - 1) {
            Optional<Node> next = child(node, steps.get(depth));
            if (next.isEmpty() || next.get() instanceof Node.Scalar) {
                break;
            }
            node = next.get();
            depth++;
        }
        YamlValue whole = value;
        for (int i = steps.size() - 1; i > depth; i--) {
            whole = isNumber(steps.get(i)) ? YamlValue.items(List.of(whole)) : YamlValue.fields(steps.get(i), whole);
        }
        YamlPlaces places = new YamlPlaces(text);
        String changed = node instanceof Mapping mapping
                ? setField(places, mapping, steps.get(depth), whole)
                : node instanceof Sequence sequence ? places.append(sequence, whole) : text;
        YamlValue expected = with(YamlValue.of(root.get()), steps, 0, value);
        return proved(changed, expected);
    }

    /// Takes a field away, and what would hold nothing without it; a text without it stays as it is.
    public static Optional<String> remove(String text, String path) {
        Optional<Mapping> root = read(text);
        if (root.isEmpty()) {
            return Optional.empty();
        }
        if (at(root.get(), path).isEmpty()) {
            return Optional.of(text);
        }
        int dot = path.lastIndexOf('.');
        String around = path.substring(0, Math.max(0, dot));
        String name = path.substring(dot + 1);
        Node parent = dot < 0 ? root.get() : at(root.get(), around).orElse(root.get());
        if (!(parent instanceof Mapping mapping)) {
            return Optional.empty();
        }
        Field field = mapping.fields().get(name);
        if (field == null) {
            return Optional.of(text);
        }
        if (mapping.fields().size() == 1 && dot > 0) {
            return remove(text, around);
        }
        String changed = new YamlPlaces(text).without(mapping, field);
        return proved(changed, without(YamlValue.of(root.get()), steps(path), 0));
    }

    private static String setField(YamlPlaces places, Mapping mapping, String name, YamlValue value) {
        Field known = mapping.fields().get(name);
        return known == null ? places.insert(mapping, name, value) : places.replace(mapping, known, value);
    }

    private static Optional<String> proved(String text, YamlValue expected) {
        return read(text).map(YamlValue::of).filter(expected::equals).map(_ -> text);
    }

    private static YamlValue with(YamlValue tree, List<String> steps, int depth, YamlValue value) {
        if (depth == steps.size()) {
            return value;
        }
        String step = steps.get(depth);
        if (isNumber(step)) {
            List<YamlValue> items = new ArrayList<>(tree instanceof YamlValue.Items(var known) ? known : List.of());
            int index = Math.min(Integer.parseInt(step), items.size());
            YamlValue inner =
                    with(index < items.size() ? items.get(index) : YamlValue.fields(), steps, depth + 1, value);
            if (index < items.size()) {
                items.set(index, inner);
            } else {
                items.add(inner);
            }
            return new YamlValue.Items(items);
        }
        Map<String, YamlValue> fields =
                new LinkedHashMap<>(tree instanceof YamlValue.Fields(var known) ? known : Map.of());
        fields.put(step, with(fields.getOrDefault(step, YamlValue.fields()), steps, depth + 1, value));
        return new YamlValue.Fields(fields);
    }

    private static YamlValue without(YamlValue tree, List<String> steps, int depth) {
        return switch (tree) {
            case YamlValue.Fields(var known) -> {
                Map<String, YamlValue> fields = new LinkedHashMap<>(known);
                if (depth == steps.size() - 1) {
                    fields.remove(steps.get(depth));
                } else {
                    fields.computeIfPresent(steps.get(depth), (_, inner) -> without(inner, steps, depth + 1));
                }
                yield new YamlValue.Fields(fields);
            }
            case YamlValue.Items(var known) -> {
                List<YamlValue> items = new ArrayList<>(known);
                int index = Integer.parseInt(steps.get(depth));
                items.set(index, without(items.get(index), steps, depth + 1));
                yield new YamlValue.Items(items);
            }
            case YamlValue.Plain _, YamlValue.Text _ -> tree;
        };
    }

    private static Optional<Node> child(Node node, String step) {
        return switch (node) {
            case Mapping mapping -> mapping.get(step);
            case Sequence sequence
            when isNumber(step) && Integer.parseInt(step) < sequence.items().size() ->
                Optional.of(sequence.items().get(Integer.parseInt(step)));
            case Sequence _, Node.Scalar _ -> Optional.empty();
        };
    }

    private static boolean isNumber(String step) {
        return !step.isEmpty() && step.chars().allMatch(one -> one >= '0' && one <= '9');
    }

    private static List<String> steps(String path) {
        return List.of(path.split("\\.", -1));
    }
}
