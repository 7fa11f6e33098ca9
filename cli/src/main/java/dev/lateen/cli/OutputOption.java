package dev.lateen.cli;

import dev.lateen.cli.output.Json;
import dev.lateen.cli.output.Yaml;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/// The option `-o` of commands that print a table or the data behind it.
final class OutputOption {
    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            converter = OutputFormat.Converter.class,
            description = "One of: short, json, yaml.")
    private @Nullable OutputFormat format;

    Optional<OutputFormat> format() {
        return Optional.ofNullable(format);
    }

    /// The text to print; without the option a table.
    String print(Supplier<String> table, Supplier<JsonNode> data) {
        return print(OutputFormat.TEXT, table, data);
    }

    String print(OutputFormat otherwise, Supplier<String> table, Supplier<JsonNode> data) {
        return switch (format().orElse(otherwise)) {
            case TEXT -> table.get();
            case JSON -> Json.write(data.get()) + "\n";
            case YAML -> Yaml.write(data.get());
        };
    }
}
