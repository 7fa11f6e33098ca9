package dev.lateen.proxy.accesslog;

/// Escapes text inside JSON strings (RFC 8259 §7).
public final class JsonText {
    private static final String HEX = "0123456789abcdef";

    private JsonText() {}

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
}
