package dev.lateen.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.Properties;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `version`: which release this is.
@Command(
        name = "version",
        description = "Print the version of this command.",
        footerHeading = "%nExamples:%n",
        footer = {"  lateen version --short", "  lateen version -o json"},
        mixinStandardHelpOptions = true)
final class VersionCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = {"-s", "--short"},
            description = "Print the number only.")
    private boolean numberOnly;

    @Option(
            names = {"-o", "--output"},
            description = "One of: text, json, yaml.")
    private OutputFormat output = OutputFormat.TEXT;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        String version = version();
        String java = Runtime.version().toString();
        switch (output) {
            case TEXT -> out.println(numberOnly ? version : "client version: " + version + " (Java " + java + ")");
            case JSON -> out.println("{\"clientVersion\":{\"version\":\"" + version + "\",\"java\":\"" + java + "\"}}");
            case YAML -> out.println("clientVersion:\n  version: " + version + "\n  java: " + java);
        }
        return 0;
    }

    static String version() {
        Properties properties = new Properties();
        try (InputStream stream = VersionCommand.class.getResourceAsStream("version.properties")) {
            if (stream != null) {
                properties.load(stream);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return properties.getProperty("version", "unknown");
    }

    static final class Provider implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"lateen " + version()};
        }
    }
}
