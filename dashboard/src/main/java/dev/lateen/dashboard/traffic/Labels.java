package dev.lateen.dashboard.traffic;

import java.util.HashMap;
import java.util.Map;

/// Reads the labels of one line of Prometheus' text format.
///
/// Limits: 64 labels; values longer than 300 characters are cut.
///
/// Thread: any.
///
/// Source: Prometheus, "Text format", version 0.0.4.
final class Labels {
    private static final int MOST = 64;
    private static final int LONGEST = 300;

    private Labels() {}

    /// @param text between the braces
    /// @return by name; what cannot be read ends the reading
    static Map<String, String> of(String text) {
        Map<String, String> labels = new HashMap<>();
        int at = 0;
        while (at < text.length() && labels.size() < MOST) {
            int equals = text.indexOf("=\"", at);
            if (equals < 0) {
                break;
            }
            int end = endOfValue(text, equals + 2);
            if (end < 0) {
                break;
            }
            String value = unescaped(text.substring(equals + 2, end));
            labels.put(text.substring(at, equals).strip(), value.substring(0, Math.min(LONGEST, value.length())));
            at = end + 1;
            while (at < text.length() && (text.charAt(at) == ',' || text.charAt(at) == ' ')) {
                at++;
            }
        }
        return labels;
    }

    private static int endOfValue(String text, int from) {
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\') {
                i++;
            } else if (c == '"') {
                return i;
            }
        }
        return -1;
    }

    private static String unescaped(String value) {
        return value.indexOf('\\') < 0
                ? value
                : value.replace("\\\"", "\"").replace("\\n", "\n").replace("\\\\", "\\");
    }
}
