package dev.lateen.model.validate;

/// The format of header values that a proxy fills in: `%NAME%`, `%NAME(arguments)%`, and `%%` for a percent sign.
/// Thread: any. Source: Envoy, "Custom request/response headers".
final class HeaderFormat {
    private HeaderFormat() {}

    /// What is wrong with the value, or an empty string.
    static String faultOf(String value) {
        int at = 0;
        while (at < value.length()) {
            if (value.charAt(at) != '%') {
                at++;
            } else if (at + 1 < value.length() && value.charAt(at + 1) == '%') {
                at += 2;
            } else {
                int end = endOfVariable(value, at + 1);
                if (end < 0) {
                    return "the variable that starts at '" + value.substring(at) + "' does not end";
                }
                if (end == at + 1 || !isNameStart(value.charAt(at + 1))) {
                    return "the variable at '" + value.substring(at) + "' has no name";
                }
                at = end + 1;
            }
        }
        return "";
    }

    /// The percent sign that ends the variable, or -1. One within parentheses does not end it.
    private static int endOfVariable(String value, int start) {
        int depth = 0;
        for (int at = start; at < value.length(); at++) {
            char next = value.charAt(at);
            if (next == '(') {
                depth++;
            } else if (next == ')') {
                depth--;
            } else if (next == '%' && depth <= 0) {
                return at;
            }
        }
        return -1;
    }

    private static boolean isNameStart(char next) {
        return next == '_' || (next < 128 && Character.isLetter(next));
    }
}
