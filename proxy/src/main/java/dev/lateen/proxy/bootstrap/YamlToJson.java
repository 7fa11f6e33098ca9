package dev.lateen.proxy.bootstrap;

import dev.lateen.proxy.config.Refusal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/// Turns YAML, of which JSON is a part, into plain trees and JSON text.
///
/// Limits: 16 MiB of text, also with all aliases written out, 100 aliases, 100 levels, no duplicate keys.
final class YamlToJson {
    private static final int MAX_CODE_POINTS = 16 << 20;
    private static final int MAX_ALIASES = 100;
    private static final int MAX_DEPTH = 100;

    private YamlToJson() {}

    /// @param name of the document, for errors
    static @Nullable Object tree(String yaml, String name) {
        LoadSettings settings = LoadSettings.builder()
                .setLabel(name)
                .setCodePointLimit(MAX_CODE_POINTS)
                .setMaxAliasesForCollections(MAX_ALIASES)
                .setAllowDuplicateKeys(false)
                .build();
        try {
            return new Load(settings).loadFromString(yaml);
        } catch (YamlEngineException e) {
            throw new Refusal(name + ": not valid YAML: " + e.getMessage());
        }
    }

    /// @param name of the document, for errors
    static String json(@Nullable Object tree, String name) {
        StringBuilder out = new StringBuilder();
        write(tree, out, 0, name);
        return out.toString();
    }

    private static void write(@Nullable Object value, StringBuilder out, int depth, String name) {
        if (depth > MAX_DEPTH) {
            throw new Refusal(name + ": nested more than " + MAX_DEPTH + " levels deep, or an alias of what it is in");
        }
        if (out.length() > MAX_CODE_POINTS) {
            throw new Refusal(name + ": more than 16 MiB with its aliases written out");
        }
        switch (value) {
            case null -> out.append("null");
            case Map<?, ?> map -> {
                out.append('{');
                boolean first = true;
                for (Map.Entry<?, ?> entry : map.entrySet()) {
                    if (!first) {
                        out.append(',');
                    }
                    first = false;
                    string(String.valueOf(entry.getKey()), out);
                    out.append(':');
                    write(entry.getValue(), out, depth + 1, name);
                }
                out.append('}');
            }
            case List<?> list -> {
                out.append('[');
                for (int index = 0; index < list.size(); index++) {
                    if (index > 0) {
                        out.append(',');
                    }
                    write(list.get(index), out, depth + 1, name);
                }
                out.append(']');
            }
            case Boolean flag -> out.append(flag.booleanValue());
            case Double number when number.isNaN() || number.isInfinite() -> string(number.toString(), out);
            case Number number -> out.append(number);
            default -> string(value.toString(), out);
        }
    }

    private static void string(String text, StringBuilder out) {
        out.append('"');
        for (int index = 0; index < text.length(); index++) {
            char c = text.charAt(index);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < ' ') {
                        out.append("\\u00")
                                .append(Character.forDigit(c >> 4, 16))
                                .append(Character.forDigit(c & 15, 16));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
