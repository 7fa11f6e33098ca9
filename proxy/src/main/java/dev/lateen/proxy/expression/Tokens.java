package dev.lateen.proxy.expression;

import dev.lateen.proxy.config.Place;
import dev.lateen.proxy.config.Refusal;

/// The text of an expression, read from left to right.
final class Tokens {
    private static final char END = '\0';

    private final String source;
    private final Place place;
    private int at;

    Tokens(String source, Place place) {
        this.source = source;
        this.place = place;
    }

    Refusal refuse(String what) {
        return place.refuse("expression '" + source + "': " + what + ", at column " + (at + 1));
    }

    /// The next character that is no space, which stays.
    char peek() {
        while (at < source.length() && Character.isWhitespace(source.charAt(at))) {
            at++;
        }
        return at < source.length() ? source.charAt(at) : END;
    }

    void end() {
        if (peek() != END) {
            throw refuse("unexpected '" + peek() + "'");
        }
    }

    /// Takes a sign if it comes next; `<` is not taken from `<=`, nor `!` from `!=`.
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
            throw refuse("'" + sign + "' is expected");
        }
    }

    boolean takesWord(String word) {
        peek();
        int end = at + word.length();
        if (!source.startsWith(word, at) || (end < source.length() && isNamePart(source.charAt(end)))) {
            return false;
        }
        at = end;
        return true;
    }

    /// Whether `.name` comes, and not `.name(`.
    boolean startsSelection() {
        if (peek() != '.') {
            return false;
        }
        int end = at + 1;
        while (end < source.length() && isNamePart(source.charAt(end))) {
            end++;
        }
        return end == source.length() || source.charAt(end) != '(';
    }

    boolean startsRawText() {
        return peek() == 'r' && at + 1 < source.length() && isQuote(source.charAt(at + 1));
    }

    String name() {
        peek();
        int start = at;
        while (at < source.length() && isNamePart(source.charAt(at))) {
            at++;
        }
        if (start == at || Character.isDigit(source.charAt(start))) {
            at = start;
            throw refuse("a name is expected");
        }
        return source.substring(start, at);
    }

    private static boolean isNamePart(char letter) {
        return (letter >= 'a' && letter <= 'z')
                || (letter >= 'A' && letter <= 'Z')
                || (letter >= '0' && letter <= '9')
                || letter == '_';
    }

    private static boolean isQuote(char letter) {
        return letter == '\'' || letter == '"';
    }

    /// A `Long` or a `Double`.
    Object number() {
        int start = at;
        while (at < source.length() && (isNamePart(source.charAt(at)) || source.charAt(at) == '.')) {
            at++;
        }
        String digits = source.substring(start, at);
        try {
            if (digits.indexOf('.') >= 0) {
                return Double.valueOf(digits);
            }
            String whole = digits.endsWith("u") ? digits.substring(0, digits.length() - 1) : digits;
            return Long.decode(whole.length() > 1 && whole.matches("0\\d+") ? whole.replaceFirst("^0+", "") : whole);
        } catch (NumberFormatException _) {
            at = start;
            throw refuse("'" + digits + "' is not a number");
        }
    }

    /// A quoted text.
    String text() {
        boolean raw = startsRawText();
        if (raw) {
            at++;
        }
        char quote = peek();
        if (!isQuote(quote)) {
            throw refuse("a text in quotes is expected");
        }
        at++;
        StringBuilder text = new StringBuilder();
        while (at < source.length() && source.charAt(at) != quote) {
            char letter = source.charAt(at++);
            text.append(letter == '\\' && !raw ? escaped() : letter);
        }
        if (at >= source.length()) {
            throw refuse("a text has no end");
        }
        at++;
        return text.toString();
    }

    private char escaped() {
        if (at >= source.length()) {
            throw refuse("a text has no end");
        }
        char letter = source.charAt(at++);
        return switch (letter) {
            case 'n' -> '\n';
            case 't' -> '\t';
            case 'r' -> '\r';
            case '\\', '\'', '"', '`', '?' -> letter;
            case 'x', 'X' -> code(2);
            case 'u' -> code(4);
            default -> throw refuse("'\\" + letter + "' is not known in a text");
        };
    }

    private char code(int digits) {
        try {
            char letter = (char) Integer.parseInt(source, at, Math.min(at + digits, source.length()), 16);
            at += digits;
            return letter;
        } catch (NumberFormatException | IndexOutOfBoundsException _) {
            throw refuse(digits + " hexadecimal digits are expected");
        }
    }
}
