package dev.lateen.model.schema;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What may stand in a field.
public sealed interface FieldType {
    /// The type as a reader of documentation expects it, such as `list of strings`.
    String describe();

    enum Simple implements FieldType {
        STRING("a string"),
        BOOL("true or false"),
        DURATION("a duration such as 5s, 250ms or 1m30s"),
        BYTES("base64"),
        INT_OR_STRING("a number or a name"),
        FREE_FORM("a mapping"),
        ANY("anything");

        private final String text;

        Simple(String text) {
            this.text = text;
        }

        @Override
        public String describe() {
            return text;
        }
    }

    /// A whole number with inclusive bounds.
    record Whole(long min, long max) implements FieldType {
        @Override
        public String describe() {
            return min == Integer.MIN_VALUE && max == Integer.MAX_VALUE
                    ? "a whole number"
                    : "a whole number from " + min + " to " + max;
        }
    }

    enum Decimal implements FieldType {
        NUMBER;

        @Override
        public String describe() {
            return "a number";
        }
    }

    /// One of some words. Protobuf's number for each word is known too, since proto JSON accepts it.
    record Choice(Map<String, Integer> numbers) implements FieldType {
        public Choice {
            numbers = Collections.unmodifiableMap(new LinkedHashMap<>(numbers));
        }

        public List<String> words() {
            return List.copyOf(numbers.keySet());
        }

        public Optional<String> wordOf(int number) {
            return numbers.entrySet().stream()
                    .filter(entry -> entry.getValue() == number)
                    .map(Map.Entry::getKey)
                    .findFirst();
        }

        @Override
        public String describe() {
            return "one of " + String.join(", ", numbers.keySet());
        }
    }

    record ListOf(FieldType item) implements FieldType {
        @Override
        public String describe() {
            return "a list";
        }
    }

    record MapOf(FieldType value) implements FieldType {
        @Override
        public String describe() {
            return "a mapping";
        }
    }

    /// An object whose fields `Schemas.object` tells.
    record ObjectOf(String typeName) implements FieldType {
        @Override
        public String describe() {
            return "a mapping";
        }
    }
}
