package dev.lateen.model.schema;

import dev.lateen.model.schema.FieldSchema.Standing;
import dev.lateen.model.schema.FieldType.Choice;
import dev.lateen.model.schema.FieldType.Decimal;
import dev.lateen.model.schema.FieldType.ListOf;
import dev.lateen.model.schema.FieldType.MapOf;
import dev.lateen.model.schema.FieldType.ObjectOf;
import dev.lateen.model.schema.FieldType.Simple;
import dev.lateen.model.schema.FieldType.Whole;
import java.util.LinkedHashMap;
import java.util.Map;

/// Reads one line of a schema file: `TYPE WORDS; doc`. Throws `IllegalStateException` on a line it does not
/// understand, since the files are part of the program.
final class FieldLine {
    private static final long UINT_MAX = 0xFFFF_FFFFL;

    private FieldLine() {}

    /// @param named types that stand for another type, such as an enumeration several fields use
    static FieldSchema parse(String name, String line, Map<String, FieldType> named) {
        int semicolon = line.indexOf("; ");
        if (semicolon < 0) {
            throw new IllegalStateException("schema field without a doc: " + name + ": " + line);
        }
        String[] words = line.substring(0, semicolon).split(" ");
        Standing standing = Standing.NORMAL;
        boolean required = false;
        String oneof = "";
        String fallback = "";
        long min = Long.MIN_VALUE;
        long max = Long.MAX_VALUE;
        for (int index = 1; index < words.length; index++) {
            String word = words[index];
            String value = word.substring(word.indexOf('=') + 1);
            switch (word.contains("=") ? word.substring(0, word.indexOf('=')) : word) {
                case "deprecated" -> standing = Standing.DEPRECATED;
                case "extension" -> standing = Standing.EXTENSION;
                case "required" -> required = true;
                case "oneof" -> oneof = value;
                case "default" -> fallback = value;
                case "min" -> min = Long.parseLong(value);
                case "max" -> max = Long.parseLong(value);
                default -> throw new IllegalStateException("unknown word in the schema: " + name + ": " + word);
            }
        }
        FieldType type = bounded(typeOf(words[0], named), min, max);
        return new FieldSchema(name, type, standing, required, oneof, fallback, line.substring(semicolon + 2));
    }

    static FieldType typeOf(String text, Map<String, FieldType> named) {
        if (text.endsWith("[]")) {
            return new ListOf(typeOf(text.substring(0, text.length() - 2), named));
        }
        if (text.startsWith("map(")) {
            return new MapOf(typeOf(text.substring(4, text.length() - 1), named));
        }
        if (text.startsWith("enum(")) {
            return choice(text.substring(5, text.length() - 1));
        }
        return switch (text) {
            case "string" -> Simple.STRING;
            case "bool" -> Simple.BOOL;
            case "duration" -> Simple.DURATION;
            case "bytes" -> Simple.BYTES;
            case "int-or-string" -> Simple.INT_OR_STRING;
            case "object" -> Simple.FREE_FORM;
            case "any" -> Simple.ANY;
            case "int" -> new Whole(Integer.MIN_VALUE, Integer.MAX_VALUE);
            case "uint" -> new Whole(0, UINT_MAX);
            case "float" -> Decimal.NUMBER;
            default -> named.getOrDefault(text, new ObjectOf(text));
        };
    }

    private static FieldType bounded(FieldType type, long min, long max) {
        if (!(type instanceof Whole(long least, long most))) {
            return type;
        }
        long low = Math.max(least, min);
        long high = Math.min(most, max);
        return new Whole(low, high);
    }

    private static Choice choice(String text) {
        Map<String, Integer> numbers = new LinkedHashMap<>();
        for (String word : text.split("\\|")) {
            int equals = word.indexOf('=');
            if (equals < 0) {
                numbers.put(word, numbers.size());
            } else {
                numbers.put(word.substring(0, equals), Integer.parseInt(word.substring(equals + 1)));
            }
        }
        return new Choice(numbers);
    }
}
