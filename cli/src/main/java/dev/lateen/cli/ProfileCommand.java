package dev.lateen.cli;

import dev.lateen.cli.dump.LineDiff;
import dev.lateen.cli.output.Json;
import dev.lateen.kubernetes.operator.OperatorSpec;
import dev.lateen.kubernetes.operator.Profiles;
import dev.lateen.kubernetes.tree.Trees;
import dev.lateen.kubernetes.tree.YamlText;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// `profile`: the settings that an installation may start from. Needs no cluster.
@Command(
        name = "profile",
        description = "Settings to start an installation from.",
        footerHeading = "%nExamples:%n",
        footer = {"  lateen profile list", "  lateen profile diff default demo"},
        subcommands = {ProfileCommand.All.class, ProfileCommand.Dump.class, ProfileCommand.Diff.class},
        mixinStandardHelpOptions = true)
final class ProfileCommand {

    /// `profile list`.
    @Command(
            name = "list",
            description = "Print the names of the profiles.",
            footerHeading = "%nExamples:%n",
            footer = "  lateen profile list",
            mixinStandardHelpOptions = true)
    static final class All implements Callable<Integer> {
        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Override
        public Integer call() {
            PrintWriter out = spec.commandLine().getOut();
            out.println("Profiles:");
            Profiles.names().forEach(name -> out.println("    " + name));
            out.flush();
            return 0;
        }
    }

    /// `profile dump`.
    @Command(
            name = "dump",
            description = "Print a profile as an IstioOperator, with all values.",
            footerHeading = "%nExamples:%n",
            footer = {
                "  lateen profile dump demo",
                "  lateen profile dump -p values.pilot",
                "  lateen profile dump -f FILE"
            },
            sortOptions = false,
            mixinStandardHelpOptions = true)
    static final class Dump implements Callable<Integer> {
        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Parameters(arity = "0..1", paramLabel = "NAME", description = "Of the profile (default: default).")
        private String name = "";

        @Mixin
        private OperatorOptions operator = new OperatorOptions();

        @Option(
                names = {"-p", "--config-path"},
                paramLabel = "PATH",
                description = "Only what is there, such as components.pilot.")
        private String path = "";

        @Option(
                names = {"-o", "--output"},
                paramLabel = "FORMAT",
                description = "json or yaml (default: ${DEFAULT-VALUE}).",
                defaultValue = "yaml")
        private String format = "yaml";

        @Override
        public Integer call() throws IOException {
            Optional<OperatorSpec> read = name.isEmpty()
                    ? operator.read()
                    : operator.read(Optional.of(Trees.object(
                            "apiVersion", "install.istio.io/v1alpha1",
                            "kind", "IstioOperator",
                            "spec", Trees.object("profile", name))));
            if (read.isEmpty()) {
                return 1;
            }
            JsonNode found = path.isEmpty()
                    ? Trees.object(
                            "apiVersion",
                            "install.istio.io/v1alpha1",
                            "kind",
                            "IstioOperator",
                            "spec",
                            whole(read.get()))
                    : Trees.at(whole(read.get()), path.split("\\."));
            if (found.isMissingNode()) {
                throw new ParameterException(spec.commandLine(), "--config-path: nothing is at '" + path + "'");
            }
            PrintWriter out = spec.commandLine().getOut();
            switch (format) {
                case "yaml" -> out.print(YamlText.write(found));
                case "json" -> out.println(Json.write(found));
                default ->
                    throw new ParameterException(
                            spec.commandLine(), "--output: '" + format + "' (expected: json or yaml)");
            }
            out.flush();
            return 0;
        }
    }

    /// `profile diff`.
    @Command(
            name = "diff",
            description = {"Show in what two profiles differ.", "Exit status: 0 for nothing, 1 for something."},
            footerHeading = "%nExamples:%n",
            footer = "  lateen profile diff default demo",
            mixinStandardHelpOptions = true)
    static final class Diff implements Callable<Integer> {
        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Parameters(index = "0", paramLabel = "NAME", description = "A profile.")
        private String first = "";

        @Parameters(index = "1", paramLabel = "NAME", description = "Another.")
        private String second = "";

        @Override
        public Integer call() {
            List<String> left = lines(first);
            List<String> right = lines(second);
            PrintWriter out = spec.commandLine().getOut();
            out.print(left.equals(right) ? "the profiles are the same\n" : LineDiff.of(left, right));
            out.flush();
            return left.equals(right) ? 0 : 1;
        }

        private List<String> lines(String name) {
            return Profiles.spec(name)
                    .map(found -> YamlText.write(found).lines().toList())
                    .orElseThrow(() -> new ParameterException(
                            spec.commandLine(),
                            "there is no profile '" + name + "' (there are: " + String.join(", ", Profiles.names())
                                    + ")"));
        }
    }

    /// The settings with the values that hold where none are given.
    private static ObjectNode whole(OperatorSpec spec) {
        ObjectNode whole = spec.tree().deepCopy();
        whole.set("values", spec.chartValues());
        return whole;
    }
}
