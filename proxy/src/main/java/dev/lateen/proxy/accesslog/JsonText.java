package dev.lateen.proxy.accesslog;

/// Escapes text inside JSON strings (RFC 8259 §7).
public final class JsonText {
    private static final String HEX = "0123456789abcdef";

    private JsonText() {}

    /// Escapes what `out` holds from `start` on, in place. Nearly always there is nothing to do.
    static void escapeFrom(int start, StringBuilder out) {
        for (int index = start; index < out.length(); index++) {
            if (mustEscape(out.charAt(index))) {
                String tail = out.substring(index);
                out.setLength(index);
                escape(tail, out);
                return;
            }
        }
    }

    public static void escape(String text, StringBuilder out) {
        for (int index = 0; index < text.length(); index++) {
            char letter = text.charAt(index);
            switch (letter) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (letter < ' ') {
                        out.append("\\u00").append(HEX.charAt(letter >> 4)).append(HEX.charAt(letter & 15));
                    } else {
                        out.append(letter);
                    }
                }
            }
        }
    }

    private static boolean mustEscape(char letter) {
        return letter < ' ' || letter == '"' || letter == '\\';
    }
}
