package dev.lateen.cli;

import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// How a command prints what it found: the values of `-o`.
enum OutputFormat {
    /// For people; `short`, `text` and `table` all mean it.
    TEXT,
    JSON,
    YAML;

    static final class Converter implements ITypeConverter<OutputFormat> {
        @Override
        public OutputFormat convert(String value) {
            return switch (value.toLowerCase(Locale.ROOT)) {
                case "short", "text", "table" -> TEXT;
                case "json" -> JSON;
                case "yaml" -> YAML;
                default -> throw new TypeConversionException("'" + value + "' (expected: short, json or yaml)");
            };
        }
    }
}
