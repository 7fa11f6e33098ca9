package dev.lateen.model.istio;

import dev.lateen.model.resource.RawResource;
import dev.lateen.model.resource.ResourceKey;
import dev.lateen.model.tree.Fields;
import dev.lateen.model.tree.Node;
import dev.lateen.model.tree.Node.Mapping;
import dev.lateen.model.tree.Node.Sequence;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;

/// Reads one mapping and remembers which of its fields were asked for; what nobody asked for is an
/// `UnsupportedFeature`, so that no field can be overlooked without a word.
///
/// Thread: the one that binds.
public final class Reader {
    private final Mapping mapping;
    private final Fields fields;
    private final String path;
    private final Context context;
    private final Set<String> asked = new HashSet<>();

    private Reader(Mapping mapping, String path, Context context) {
        this.mapping = mapping;
        this.fields = new Fields(mapping);
        this.path = path;
        this.context = context;
    }

    private record Context(ResourceKey key, String apiVersion, List<UnsupportedFeature> unsupported) {}

    /// Binds the `spec` of a resource; an absent spec reads as an empty one.
    public static <T> Bound<T> spec(RawResource resource, Function<Reader, T> binder) {
        Mapping spec = resource.root().get("spec").orElse(null) instanceof Mapping found
                ? found
                : new Mapping(Map.of(), resource.origin());
        return bind(resource, spec, "spec", binder);
    }

    /// Binds a mapping of a resource, whose field path is `path`.
    public static <T> Bound<T> bind(RawResource resource, Mapping mapping, String path, Function<Reader, T> binder) {
        Context context = new Context(resource.key(), resource.apiVersion(), new ArrayList<>());
        return bound(mapping, path, context, binder);
    }

    /// Binds a mapping that belongs to no resource, such as a mesh configuration file.
    public static <T> Bound<T> document(Mapping mapping, String kind, Function<Reader, T> binder) {
        Context context = new Context(new ResourceKey("", kind, "", ""), "", new ArrayList<>());
        return bound(mapping, "", context, binder);
    }

    private static <T> Bound<T> bound(Mapping mapping, String path, Context context, Function<Reader, T> binder) {
        Reader reader = new Reader(mapping, path, context);
        T value = binder.apply(reader);
        reader.reportUnread();
        return new Bound<>(value, List.copyOf(context.unsupported));
    }

    public Origin origin() {
        return new Origin(context.key, context.apiVersion, mapping.at(), path);
    }

    /// Takes note that the named fields have no effect yet.
    public void notYet(String... names) {
        for (String name : names) {
            asked.add(name);
            if (fields.has(name)) {
                report(name);
            }
        }
    }

    /// Takes note that the named field has no effect yet, but where it says what holds anyway.
    public void notYetUnless(String name, String anyway) {
        asked.add(name);
        if (fields.has(name) && !fields.text(name).equals(Optional.of(anyway))) {
            report(name);
        }
    }

    /// Takes note that the named fields need no effect, because they are meant for people or for other programs.
    public void noEffectNeeded(String... names) {
        asked.addAll(List.of(names));
    }

    public boolean has(String name) {
        asked.add(name);
        return fields.has(name);
    }

    public Optional<String> text(String name) {
        asked.add(name);
        return fields.text(name);
    }

    public String text(String name, String fallback) {
        return text(name).orElse(fallback);
    }

    /// @param notYet values that have another effect than theirs so far, which is reported
    public String text(String name, String fallback, Set<String> notYet) {
        String value = text(name, fallback);
        if (notYet.contains(value)) {
            report(name);
        }
        return value;
    }

    public boolean flag(String name) {
        asked.add(name);
        return fields.flag(name);
    }

    public Optional<Boolean> flagIfSet(String name) {
        asked.add(name);
        return fields.flagIfSet(name);
    }

    public OptionalInt integer(String name) {
        asked.add(name);
        return fields.integer(name);
    }

    public OptionalLong longInteger(String name) {
        asked.add(name);
        return fields.longInteger(name);
    }

    public OptionalDouble decimal(String name) {
        asked.add(name);
        return fields.decimal(name);
    }

    public Optional<Duration> duration(String name) {
        asked.add(name);
        return fields.duration(name);
    }

    public List<String> texts(String name) {
        asked.add(name);
        return fields.texts(name);
    }

    public Map<String, String> textMap(String name) {
        asked.add(name);
        return fields.textMap(name);
    }

    public Optional<Node> node(String name) {
        asked.add(name);
        return fields.node(name);
    }

    public <T> Optional<T> object(String name, Function<Reader, T> binder) {
        asked.add(name);
        return fields.node(name).orElse(null) instanceof Mapping child
                ? Optional.of(child(child, at(name), binder))
                : Optional.empty();
    }

    public <T> List<T> objects(String name, Function<Reader, T> binder) {
        asked.add(name);
        if (!(fields.node(name).orElse(null) instanceof Sequence(List<Node> items, var _))) {
            return List.of();
        }
        List<T> read = new ArrayList<>(items.size());
        for (int i = 0; i < items.size(); i++) {
            if (items.get(i) instanceof Mapping child) {
                read.add(child(child, at(name) + "[" + i + "]", binder));
            }
        }
        return List.copyOf(read);
    }

    /// A map of objects, in the order of the file.
    public <T> Map<String, T> objectMap(String name, Function<Reader, T> binder) {
        asked.add(name);
        Map<String, T> read = new LinkedHashMap<>();
        if (fields.node(name).orElse(null) instanceof Mapping children) {
            children.fields().forEach((key, field) -> {
                if (field.value() instanceof Mapping child) {
                    read.put(key, child(child, at(name) + "[" + key + "]", binder));
                }
            });
        }
        return read;
    }

    /// The names of this mapping's fields, in the order of the file.
    public Set<String> names() {
        return mapping.fields().keySet();
    }

    private <T> T child(Mapping child, String childPath, Function<Reader, T> binder) {
        Reader reader = new Reader(child, childPath, context);
        T value = binder.apply(reader);
        reader.reportUnread();
        return value;
    }

    private void reportUnread() {
        for (String name : mapping.fields().keySet()) {
            if (!asked.contains(name)) {
                report(name);
            }
        }
    }

    private void report(String name) {
        context.unsupported.add(new UnsupportedFeature(context.key, at(name), fields.at(name)));
    }

    private String at(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }
}
