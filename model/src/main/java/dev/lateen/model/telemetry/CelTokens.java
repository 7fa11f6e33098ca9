package dev.lateen.model.telemetry;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The text of an expression in CEL, read from left to right. Source: CEL specification, "Syntax".
final class CelTokens {
    private static final char END = '\0';
    private static final Pattern NUMBER =
            Pattern.compile("0[xX][0-9a-fA-F]+u?|(?:[0-9]+(?:\\.[0-9]+)?|\\.[0-9]+)(?:[eE][+-]?[0-9]+)?[uU]?");
    private static final Pattern NAME = Pattern.compile("[_a-zA-Z][_a-zA-Z0-9]*");
    private static final Pattern TEXT_START = Pattern.compile("(?:[rR][bB]?|[bB][rR]?)?(?=['\"])");
    /// Escapes, and those of them that the mesh's own proxy reads.
    private static final Pattern ESCAPE = Pattern.compile(
            "\\\\(?:[abfnrtv\\\\?\"'`]|[xX][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-3][0-7]{2})");
    private static final Pattern PLAIN_ESCAPE =
            Pattern.compile("\\\\(?:[nrt\\\\?\"'`]|[xX][0-9a-fA-F]{2}|u[0-9a-fA-F]{4})");

    private final String source;
    private int at;
    private boolean plain = true;

    CelTokens(String source) {
        this.source = source;
    }

    /// Ends the reading. Carries no stack trace: whoever wrote the text is to blame, not the code.
    static final class Stop extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final transient CelText.Fault fault;

        private Stop(CelText.Fault fault) {
            super(fault.what(), null, false, false);
            this.fault = fault;
        }

        CelText.Fault fault() {
            return fault;
        }
    }

    Stop stop(String what) {
        return new Stop(new CelText.Fault(what, at + 1));
    }

    /// Whether nothing came that the mesh's own proxy does not read.
    boolean isPlain() {
        return plain;
    }

    private char peek() {
        while (at < source.length()) {
            if (source.startsWith("//", at)) {
                plain = false;
                int end = source.indexOf('\n', at);
                at = end < 0 ? source.length() : end;
            } else if (Character.isWhitespace(source.charAt(at))) {
                at++;
            } else {
                return source.charAt(at);
            }
        }
        return END;
    }

    void end() {
        if (peek() != END) {
            throw stop("unexpected '" + peek() + "'");
        }
    }

    boolean takes(String sign) {
        peek();
        if (!source.startsWith(sign, at)) {
            return false;
        }
        at += sign.length();
        return true;
    }

    void need(String sign) {
        if (!takes(sign)) {
            throw stop("'" + sign + "' is missing");
        }
    }

    /// The proxy wants something after each comma.
    void commaMayEnd(String end) {
        peek();
        plain &= !source.startsWith(end, at);
    }

    boolean takesWord(String word) {
        peek();
        Matcher name = at(NAME);
        if (!name.lookingAt() || !name.group().equals(word)) {
            return false;
        }
        at = name.end();
        return true;
    }

    /// Whether a name comes, without a space before it.
    boolean startsName() {
        return at(NAME).lookingAt();
    }

    boolean startsParenthesis() {
        return source.startsWith("(", at);
    }

    String name() {
        peek();
        Matcher name = at(NAME);
        if (!name.lookingAt()) {
            throw stop("a name or a value is missing");
        }
        at = name.end();
        return name.group();
    }

    boolean startsNumber() {
        peek();
        return at(NUMBER).lookingAt();
    }

    String number() {
        Matcher number = at(NUMBER);
        number.lookingAt();
        at = number.end();
        if (startsName()) {
            throw stop("'" + number.group() + "' goes on like a name");
        }
        return number.group();
    }

    boolean startsText() {
        peek();
        return at(TEXT_START).lookingAt();
    }

    Cel.Text text() {
        Matcher start = at(TEXT_START);
        start.lookingAt();
        String prefix = start.group();
        at = start.end();
        String quote = source.substring(at, at + 1);
        boolean triple = source.startsWith(quote.repeat(3), at);
        String end = triple ? quote.repeat(3) : quote;
        at += end.length();
        boolean raw = prefix.contains("r") || prefix.contains("R");
        boolean fine = !triple && (prefix.isEmpty() || prefix.equals("r"));
        StringBuilder value = new StringBuilder();
        while (!source.startsWith(end, at)) {
            if (at >= source.length() || (!triple && source.charAt(at) == '\n')) {
                throw stop("string does not end");
            }
            if (source.charAt(at) == '\\' && !raw) {
                fine &= at(PLAIN_ESCAPE).lookingAt();
                value.append(escape());
            } else {
                value.append(source.charAt(at++));
            }
        }
        at += end.length();
        return new Cel.Text(value.toString(), fine);
    }

    private String escape() {
        Matcher escape = at(ESCAPE);
        if (!escape.lookingAt()) {
            throw stop("there is no such escape");
        }
        at = escape.end();
        String code = escape.group().substring(1);
        return switch (code.charAt(0)) {
            case 'n' -> "\n";
            case 'r' -> "\r";
            case 't' -> "\t";
            case 'x', 'X', 'u' -> Character.toString(Integer.parseInt(code.substring(1), 16));
            default -> code;
        };
    }

    private Matcher at(Pattern pattern) {
        return pattern.matcher(source).region(at, source.length()).useTransparentBounds(true);
    }
}
