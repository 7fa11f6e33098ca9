package dev.lateen.translate.message;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.diagnostic.Spelling;
import dev.lateen.model.tree.Node;
import dev.lateen.model.tree.Node.Field;
import dev.lateen.model.tree.Node.Mapping;
import dev.lateen.model.tree.Node.Scalar;
import dev.lateen.model.tree.Node.ScalarType;
import dev.lateen.model.tree.Node.Sequence;
import dev.lateen.model.tree.Position;
import dev.lateen.xds.EnvoyTypes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads a message from a tree in protobuf's JSON form, as a file holds it. All mistakes are reported, each at its
/// place: unknown fields and types, values of another kind, two fields of which only one may be set. What has a
/// mistake is not of use.
///
/// Thread: any.
public final class MessageReader {
    private final EnvoyTypes types;

    public MessageReader(EnvoyTypes types) {
        this.types = types;
    }

    /// @param path of the tree within its resource
    /// @param problems takes the mistakes
    /// @return whether there were none
    public boolean read(Node tree, Message.Builder into, String path, List<Diagnostic> problems) {
        int before = problems.size();
        new Reading(problems).message(tree, into, path);
        return problems.size() == before;
    }

    private final class Reading {
        private final List<Diagnostic> problems;

        Reading(List<Diagnostic> problems) {
            this.problems = problems;
        }

        private void message(Node tree, Message.Builder into, String path) {
            Descriptor type = into.getDescriptorForType();
            Optional<String> wrong = WellKnown.read(tree, into);
            if (wrong.isPresent()) {
                if (!wrong.get().isEmpty()) {
                    wrongValue(tree, path, wrong.get());
                }
            } else if (!(tree instanceof Mapping mapping)) {
                wrongValue(tree, path, "an object (" + type.getFullName() + ")");
            } else if (type.getFullName().equals("google.protobuf.Any")) {
                any(mapping, into, path);
            } else {
                fields(mapping, into, path, "");
            }
        }

        /// @param except the name of a field that has been read
        private void fields(Mapping mapping, Message.Builder into, String path, String except) {
            Map<OneofDescriptor, String> chosen = new HashMap<>();
            for (Map.Entry<String, Field> entry : mapping.fields().entrySet()) {
                String name = entry.getKey();
                Node value = entry.getValue().value();
                if (name.equals(except) || (isNull(value) && !takesNull(into, name))) {
                    continue;
                }
                String at = path + "." + name;
                FieldDescriptor field = fieldOf(into.getDescriptorForType(), name);
                if (field == null) {
                    unknownField(
                            into.getDescriptorForType(), name, entry.getValue().keyAt(), at);
                    continue;
                }
                OneofDescriptor oneof = field.getRealContainingOneof();
                String rival = oneof == null ? null : chosen.put(oneof, name);
                if (rival != null) {
                    problems.add(Diagnostic.error(
                            "oneof",
                            entry.getValue().keyAt(),
                            at,
                            "only one of " + rival + " and " + name + " can be set"));
                    continue;
                }
                field(value, field, into, at);
            }
        }

        private void field(Node value, FieldDescriptor field, Message.Builder into, String path) {
            if (field.isMapField()) {
                map(value, field, into, path);
            } else if (field.isRepeated()) {
                if (!(value instanceof Sequence(List<Node> items, var _))) {
                    wrongValue(value, path, "a list");
                    return;
                }
                for (int i = 0; i < items.size(); i++) {
                    Object item = value(items.get(i), field, into, path + "[" + i + "]");
                    if (item != null) {
                        into.addRepeatedField(field, item);
                    }
                }
            } else {
                Object read = value(value, field, into, path);
                if (read != null) {
                    into.setField(field, read);
                }
            }
        }

        private void map(Node value, FieldDescriptor field, Message.Builder into, String path) {
            if (!(value instanceof Mapping mapping)) {
                wrongValue(value, path, "an object");
                return;
            }
            FieldDescriptor keyField = field.getMessageType().findFieldByNumber(1);
            FieldDescriptor valueField = field.getMessageType().findFieldByNumber(2);
            mapping.fields().forEach((key, item) -> {
                String at = path + "[" + key + "]";
                Message.Builder pair = into.newBuilderForField(field);
                ScalarType type = keyField.getJavaType() == JavaType.STRING ? ScalarType.STRING : ScalarType.INTEGER;
                Object name = value(new Scalar(key, type, item.keyAt()), keyField, pair, at);
                Object read = value(item.value(), valueField, pair, at);
                if (name != null && read != null) {
                    into.addRepeatedField(
                            field,
                            pair.setField(keyField, name)
                                    .setField(valueField, read)
                                    .build());
                }
            });
        }

        /// Null where it is wrong, which has been reported then.
        private @org.jspecify.annotations.Nullable Object value(
                Node value, FieldDescriptor field, Message.Builder into, String path) {
            if (field.getJavaType() == JavaType.MESSAGE) {
                int before = problems.size();
                Message.Builder child = into.newBuilderForField(field);
                message(value, child, path);
                return problems.size() == before ? child.build() : null;
            }
            Object read = value instanceof Scalar scalar ? Scalars.read(scalar, field) : null;
            if (read == null) {
                wrongValue(value, path, Scalars.expected(field));
            }
            return read;
        }

        private void any(Mapping mapping, Message.Builder into, String path) {
            Field named = mapping.fields().get("@type");
            if (named == null || !(named.value() instanceof Scalar(String url, var _, Position at))) {
                problems.add(Diagnostic.error("missing-required", mapping.at(), path + ".@type", "the type is missing")
                        .withExpected("type.googleapis.com/ and the name of a message"));
                return;
            }
            Descriptor type = types.find(url).orElse(null);
            if (type == null) {
                problems.add(unknownType(url, at, path + ".@type"));
                return;
            }
            int before = problems.size();
            Message.Builder content = DynamicMessage.newBuilder(type);
            if (WellKnown.isSpecial(type)) {
                mapping.get("value").ifPresent(value -> message(value, content, path + ".value"));
            } else {
                fields(mapping, content, path, "@type");
            }
            if (problems.size() == before) {
                Descriptor any = into.getDescriptorForType();
                into.setField(any.findFieldByName("type_url"), url);
                into.setField(any.findFieldByName("value"), content.build().toByteString());
            }
        }

        private Diagnostic unknownType(String url, Position at, String path) {
            String name = url.substring(url.lastIndexOf('/') + 1);
            Diagnostic found = Diagnostic.error("unknown-type", at, path, "no message of Envoy's API has this name")
                    .withValue(url);
            return Spelling.closest(name, types.names())
                    .map(close -> found.withAdvice("did you mean type.googleapis.com/" + close + "?"))
                    .orElse(found.withAdvice("for a type that Envoy does not release, use xds.type.v3.TypedStruct"));
        }

        private void unknownField(Descriptor type, String name, Position at, String path) {
            List<String> names = new ArrayList<>();
            type.getFields().forEach(f -> names.add(f.getName()));
            Diagnostic found =
                    Diagnostic.error("unknown-field", at, path, type.getFullName() + " has no field of this name");
            problems.add(Spelling.closest(name, names)
                    .map(close -> found.withAdvice("did you mean " + close + "?"))
                    .orElse(found));
        }

        private void wrongValue(Node value, String path, String expected) {
            String text = value instanceof Scalar scalar ? scalar.text() : "";
            problems.add(Diagnostic.error("wrong-type", value.at(), path, "the value is of another kind")
                    .withValue(text)
                    .withExpected(expected));
        }
    }

    private static boolean isNull(Node value) {
        return value instanceof Scalar(var _, ScalarType type, var _) && type == ScalarType.NULL;
    }

    private static boolean takesNull(Message.Builder into, String name) {
        FieldDescriptor field = fieldOf(into.getDescriptorForType(), name);
        return field != null
                && field.getJavaType() == JavaType.MESSAGE
                && field.getMessageType().getFullName().equals("google.protobuf.Value");
    }

    /// By either of its names.
    private static @org.jspecify.annotations.Nullable FieldDescriptor fieldOf(Descriptor type, String name) {
        FieldDescriptor field = type.findFieldByName(name);
        if (field != null) {
            return field;
        }
        for (FieldDescriptor other : type.getFields()) {
            if (other.getJsonName().equals(name)) {
                return other;
            }
        }
        return null;
    }
}
