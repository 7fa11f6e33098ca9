package dev.lateen.model.telemetry;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A format of log lines: text in which operators stand, as `%NAME(ARGUMENT):LENGTH%`. Thread: any (immutable).
///
/// Source: Envoy documentation, "Format strings".
public final class LogText {
    private static final Pattern OPERATOR = Pattern.compile("%([A-Z0-9_]+)(?:\\(([^)]*)\\))?(?::([0-9]+))?%");
    /// The argument of this one has parentheses of its own.
    private static final Pattern EXPRESSION = Pattern.compile("%(CEL)\\((.*?)\\)(?::([0-9]*))?%", Pattern.DOTALL);
    /// Of the proxy: see its `FormatParser`.
    private static final int LONGEST = 1 << 20;
    /// Characters of a format. Each percent sign may begin something that is looked for to the end.
    private static final int LONGEST_FORMAT = 16 << 10;

    private final List<Part> parts;

    private LogText(List<Part> parts) {
        this.parts = parts;
    }

    /// @param written as it stands there
    /// @param unknown what the mesh's own proxy does not know of it
    private record Part(String written, Optional<UnknownWord> unknown) {}

    public static LogText of(String format) {
        if (format.length() > LONGEST_FORMAT) {
            String words = "a format of " + format.length() + " characters (limit: " + LONGEST_FORMAT + ")";
            return new LogText(List.of(new Part(format, Optional.of(new UnknownWord(words, List.of())))));
        }
        List<Part> parts = new ArrayList<>();
        int at = 0;
        while (at < format.length()) {
            int end;
            Optional<UnknownWord> unknown = Optional.empty();
            Matcher operator = (format.startsWith("%CEL(", at) ? EXPRESSION : OPERATOR)
                    .matcher(format)
                    .region(at, format.length());
            if (format.charAt(at) != '%') {
                int next = format.indexOf('%', at);
                end = next < 0 ? format.length() : next;
            } else if (format.startsWith("%%", at)) {
                end = at + 2;
            } else if (operator.lookingAt()) {
                end = operator.end();
                unknown = unknown(operator);
            } else {
                end = at + 1;
                unknown = Optional.of(new UnknownWord("a percent sign that begins no operator", List.of()));
            }
            parts.add(new Part(format.substring(at, end), unknown));
            at = end;
        }
        return new LogText(parts);
    }

    private static Optional<UnknownWord> unknown(Matcher operator) {
        String name = operator.group(1);
        String argument = operator.group(2) == null ? "" : operator.group(2);
        String length = operator.group(3);
        if (length != null && (length.isEmpty() || length.length() > 7 || Integer.parseInt(length) > LONGEST)) {
            return Optional.of(new UnknownWord("a length of '" + length + "' characters", List.of()));
        }
        if (name.equals("CEL") && !argument.isEmpty()) {
            return ProxyExpressions.unknown(argument)
                    .or(() -> argument.contains("node")
                            ? Optional.of(new UnknownWord("attribute 'node' in log lines", List.of()))
                            : Optional.empty());
        }
        if (TelemetryWords.isOperator(name, argument)) {
            return Optional.empty();
        }
        List<String> known = TelemetryWords.allOperators();
        return Optional.of(
                known.contains(name)
                        ? new UnknownWord(
                                argument.isEmpty()
                                        ? "operator %" + name + "% without an argument"
                                        : "argument " + argument + " of operator %" + name + "%",
                                List.of())
                        : new UnknownWord("operator '" + name + "'", known));
    }

    /// What the mesh's own proxy does not know, each once.
    public List<UnknownWord> unknown() {
        return parts.stream()
                .map(Part::unknown)
                .flatMap(Optional::stream)
                .distinct()
                .toList();
    }

    /// The same of words that the mesh's own proxy knows.
    ///
    /// @param missing what stands for a value that is not there
    public String known(String missing) {
        StringBuilder text = new StringBuilder();
        for (Part part : parts) {
            if (part.unknown().isEmpty()) {
                text.append(part.written());
            } else {
                text.append(part.written().equals("%") ? "%%" : missing);
            }
        }
        return text.toString();
    }
}
