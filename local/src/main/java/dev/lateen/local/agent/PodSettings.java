package dev.lateen.local.agent;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.protobuf.util.JsonFormat;
import io.envoyproxy.envoy.config.core.v3.Node;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What a node says of its pod: the fields of its `ProxyConfig`, its annotations, its other metadata. What is missing
/// or of another type reads as empty.
///
/// Thread: any (immutable).
record PodSettings(Struct metadata) {
    static PodSettings of(Node node) {
        return new PodSettings(node.getMetadata());
    }

    /// A text, number or truth value of the metadata.
    String metadata(String name) {
        return plain(metadata.getFieldsOrDefault(name, Value.getDefaultInstance()));
    }

    String annotation(String name) {
        return plain(at("ANNOTATIONS", name));
    }

    boolean hasAnnotation(String name) {
        return !annotation(name).isEmpty();
    }

    /// A field of `ProxyConfig`, by its path.
    String text(String... path) {
        return plain(config(path));
    }

    List<String> texts(String... path) {
        return config(path).getListValue().getValuesList().stream()
                .map(PodSettings::plain)
                .toList();
    }

    Map<String, String> map(String... path) {
        Map<String, String> read = new TreeMap<>();
        config(path).getStructValue().getFieldsMap().forEach((name, value) -> read.put(name, plain(value)));
        return read;
    }

    /// Whether the object is there, even with nothing in it.
    boolean has(String... path) {
        return config(path).hasStructValue();
    }

    List<String> addresses() {
        String all = metadata("INSTANCE_IPS");
        return all.isEmpty() ? List.of() : List.of(all.split(","));
    }

    Optional<Integer> number(String text) {
        try {
            return text.isEmpty() ? Optional.empty() : Optional.of(Integer.parseInt(text));
        } catch (NumberFormatException _) {
            return Optional.empty();
        }
    }

    private Value config(String... path) {
        Value value = metadata.getFieldsOrDefault("PROXY_CONFIG", Value.getDefaultInstance());
        for (String name : path) {
            value = value.getStructValue().getFieldsOrDefault(name, Value.getDefaultInstance());
        }
        return value;
    }

    private Value at(String object, String name) {
        return metadata.getFieldsOrDefault(object, Value.getDefaultInstance())
                .getStructValue()
                .getFieldsOrDefault(name, Value.getDefaultInstance());
    }

    /// A whole number keeps its short form.
    private static String plain(Value value) {
        return switch (value.getKindCase()) {
            case STRING_VALUE -> value.getStringValue();
            case BOOL_VALUE -> Boolean.toString(value.getBoolValue());
            case NUMBER_VALUE -> {
                double number = value.getNumberValue();
                yield number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
            }
            case NULL_VALUE, STRUCT_VALUE, LIST_VALUE, KIND_NOT_SET -> "";
        };
    }

    /// As YAML and JSON write a text that may hold anything.
    static String quoted(String text) {
        try {
            return JsonFormat.printer()
                    .print(Value.newBuilder().setStringValue(text).build());
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("a text cannot be written", e);
        }
    }
}
