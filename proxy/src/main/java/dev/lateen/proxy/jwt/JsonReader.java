package dev.lateen.proxy.jwt;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads one JSON object strictly: no comments, no trailing commas, no key twice, no control characters in texts.
/// Values become `Map`, `List`, `String`, `Double` and `Boolean`; nulls are left out.
///
/// Limits: 32 levels; the length is the caller's business. Source: RFC 8259. Thread: any; one reader, one text.
final class JsonReader {
    private static final int MAX_DEPTH = 32;

    /// Stands for a JSON null, and is left out of what it is in.
    private static final Object NULL = new Object();

    private final String text;
    private int at;
    private boolean broken;

    private JsonReader(String text) {
        this.text = text;
    }

    /// Null where the text is not exactly one object.
    static @Nullable Map<String, Object> object(String text) {
        JsonReader reader = new JsonReader(text);
        reader.skipSpace();
        if (reader.next() != '{') {
            return null;
        }
        Map<String, Object> object = reader.readObject(0);
        reader.skipSpace();
        return reader.broken || reader.at != text.length() ? null : object;
    }

    private int next() {
        return at < text.length() ? text.charAt(at) : -1;
    }

    private void skipSpace() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private boolean take(char wanted) {
        skipSpace();
        if (next() == wanted) {
            at++;
            return true;
        }
        return false;
    }

    private void expect(char wanted) {
        if (!take(wanted)) {
            broken = true;
        }
    }

    private Map<String, Object> readObject(int depth) {
        Map<String, Object> object = new LinkedHashMap<>();
        expect('{');
        if (take('}')) {
            return object;
        }
        do {
            skipSpace();
            String key = readText();
            expect(':');
            Object value = readValue(depth + 1);
            if (!broken && value != NULL && object.put(key, value) != null) {
                broken = true;
            }
        } while (!broken && take(','));
        expect('}');
        return object;
    }

    private List<Object> readList(int depth) {
        List<Object> list = new ArrayList<>();
        expect('[');
        if (take(']')) {
            return list;
        }
        do {
            Object value = readValue(depth + 1);
            if (value != NULL) {
                list.add(value);
            }
        } while (!broken && take(','));
        expect(']');
        return list;
    }

    private Object readValue(int depth) {
        if (depth > MAX_DEPTH) {
            broken = true;
            return NULL;
        }
        skipSpace();
        return switch (next()) {
            case '{' -> readObject(depth);
            case '[' -> readList(depth);
            case '"' -> readText();
            case 't' -> word("true", true);
            case 'f' -> word("false", false);
            case 'n' -> word("null", NULL);
            default -> readNumber();
        };
    }

    private Object word(String word, Object value) {
        if (text.startsWith(word, at)) {
            at += word.length();
            return value;
        }
        broken = true;
        return NULL;
    }

    private Object readNumber() {
        int start = at;
        if (next() == '-') {
            at++;
        }
        int digits = at;
        skipDigits();
        boolean whole = at > digits && (text.charAt(digits) != '0' || at == digits + 1);
        if (next() == '.') {
            int fraction = ++at;
            skipDigits();
            whole &= at > fraction;
        }
        if (next() == 'e' || next() == 'E') {
            at++;
            if (next() == '+' || next() == '-') {
                at++;
            }
            int exponent = at;
            skipDigits();
            whole &= at > exponent;
        }
        if (!whole) {
            broken = true;
            return NULL;
        }
        return Double.valueOf(text.substring(start, at));
    }

    private void skipDigits() {
        while (next() >= '0' && next() <= '9') {
            at++;
        }
    }

    private String readText() {
        expect('"');
        int start = at;
        while (next() >= ' ' && next() != '"' && next() != '\\') {
            at++;
        }
        if (next() == '"') {
            return text.substring(start, at++);
        }
        StringBuilder all = new StringBuilder(text.substring(start, at));
        while (!broken && next() != '"') {
            int c = next();
            at++;
            if (c < ' ') {
                broken = true;
            } else if (c == '\\') {
                readEscape(all);
            } else {
                all.append((char) c);
            }
        }
        at++;
        return all.toString();
    }

    private void readEscape(StringBuilder into) {
        int c = next();
        at++;
        switch (c) {
            case '"', '\\', '/' -> into.append((char) c);
            case 'b' -> into.append('\b');
            case 'f' -> into.append('\f');
            case 'n' -> into.append('\n');
            case 'r' -> into.append('\r');
            case 't' -> into.append('\t');
            case 'u' -> readUnicode(into);
            default -> broken = true;
        }
    }

    private void readUnicode(StringBuilder into) {
        int code = 0;
        for (int count = 0; count < 4; count++) {
            int digit = Character.digit(next(), 16);
            if (digit < 0) {
                broken = true;
                return;
            }
            code = code << 4 | digit;
            at++;
        }
        into.append((char) code);
    }
}
