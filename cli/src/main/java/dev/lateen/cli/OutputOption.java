package dev.lateen.cli;

import dev.lateen.cli.output.Json;
import dev.lateen.cli.output.Yaml;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/// The option `-o` of commands that print a table or the data behind it.
final class OutputOption {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            converter = OutputFormat.Converter.class,
            description = "One of: short, json, yaml.")
    private @Nullable OutputFormat format;

    Optional<OutputFormat> format() {
        return Optional.ofNullable(format);
    }

    /// Prints to where the command prints; without the option a table.
    void show(Supplier<String> table, Supplier<JsonNode> data) {
        show(OutputFormat.TEXT, table, data);
    }

    void show(OutputFormat otherwise, Supplier<String> table, Supplier<JsonNode> data) {
        PrintWriter out = spec.commandLine().getOut();
        out.print(print(otherwise, table, data));
        out.flush();
    }

    /// The text to print; without the option a table.
    String print(Supplier<String> table, Supplier<JsonNode> data) {
        return print(OutputFormat.TEXT, table, data);
    }

    private String print(OutputFormat otherwise, Supplier<String> table, Supplier<JsonNode> data) {
        return switch (format().orElse(otherwise)) {
            case TEXT -> table.get();
            case JSON -> Json.write(data.get()) + "\n";
            case YAML -> Yaml.write(data.get());
        };
    }
}
