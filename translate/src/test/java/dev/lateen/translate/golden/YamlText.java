package dev.lateen.translate.golden;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.util.Map;
import java.util.regex.Pattern;

/// JSON as YAML in block style, for people to read.
final class YamlText {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z/_%][A-Za-z0-9_./|%*-]*");
    private static final Pattern WORD = Pattern.compile("(?i)true|false|null|yes|no|on|off|y|n");

    private final StringBuilder text = new StringBuilder();

    static String of(JsonElement json) {
        YamlText yaml = new YamlText();
        yaml.block(json, 0);
        return yaml.text.toString();
    }

    /// Begins at the end of a line that is not finished; ends after a line.
    private void value(JsonElement json, int indent) {
        boolean nested = json instanceof JsonObject object && object.size() > 0
                || json instanceof JsonArray array && array.size() > 0;
        if (nested) {
            text.append('\n');
            block(json, json instanceof JsonArray ? indent - 2 : indent);
        } else {
            text.append(' ').append(scalar(json)).append('\n');
        }
    }

    private void block(JsonElement json, int indent) {
        if (json instanceof JsonObject object) {
            for (Map.Entry<String, JsonElement> entry : object.entrySet()) {
                text.repeat(' ', indent).append(quoted(entry.getKey())).append(':');
                value(entry.getValue(), indent + 2);
            }
        } else if (json instanceof JsonArray array) {
            for (JsonElement item : array) {
                int from = text.length();
                block(item, indent + 2);
                text.setCharAt(from + indent, '-');
            }
        } else {
            text.repeat(' ', indent).append(scalar(json)).append('\n');
        }
    }

    private static String scalar(JsonElement json) {
        return switch (json) {
            case JsonObject _ -> "{}";
            case JsonArray _ -> "[]";
            case JsonNull _ -> "null";
            default -> json.getAsJsonPrimitive().isString() ? quoted(json.getAsString()) : json.getAsString();
        };
    }

    private static String quoted(String text) {
        return PLAIN.matcher(text).matches() && !WORD.matcher(text).matches()
                ? text
                : "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + "\"";
    }
}
