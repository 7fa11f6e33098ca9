package dev.lateen.proxy.accesslog;

import dev.lateen.proxy.stream.StreamInfo;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Parses `text %OPERATOR(argument):length% text`.
final class FormatParser {
    private static final int MAX_LENGTH = 1 << 20;
    private static final String EXPRESSION = "CEL";

    private final String format;
    private int at;

    private FormatParser(String format) {
        this.format = format;
    }

    static List<LogOperator> parse(String format) {
        return new FormatParser(format).parse();
    }

    private List<LogOperator> parse() {
        List<LogOperator> parts = new ArrayList<>();
        StringBuilder literal = new StringBuilder();
        while (at < format.length()) {
            char letter = format.charAt(at++);
            if (letter != '%') {
                literal.append(letter);
            } else if (at < format.length() && format.charAt(at) == '%') {
                literal.append('%');
                at++;
            } else {
                flush(literal, parts);
                parts.add(operator());
            }
        }
        flush(literal, parts);
        return List.copyOf(parts);
    }

    private static void flush(StringBuilder literal, List<LogOperator> parts) {
        if (!literal.isEmpty()) {
            parts.add(literal(literal.toString()));
            literal.setLength(0);
        }
    }

    private static LogOperator literal(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return (_, out) -> {
            out.append(bytes);
            return true;
        };
    }

    private LogOperator operator() {
        int start = at;
        while (at < format.length() && isNamePart(format.charAt(at))) {
            at++;
        }
        String name = format.substring(start, at);
        String argument = "";
        if (at < format.length() && format.charAt(at) == '(') {
            int close = name.equals(EXPRESSION) ? closeOfExpression() : format.indexOf(')', at);
            if (close < 0) {
                throw new IllegalArgumentException("%" + name + "( has no closing parenthesis");
            }
            argument = format.substring(at + 1, close);
            at = close + 1;
        }
        int length = -1;
        if (at < format.length() && format.charAt(at) == ':') {
            length = length(name);
        }
        if (at >= format.length() || format.charAt(at) != '%') {
            throw new IllegalArgumentException("'%" + format.substring(start, Math.min(format.length(), at + 1))
                    + "' is no operator; write %% for a percent sign");
        }
        at++;
        LogOperator operator = LogOperators.of(name, argument)
                .orElseThrow(() -> new IllegalArgumentException("operator %" + name + "% is not supported"));
        return length < 0 ? operator : new Truncated(operator, length);
    }

    /// The first parenthesis that the end of the operator follows; an expression may have others within.
    private int closeOfExpression() {
        for (int close = format.indexOf(')', at); close >= 0; close = format.indexOf(')', close + 1)) {
            int next = close + 1;
            if (next < format.length() && format.charAt(next) == ':') {
                next++;
                while (next < format.length() && Character.isDigit(format.charAt(next))) {
                    next++;
                }
            }
            if (next < format.length() && format.charAt(next) == '%') {
                return close;
            }
        }
        return -1;
    }

    private int length(String name) {
        int start = ++at;
        while (at < format.length() && Character.isDigit(format.charAt(at))) {
            at++;
        }
        try {
            int length = Integer.parseInt(format.substring(start, at));
            if (length <= MAX_LENGTH) {
                return length;
            }
        } catch (NumberFormatException _) {
            // Reported below.
        }
        throw new IllegalArgumentException("the length after %" + name + ": is no number of at most " + MAX_LENGTH);
    }

    private static boolean isNamePart(char letter) {
        return (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9') || letter == '_';
    }

    private record Truncated(LogOperator operator, int length) implements LogOperator {
        @Override
        public boolean append(StreamInfo info, LineBuffer out) {
            int start = out.length();
            if (!operator.append(info, out)) {
                return false;
            }
            out.setLength(start + length);
            return true;
        }
    }
}
