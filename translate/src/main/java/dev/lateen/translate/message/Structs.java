package dev.lateen.translate.message;

import com.google.protobuf.ListValue;
import com.google.protobuf.NullValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.lateen.model.tree.Node;
import dev.lateen.model.tree.Node.Mapping;
import dev.lateen.model.tree.Node.Scalar;
import dev.lateen.model.tree.Node.ScalarType;
import dev.lateen.model.tree.Node.Sequence;
import java.util.List;

/// Trees of files as protobuf's values without a type. Thread: any.
public final class Structs {
    private Structs() {}

    public static Value text(String text) {
        return Value.newBuilder().setStringValue(text).build();
    }

    /// A tree of a file as JSON has it.
    public static Value value(Node node) {
        return switch (node) {
            case Scalar(String text, ScalarType type, var _) ->
                switch (type) {
                    case STRING -> text(text);
                    case BOOLEAN ->
                        Value.newBuilder()
                                .setBoolValue(Boolean.parseBoolean(text))
                                .build();
                    case INTEGER, FLOAT -> number(text);
                    case NULL ->
                        Value.newBuilder().setNullValue(NullValue.NULL_VALUE).build();
                };
            case Sequence(List<Node> items, var _) ->
                Value.newBuilder().setListValue(list(items)).build();
            case Mapping mapping ->
                Value.newBuilder().setStructValue(struct(mapping)).build();
        };
    }

    static ListValue list(List<Node> items) {
        return ListValue.newBuilder()
                .addAllValues(items.stream().map(Structs::value).toList())
                .build();
    }

    public static Struct struct(Mapping mapping) {
        Struct.Builder struct = Struct.newBuilder();
        mapping.fields().forEach((name, field) -> struct.putFields(name, value(field.value())));
        return struct.build();
    }

    /// What JSON cannot write as a number, such as `0x1f`, stays text.
    private static Value number(String text) {
        try {
            return Value.newBuilder().setNumberValue(Double.parseDouble(text)).build();
        } catch (NumberFormatException _) {
            return text(text);
        }
    }
}
