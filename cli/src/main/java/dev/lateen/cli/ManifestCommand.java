package dev.lateen.cli;

import dev.lateen.kubernetes.install.ControlPlaneManifests;
import dev.lateen.kubernetes.tree.YamlText;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/// `manifest`: an installation as YAML.
@Command(
        name = "manifest",
        description = "What an installation consists of.",
        footerHeading = "%nExamples:%n",
        footer = {"  lateen manifest generate"},
        subcommands = ManifestCommand.Generate.class,
        mixinStandardHelpOptions = true)
final class ManifestCommand {

    /// `manifest generate`.
    @Command(
            name = "generate",
            description = "Print all objects of an installation as YAML.",
            footerHeading = "%nExamples:%n",
            footer = "  lateen manifest generate --set tag=0.1.0 > lateen.yaml",
            sortOptions = false,
            mixinStandardHelpOptions = true)
    static final class Generate implements Callable<Integer> {
        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Mixin
        private ClusterOptions options = new ClusterOptions();

        @Override
        public Integer call() {
            PrintWriter out = spec.commandLine().getOut();
            try {
                for (ObjectNode object : ControlPlaneManifests.of(options.settings())) {
                    out.println("---");
                    out.print(YamlText.write(object));
                }
            } catch (IllegalArgumentException e) {
                throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
            }
            out.flush();
            return 0;
        }
    }
}
