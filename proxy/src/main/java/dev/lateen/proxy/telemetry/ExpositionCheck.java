package dev.lateen.proxy.telemetry;

import java.util.Optional;
import java.util.Set;

/// Whether what somebody else has written could stand on a page together with our numbers. One line that a collector
/// cannot read costs it the whole page.
///
/// Looks at each line's form: comments, and samples of a name, labels in balanced quotes and a number. What the
/// numbers mean is left to the collector.
///
/// Source: Prometheus text format 0.0.4; OpenMetrics 1.0.
public final class ExpositionCheck {
    private static final String EOF = "# EOF";
    private static final int MOST_SHOWN = 60;

    private static final Set<String> TYPES = Set.of(
            "counter", "gauge", "histogram", "summary", "untyped", "unknown", "info", "stateset", "gaugehistogram");

    private final String line;
    private final boolean open;
    private int at;

    private ExpositionCheck(String line, boolean open) {
        this.line = line;
        this.open = open;
    }

    /// What is wrong with the page, for those who read logs; empty where nothing is.
    public static Optional<String> problem(String page, Exposition format) {
        boolean open = format == Exposition.OPEN_METRICS;
        if (open && !page.endsWith(EOF + "\n") && !page.endsWith(EOF)) {
            return Optional.of("it does not end with " + EOF);
        }
        int number = 0;
        for (int start = 0; start < page.length(); number++) {
            int newline = page.indexOf('\n', start);
            int end = newline < 0 ? page.length() : newline;
            String line = page.substring(start, end);
            boolean last = open && end + 1 >= page.length();
            if (!last && !new ExpositionCheck(line, open).isFine()) {
                return Optional.of("line " + (number + 1) + ": '" + shown(line) + "' (expected: name{labels} number)");
            }
            start = end + 1;
        }
        return Optional.empty();
    }

    /// Of a page without a problem the lines that may stand among others: not the last of OpenMetrics.
    public static String samples(String page, Exposition format) {
        int end = format == Exposition.OPEN_METRICS ? page.lastIndexOf(EOF) : page.length();
        String lines = page.substring(0, end);
        return lines.isEmpty() || lines.endsWith("\n") ? lines : lines + "\n";
    }

    private static String shown(String line) {
        return line.length() > MOST_SHOWN ? line.substring(0, MOST_SHOWN) + "…" : line;
    }

    private boolean isFine() {
        skipBlanks();
        if (at == line.length()) {
            return !open;
        }
        return line.charAt(at) == '#' ? comment() : name() && labels() && blank() && number() && rest();
    }

    private boolean comment() {
        String[] words = line.substring(at + 1).strip().split("[ \t]+", 3);
        return switch (words[0]) {
            case "TYPE" -> words.length == 3 && TYPES.contains(words[2]);
            case "HELP", "UNIT" -> words.length > 1;
            default -> !open;
        };
    }

    /// In Prometheus 3 a name may also stand, quoted, among the labels.
    private boolean name() {
        int start = at;
        while (at < line.length() && isOfName(line.charAt(at), at == start)) {
            at++;
        }
        return at > start || (at < line.length() && line.charAt(at) == '{');
    }

    private static boolean isOfName(char letter, boolean first) {
        return (letter >= 'a' && letter <= 'z')
                || (letter >= 'A' && letter <= 'Z')
                || letter == '_'
                || letter == ':'
                || (letter >= '0' && letter <= '9' && !first);
    }

    private boolean labels() {
        skipBlanks();
        if (at == line.length() || line.charAt(at) != '{') {
            return true;
        }
        boolean quoted = false;
        for (at++; at < line.length(); at++) {
            char letter = line.charAt(at);
            if (quoted && letter == '\\') {
                at++;
            } else if (letter == '"') {
                quoted = !quoted;
            } else if (letter == '}' && !quoted) {
                at++;
                return true;
            }
        }
        return false;
    }

    private boolean blank() {
        int start = at;
        skipBlanks();
        return at > start || (start > 0 && (line.charAt(start - 1) == '}' || line.charAt(start - 1) == ' '));
    }

    private boolean number() {
        int start = at;
        while (at < line.length() && line.charAt(at) != ' ' && line.charAt(at) != '\t' && line.charAt(at) != '\r') {
            at++;
        }
        return switch (line.substring(start, at)) {
            case "NaN", "+Inf", "-Inf", "Inf", "nan", "inf", "+inf", "-inf", "+NaN" -> true;
            case String text -> isDecimal(text);
        };
    }

    private static boolean isDecimal(String text) {
        if (text.isEmpty() || !text.chars().allMatch(letter -> "0123456789.eE+-".indexOf(letter) >= 0)) {
            return false;
        }
        try {
            Double.parseDouble(text);
            return true;
        } catch (NumberFormatException _) {
            return false;
        }
    }

    /// A time, and in OpenMetrics an exemplar.
    private boolean rest() {
        skipBlanks();
        if (at == line.length() || line.charAt(at) == '#') {
            return true;
        }
        if (!number()) {
            return false;
        }
        skipBlanks();
        return at == line.length() || line.charAt(at) == '#';
    }

    private void skipBlanks() {
        while (at < line.length() && (line.charAt(at) == ' ' || line.charAt(at) == '\t')) {
            at++;
        }
    }
}
