package dev.lateen.proxy.bootstrap;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import java.util.LinkedHashMap;
import java.util.Map;

/// A node's metadata as plain trees.
///
/// Thread: any (pure functions).
final class StructTrees {
    private StructTrees() {}

    /// Nulls are left out.
    static Map<String, Object> map(Struct struct) {
        Map<String, Object> map = new LinkedHashMap<>();
        struct.getFieldsMap().forEach((name, value) -> {
            if (value.getKindCase() != Value.KindCase.NULL_VALUE
                    && value.getKindCase() != Value.KindCase.KIND_NOT_SET) {
                map.put(name, plain(value));
            }
        });
        return map;
    }

    private static Object plain(Value value) {
        return switch (value.getKindCase()) {
            case STRING_VALUE -> value.getStringValue();
            case NUMBER_VALUE -> value.getNumberValue();
            case BOOL_VALUE -> value.getBoolValue();
            case STRUCT_VALUE -> map(value.getStructValue());
            case LIST_VALUE ->
                value.getListValue().getValuesList().stream()
                        .map(StructTrees::plain)
                        .toList();
            case NULL_VALUE, KIND_NOT_SET -> "";
        };
    }
}
