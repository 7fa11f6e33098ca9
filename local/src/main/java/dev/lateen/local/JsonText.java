package dev.lateen.local;

import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;

/// Writes the little JSON that goes into environment variables. Thread: any.
final class JsonText {
    private JsonText() {}

    static String string(String text) {
        StringBuilder json = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c < 0x20) {
                json.append("\\u00").append(Character.forDigit(c >> 4, 16)).append(Character.forDigit(c & 15, 16));
            } else {
                json.append(c);
            }
        }
        return json.append('"').toString();
    }

    /// An object whose values are strings, in the order of the names.
    static String object(Map<String, String> fields) {
        StringJoiner json = new StringJoiner(",", "{", "}");
        new TreeMap<>(fields).forEach((name, value) -> json.add(string(name) + ":" + string(value)));
        return json.toString();
    }
}
