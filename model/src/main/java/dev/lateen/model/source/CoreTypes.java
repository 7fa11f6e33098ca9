package dev.lateen.model.source;

import dev.lateen.model.tree.Node.ScalarType;
import java.util.regex.Pattern;

/// The type of a plain scalar. Source: YAML 1.2.2, 10.3.2 (core schema).
final class CoreTypes {
    private static final Pattern INTEGER = Pattern.compile("[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+");
    private static final Pattern FLOAT = Pattern.compile(
            "[-+]?(?:\\.[0-9]+|[0-9]+(?:\\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\\.(?:inf|Inf|INF)|\\.(?:nan|NaN|NAN)");

    private CoreTypes() {}

    static ScalarType of(String text) {
        return switch (text) {
            case "", "~", "null", "Null", "NULL" -> ScalarType.NULL;
            case "true", "True", "TRUE", "false", "False", "FALSE" -> ScalarType.BOOLEAN;
            default -> numberOrString(text);
        };
    }

    private static ScalarType numberOrString(String text) {
        char first = text.charAt(0);
        boolean mayBeNumber = (first >= '0' && first <= '9') || first == '-' || first == '+' || first == '.';
        if (!mayBeNumber) {
            return ScalarType.STRING;
        }
        if (INTEGER.matcher(text).matches()) {
            return ScalarType.INTEGER;
        }
        return FLOAT.matcher(text).matches() ? ScalarType.FLOAT : ScalarType.STRING;
    }
}
